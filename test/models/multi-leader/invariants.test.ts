import { describe, expect, it } from "vitest";
import { agreement, causalDelivery, delivery } from "../../../src/models/multi-leader/invariants.ts";

const take = (origin: string, number: number, ordered = true) => ({ origin, number, ordered });

describe("invariants", () => {
  it("delivery: no write is skipped, taken twice, or forgotten in a restart", () => {
    const one = delivery();
    expect(one.onTrace("n1", "start", { has: {} })).toBeUndefined();
    expect(one.onTrace("n1", "take", take("n2", 1))).toBe(true);
    expect(one.onTrace("n1", "take", take("n2", 3))).toBe("n1 took write 3 of n2 where 2 was due");
    expect(one.onTrace("n1", "take", take("n2", 3))).toBe("n1 took write 3 of n2 where 4 was due");
    expect(one.onTrace("n1", "start", { has: { n2: 5 } })).toBe(true);
    expect(one.onTrace("n1", "start", { has: { n2: 4 } })).toContain("restarted without writes");
  });

  it("causal delivery: a write comes after what its node had, where the topology keeps order", () => {
    for (const ordered of [true, false]) {
      const one = causalDelivery();
      // What its own node takes, and what had no cause, cannot come too early.
      expect(one.onTrace("n1", "take", take("n1", 1, ordered))).toBeUndefined();
      expect(one.onTrace("n2", "take", take("n1", 1, ordered))).toBeUndefined();
      expect(one.onTrace("n2", "take", take("n2", 1, ordered))).toBeUndefined();
      expect(one.onTrace("n1", "take", take("n2", 1, ordered))).toBe(ordered ? true : undefined);
      const violation = one.onTrace("n3", "take", take("n2", 1, ordered));
      expect(violation).toBe(ordered ? "n3 took write 1 of n2 without all that n2 had by then" : undefined);
    }
  });

  it("agreement: a write that is committed on one node is aborted on none", () => {
    const one = agreement();
    expect(one.onTrace("n1", "decide", { origin: "n3", number: 1, fate: "committed" })).toBeUndefined();
    expect(one.onTrace("n2", "decide", { origin: "n3", number: 1, fate: "committed" })).toBe(true);
    expect(one.onTrace("n3", "decide", { origin: "n3", number: 1, fate: "aborted" })).toBe(
      "write 1 of n3 is committed on n1 and aborted on n3",
    );
  });
});
