import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Holder, type LockRequest, LockTable } from "../../../src/models/spanner/locks.ts";

const KEYS = ["x", "y", "z"];

/** Transactions by age: the first is the oldest. */
const requests = fc
  .array(fc.record({ reads: fc.subarray(KEYS), writes: fc.subarray(KEYS) }), { minLength: 2, maxLength: 7 })
  .map((all) =>
    all.map((keys, i): LockRequest => ({ txn: `t${i}`, age: [Math.floor(i / 2), `t${i}`], gateway: "n1", ...keys })),
  );

const overlap = (a: LockRequest, b: LockRequest): boolean =>
  KEYS.some(
    (key) =>
      (a.writes.includes(key) && (b.reads.includes(key) || b.writes.includes(key))) ||
      (b.writes.includes(key) && a.reads.includes(key)),
  );

const indexOf = ({ txn }: LockRequest): number => Number(txn.slice(1));

describe("locks with wound-wait (Rosenkrantz, Stearns & Lewis, TODS 1978)", () => {
  it("nobody shares a lock with a writer, the prepared are never wounded, and whoever waits does so for an older or a prepared one", () => {
    let wounds = 0;
    let waits = 0;
    const step = fc.tuple(fc.constantFrom("request", "pin", "release"), fc.nat());
    fc.assert(
      fc.property(requests, fc.array(step, { minLength: 12, maxLength: 25 }), (all, steps) => {
        const table = new LockTable("e");
        const holding = new Map<string, Holder>();
        const pinned = new Set<string>();
        const waiting = new Set<LockRequest>();
        for (const [what, pick] of steps) {
          const one = all[pick % all.length] as LockRequest;
          if (what === "request" && !holding.has(one.txn)) {
            waiting.add(one);
            table.request(one, 0);
          } else if (what === "pin") {
            const lock = holding.get(one.txn)?.lock;
            expect(table.pin(one.txn, lock ?? "e#0")).toBe(lock !== undefined);
            if (lock !== undefined) pinned.add(one.txn);
          } else if (what === "release") {
            table.release(one.txn);
            holding.delete(one.txn);
            pinned.delete(one.txn);
            waiting.delete(one);
          }
          const { granted, wounded } = table.settle();
          for (const { txn } of wounded) {
            expect(pinned.has(txn)).toBe(false);
            holding.delete(txn);
            wounds++;
          }
          for (const holder of granted) {
            holding.set(holder.txn, holder);
            waiting.delete(all[indexOf(holder)] as LockRequest);
          }
          const held = [...holding.values()];
          for (const a of held) for (const b of held) expect(a !== b && overlap(a, b)).toBe(false);
          for (const a of waiting) {
            waits++;
            const reasons = [
              ...held.filter((b) => pinned.has(b.txn) || indexOf(b) < indexOf(a)),
              ...[...waiting].filter((b) => indexOf(b) < indexOf(a)),
            ];
            expect(reasons.some((b) => overlap(a, b))).toBe(true);
          }
        }
      }),
      { numRuns: 200 },
    );
    expect(Math.min(wounds, waits)).toBeGreaterThan(30);
  });

  it("transactions that need locks at two shards all get through, whatever comes first", () => {
    fc.assert(
      fc.property(requests, requests, fc.array(fc.nat(), { minLength: 60, maxLength: 60 }), (here, there, picks) => {
        const shards = [new LockTable("here"), new LockTable("there")];
        const wants = here.map((one, i) => [one, { ...one, ...there[i % there.length], txn: one.txn, age: one.age }]);
        const has = wants.map(() => new Set<number>());
        const open = new Set(wants.keys());
        const settle = (): void => {
          for (const [s, table] of shards.entries()) {
            const { granted, wounded } = table.settle();
            // Whoever is wounded at one shard gives up its locks at the other, and asks again as old as it was.
            for (const victim of wounded)
              for (const [other, its] of shards.entries()) {
                its.release(victim.txn);
                has[indexOf(victim)]?.delete(other);
              }
            for (const holder of granted) has[indexOf(holder)]?.add(s);
          }
        };
        for (let step = 0; open.size > 0 && step < 60; step++) {
          const order = [...open];
          const i = order[(picks[step] ?? 0) % order.length] as number;
          for (const [s, table] of shards.entries()) table.request(wants[i]?.[s] as LockRequest, 0);
          settle();
          settle();
          for (const one of order)
            if (has[one]?.size === 2) {
              for (const table of shards) table.release(`t${one}`);
              open.delete(one);
              settle();
            }
        }
        // In the end everybody asks; the oldest always gets through.
        for (let round = 0; open.size > 0; round++) {
          expect(round).toBeLessThan(wants.length + 1);
          for (const i of open)
            for (const [s, table] of shards.entries()) table.request(wants[i]?.[s] as LockRequest, 0);
          settle();
          settle();
          const ready = [...open].filter((one) => has[one]?.size === 2);
          expect(ready).not.toEqual([]);
          for (const one of ready) {
            for (const table of shards) table.release(`t${one}`);
            open.delete(one);
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  it("a grant is no other one, even of the same locks; what is not prepared runs out", () => {
    const table = new LockTable("e");
    const one: LockRequest = { txn: "t", age: [0, "t"], gateway: "n1", reads: ["x"], writes: [] };
    table.request(one, 0);
    const first = table.settle().granted[0]?.lock ?? "";
    table.release("t");
    table.request(one, 5);
    table.settle();
    expect(table.pin("t", first)).toBe(false);
    table.expire(5);
    expect(table.holder("t")).toBeDefined();
    table.expire(6);
    expect(table.holder("t")).toBeUndefined();
    table.adopt(one, 0);
    table.expire(6);
    expect(table.isPinned("t")).toBe(true);
  });
});
