import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Json } from "../../../src/core/json.ts";
import {
  applyCommand,
  decide,
  type Found,
  type KeyState,
  keyState,
  layIntent,
  readAt,
  resolveIntent,
  takeLease,
  unchanged,
} from "../../../src/models/cockroach/mvcc.ts";
import { TimestampCache } from "../../../src/models/cockroach/timestamp-cache.ts";
import { compareHybrid, type HybridStamp } from "../../../src/models/shared/clocks/hybrid.ts";
import type { LoggedOp } from "../../../src/models/shared/exactly-once.ts";

const TXNS = ["t1", "t2", "t3"];
const stamps: fc.Arbitrary<HybridStamp> = fc.tuple(fc.nat({ max: 6 }), fc.nat({ max: 1 }));
const txns = fc.constantFrom(...TXNS);

const done = (contents: Map<string, Json>, op: LoggedOp): Json => {
  const outcome = applyCommand(contents, op);
  if (outcome.type !== "ok") throw new Error(`refused: ${outcome.error.text}`);
  return outcome.value;
};

/** Steps of transactions on one key. A transaction's intent is resolved as its record says. */
const steps = fc.array(
  fc.oneof(
    fc.record({ f: fc.constant("lay" as const), txn: txns, stamp: stamps }),
    fc.record({ f: fc.constant("commit" as const), txn: txns }),
    fc.record({ f: fc.constant("abort" as const), txn: txns }),
    fc.record({ f: fc.constant("resolve" as const), txn: txns }),
  ),
  { minLength: 10, maxLength: 40 },
);

describe("a range's copy (Taft et al. 2020, §3.2)", () => {
  it("keeps versions in order below at most one intent, decides once, and makes a version of a committed intent once", () => {
    let versions = 0;
    fc.assert(
      fc.property(steps, (all) => {
        const contents = new Map<string, Json>();
        const laid = new Map<string, HybridStamp>();
        const decided = new Map<string, HybridStamp | null>();
        for (const step of all) {
          const { txn } = step;
          const before = keyState(contents, "x");
          if (step.f === "lay") {
            // A transaction that is decided sends nothing more, but what it sent may come again.
            if (decided.has(txn) && !laid.has(txn)) continue;
            const intent = { txn, anchor: "x", stamp: step.stamp, value: txn };
            const told = done(contents, layIntent("x", intent)) as { laid?: HybridStamp; conflict?: { txn: string } };
            if (before.intent !== null && before.intent.txn !== txn) expect(told.conflict?.txn).toBe(before.intent.txn);
            else if (told.laid !== undefined && !laid.has(txn)) laid.set(txn, told.laid);
          } else if (step.f === "resolve") {
            const at = decided.get(txn);
            if (at !== undefined) done(contents, resolveIntent("x", txn, at));
          } else {
            const at = laid.get(txn);
            if (step.f === "commit" && at === undefined) continue;
            const asked =
              step.f === "commit" && at !== undefined
                ? ({ status: "committed", stamp: at } as const)
                : ({ status: "aborted" } as const);
            const first = decided.get(txn);
            const told = done(contents, decide(txn, asked));
            if (first === undefined) decided.set(txn, step.f === "commit" && at !== undefined ? at : null);
            const now = decided.get(txn) ?? null;
            expect(told).toEqual(now === null ? { status: "aborted" } : { status: "committed", stamp: now });
          }
          const state = keyState(contents, "x");
          const order = [...state.versions.map(([at]) => at), ...(state.intent ? [state.intent.stamp] : [])];
          for (const [i, at] of order.entries())
            if (i > 0) expect(compareHybrid(order[i - 1] as HybridStamp, at)).toBeLessThan(0);
          const owners = state.versions.map(([, value]) => value);
          expect(new Set(owners).size).toBe(owners.length);
          for (const [at, owner] of state.versions) expect(decided.get(String(owner))).toEqual(at);
        }
        versions += keyState(contents, "x").versions.length;
      }),
      { numRuns: 400 },
    );
    expect(versions).toBeGreaterThan(20);
  });

  it("gives leases that do not overlap, however wrong the clocks are by which they are asked for (§4.3)", () => {
    const asks = fc.array(fc.record({ holder: fc.constantFrom("n1", "n2"), start: stamps, forMs: fc.nat({ max: 5 }) }));
    fc.assert(
      fc.property(asks, (all) => {
        const contents = new Map<string, Json>();
        const leases = all.map(({ holder, start, forMs }) =>
          done(contents, takeLease({ holder, start, end: [start[0] + forMs, 0] })),
        ) as { holder: string; start: HybridStamp; end: HybridStamp }[];
        for (const [i, { holder, start, end }] of leases.entries()) {
          expect(compareHybrid(start, end)).toBeLessThanOrEqual(0);
          for (const earlier of leases.slice(0, i)) {
            const same = earlier.holder === holder && compareHybrid(earlier.start, start) === 0;
            if (same) expect(compareHybrid(earlier.end, end)).toBeLessThanOrEqual(0);
            else expect(compareHybrid(earlier.end, start)).toBeLessThanOrEqual(0);
          }
        }
      }),
    );
  });
});

