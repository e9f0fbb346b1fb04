import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/core/json.ts";
import type { Invariant, Ruling } from "../../../src/core/model.ts";
import { atomicCommitment, commitWait, monotonicity, startRule } from "../../../src/models/spanner/invariants.ts";

type Event = readonly [node: string, event: string, detail: JsonObject];

/** What an invariant says of the last event. */
const last = (invariant: Invariant, ...events: Event[]): Ruling =>
  events.map(([node, event, detail]) => invariant.onTrace(node, event, detail)).at(-1);

const assigned = (node: string, atMs: number): Event => [node, "assigned", { shard: "s0", txn: "t", atMs }];
const settled = (shard: string, at: number | null): Event => ["n1", "settled", { shard, txn: "t", at }];

describe("what holds of transactions (OSDI 2012, §4.1.2)", () => {
  it("timestamps rise along a node's log, which it applies anew when it starts again", () => {
    expect(last(monotonicity(), assigned("n1", 1), assigned("n1", 2))).toBe(true);
    expect(last(monotonicity(), assigned("n1", 2), assigned("n1", 2))).toMatch(/after another had got 2/);
    expect(last(monotonicity(), assigned("n1", 2), assigned("n2", 1))).toBeUndefined();
    expect(last(monotonicity(), assigned("n1", 2), ["n1", "life", { life: 2 }], assigned("n1", 1))).toBeUndefined();
  });

  it("no shard commits what another aborts, or at another time (Bernstein et al. 1987, §7.3)", () => {
    expect(last(atomicCommitment(), settled("s0", 5))).toBeUndefined();
    expect(last(atomicCommitment(), settled("s0", 5), settled("s0", 5))).toBeUndefined();
    expect(last(atomicCommitment(), settled("s0", 5), settled("s1", 5))).toBe(true);
    expect(last(atomicCommitment(), settled("s0", null), settled("s1", null))).toBe(true);
    expect(last(atomicCommitment(), settled("s0", 5), settled("s1", null))).toMatch(/committed at 5, s1 .* aborted/);
    expect(last(atomicCommitment(), settled("s0", 5), settled("s1", 6))).toMatch(
      /committed at 5, s1 .* committed at 6/,
    );
  });

  it("a commit is not dated before it was asked for, and not shown before its time has passed", () => {
    const decided = (atMs: number): Event => ["n1", "decided", { txn: "t", atMs, latestMs: 7 }];
    const exposed = (atMs: number): Event => ["n1", "exposed", { txn: "t", atMs, earliestMs: 7 }];
    expect([6, 7, 8].map((atMs) => last(startRule(), decided(atMs)) === true)).toEqual([false, true, true]);
    expect([6, 7, 8].map((atMs) => last(commitWait(), exposed(atMs)) === true)).toEqual([true, false, false]);
    expect(last(startRule(), exposed(1))).toBeUndefined();
    expect(last(commitWait(), decided(9))).toBeUndefined();
  });
});
