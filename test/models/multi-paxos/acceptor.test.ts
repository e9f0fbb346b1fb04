import * as fc from "fast-check";
import { expect, test } from "vitest";
import { Random } from "../../../src/core/random.ts";
import type { Env } from "../../../src/core/replica.ts";
import { Acceptor } from "../../../src/models/multi-paxos/acceptor.ts";
import type { PValue, Value } from "../../../src/models/multi-paxos/messages.ts";
import { settingsOf } from "../../../src/models/multi-paxos/settings.ts";
import { SimDisk } from "../../../src/runtimes/sim/disk.ts";

const ballot = fc.integer({ min: 1, max: 6 });
const slot = fc.integer({ min: 1, max: 5 });

const steps = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant("prepare" as const), ballot, slots: fc.tuple(slot) }),
    fc.record({ kind: fc.constant("accept" as const), ballot, slots: fc.uniqueArray(slot, { maxLength: 3 }) }),
    fc.constant({ kind: "crash" as const, ballot: 0, slots: [] }),
  ),
  { maxLength: 20 },
);

const valueIn = (inBallot: number, inSlot: number): Value => ({
  client: `c${inBallot}`,
  seq: inSlot,
  op: { f: "add", key: "x", input: inBallot },
});

test("promises and acceptances are as in Paxos Made Simple, §2.2, and outlive a crash", () => {
  fc.assert(
    fc.property(steps, (taken) => {
      const disk: SimDisk = new SimDisk(true, () => disk.synced());
      const env = { disk, trace: () => {} } as unknown as Env;
      const settings = settingsOf({});
      let acceptor = new Acceptor(env, settings);
      // All that was ever promised and accepted, from which each answer is worked out anew.
      const promised: number[] = [0];
      const accepted: PValue[] = [];
      for (const { kind, ballot: number, slots } of taken) {
        const refused = number < Math.max(...promised);
        if (kind === "crash") {
          disk.crash(new Random(1));
          acceptor = new Acceptor(env, settings);
        } else if (kind === "accept") {
          const entries = slots.map((one) => ({ slot: one, value: valueIn(number, one) }));
          expect(acceptor.accept(number, entries)).toBe(!refused);
          if (!refused) accepted.push(...entries.map((entry) => ({ ...entry, ballot: number })));
        } else {
          const [from = 1] = slots;
          const told = [1, 2, 3, 4, 5]
            .filter((one) => one >= from)
            .flatMap((one) => accepted.filter((pvalue) => pvalue.slot === one).slice(-1));
          expect(acceptor.prepare(number, from)).toEqual(refused ? undefined : told);
        }
        if (!refused) promised.push(number);
        acceptor.flush();
        expect(acceptor.promised).toBe(Math.max(...promised));
      }
      for (const one of [1, 2, 3, 4, 5])
        for (const number of [1, 2, 3, 4, 5, 6]) {
          const last = accepted.findLast((pvalue) => pvalue.slot === one);
          expect(acceptor.acceptedIn(number, one)).toEqual(last?.ballot === number ? last.value : undefined);
        }
    }),
    { numRuns: 300 },
  );
});