const states: fc.Arbitrary<KeyState> = fc
  .tuple(fc.uniqueArray(stamps, { maxLength: 5, selector: String }), fc.boolean(), txns)
  .map(([all, open, txn]) => {
    const versions = all.toSorted(compareHybrid).map((stamp) => [stamp, String(stamp)] as const);
    const last = open ? versions.pop() : undefined;
    return { versions, intent: last === undefined ? null : { txn, anchor: "x", stamp: last[0], value: last[1] } };
  });

describe("a read at a stamp (§3.3, §4.2)", () => {
  it("gives the newest version up to its stamp, unless something else may have been committed before it began", () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(states, stamps, fc.nat({ max: 7 }), txns, ({ versions, intent }, stamp, limitMs, txn) => {
        const isPast = (at: HybridStamp): boolean => at[0] < stamp[0] || (at[0] === stamp[0] && at[1] <= stamp[1]);
        const other = intent !== null && intent.txn !== txn ? intent : undefined;
        let expected: Found = { value: null };
        for (const [at, value] of versions) if (isPast(at)) expected = { value };
        for (const [at] of versions) if (!isPast(at) && at[0] <= limitMs) expected = { uncertain: at };
        if (other && (isPast(other.stamp) || other.stamp[0] <= limitMs)) expected = { conflict: other };
        expect(readAt({ versions, intent }, stamp, limitMs, txn)).toEqual(expected);
        seen.add(Object.keys(expected).join());
      }),
      { numRuns: 500 },
    );
    expect([...seen].sort()).toEqual(["conflict", "uncertain", "value"]);
  });

  it("may be moved up if and only if it would find the same there (§3.3.2)", () => {
    const moved = new Set<boolean>();
    fc.assert(
      fc.property(states, stamps, stamps, txns, (state, one, other, txn) => {
        const [from, to] = [one, other].toSorted(compareHybrid) as [HybridStamp, HybridStamp];
        const found = readAt(state, from, 0, txn);
        fc.pre("value" in found);
        const same = JSON.stringify(readAt(state, to, 0, txn)) === JSON.stringify(found);
        expect(unchanged(state, from, to, txn)).toBe(same);
        moved.add(same);
      }),
      { numRuns: 500 },
    );
    expect(moved.size).toBe(2);
  });
});

describe("the timestamp cache (§3.3.1)", () => {
  it("lets nothing be written at or below a read of another transaction, nor below its floor, and else where it was asked", () => {
    const pushed = new Set<boolean>();
    const reads = fc.array(fc.record({ key: fc.constantFrom("x", "y"), stamp: stamps, txn: txns }), { maxLength: 8 });
    fc.assert(
      fc.property(stamps, reads, stamps, txns, (floor, all, stamp, txn) => {
        const cache = new TimestampCache(floor);
        for (const read of all) cache.noteRead(read.key, read.stamp, read.txn);
        const at = cache.writable("x", stamp, txn);
        const others = all.filter((read) => read.key === "x" && read.txn !== txn);
        for (const read of others) expect(compareHybrid(at, read.stamp)).toBeGreaterThan(0);
        expect(compareHybrid(at, floor)).toBeGreaterThanOrEqual(0);
        expect(compareHybrid(at, stamp)).toBeGreaterThanOrEqual(0);
        const hindered =
          all.some((read) => read.key === "x" && compareHybrid(read.stamp, stamp) >= 0) ||
          compareHybrid(floor, stamp) > 0;
        if (!hindered) expect(at).toEqual(stamp);
        pushed.add(hindered);
      }),
      { numRuns: 500 },
    );
    expect(pushed.size).toBe(2);
  });
});
