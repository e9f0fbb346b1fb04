import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random } from "../../../src/core/random.ts";
import { TransactionLog } from "../../../src/models/isolation/log.ts";
import { SimDisk } from "../../../src/runtimes/sim/disk.ts";

const actions = fc.array(
  fc.record({
    txn: fc.integer({ min: 1, max: 5 }),
    does: fc.constantFrom("write" as const, "write" as const, "commit" as const, "sync" as const),
    key: fc.constantFrom("x", "y"),
  }),
  { maxLength: 30 },
);

describe("recovery (Bernstein, Hadzilacos & Goodman 1987, §6.6)", () => {
  it("redoes the transactions whose commit is on disk, in the order of commits, and nothing else", () => {
    let losers = 0;
    fc.assert(
      fc.property(actions, (run) => {
        const disk: SimDisk = new SimDisk(false, () => disk.synced());
        const log = new TransactionLog(disk);
        const writes = new Map<number, [string, number][]>();
        const committed: number[] = [];
        let durable: number[] = [];
        for (const [value, { txn, does, key }] of run.entries()) {
          if (does === "sync") {
            disk.sync();
            durable = [...committed];
          } else if (!committed.includes(txn)) {
            if (does === "commit") {
              log.committed(txn);
              committed.push(txn);
            } else {
              log.wrote(txn, key, value);
              writes.set(txn, [...(writes.get(txn) ?? []), [key, value]]);
            }
          }
        }
        disk.crash(new Random(1));
        const found = new TransactionLog(disk);
        expect(found.recover().map((one) => [...one])).toEqual(durable.map((txn) => writes.get(txn) ?? []));
        for (const txn of durable) expect(found.next).toBeGreaterThan(txn);
        if (writes.size > durable.length) losers++;
      }),
    );
    expect(losers).toBeGreaterThan(10);
  });
});
