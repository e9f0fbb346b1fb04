import * as fc from "fast-check";
import { expect, it } from "vitest";
import { History } from "../../../src/models/zab/history.ts";
import type { Transaction } from "../../../src/models/zab/messages.ts";
import { compareZxids, NO_ZXID, type Zxid } from "../../../src/models/zab/zxid.ts";
import { SimDisk } from "../../../src/runtimes/sim/disk.ts";

const transaction = (zxid: Zxid): Transaction => ({
  zxid,
  origin: { server: "n1", connection: 1, number: 1 },
  change: null,
  outcome: { type: "ok", value: null },
});

it("a history is a list in the order of zxids, epochs first (Junqueira et al. 2011, §3), and the disk has the same", () => {
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.record({ newEpoch: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ keeps: fc.nat({ max: 12 }) }) },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), fc.tuple(fc.nat({ max: 6 }), fc.nat({ max: 6 })), (plan, probe) => {
      const disk: SimDisk = new SimDisk(true, () => disk.synced());
      const history = new History(disk);
      let model: Zxid[] = [];
      for (const one of plan) {
        if ("keeps" in one) {
          history.truncate(one.keeps);
          model = model.slice(0, one.keeps);
        } else {
          const [epoch, counter] = model.at(-1) ?? NO_ZXID;
          const zxid: Zxid = one.newEpoch || epoch === 0 ? [epoch + 1, 1] : [epoch, counter + 1];
          history.append(transaction(zxid));
          model.push(zxid);
        }
      }
      for (const one of [history, new History(disk)]) {
        expect(one.after(0).map(({ zxid }) => zxid)).toEqual(model);
        expect(one.last).toEqual(model.at(-1) ?? NO_ZXID);
        expect(one.upTo(probe)).toBe(model.filter((zxid) => compareZxids(zxid, probe) <= 0).length);
        expect([one.zxidAt(0), one.zxidAt(one.length)]).toEqual([NO_ZXID, one.last]);
        expect(one.after(1, 2)).toEqual(one.after(0).slice(1, 3));
      }
    }),
    { numRuns: 200 },
  );
});
