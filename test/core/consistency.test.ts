import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CONSISTENCY_MODELS, strongerOrEqual, weakerOrEqual } from "../../src/core/consistency.ts";
import { ERRORS, errorName, isDefinite } from "../../src/core/errors.ts";

describe("the lattice of consistency models", () => {
  it("orders what the literature orders", () => {
    expect(weakerOrEqual(["causal"])).toEqual([
      "causal",
      "read-your-writes",
      "monotonic-reads",
      "monotonic-writes",
      "writes-follow-reads",
    ]);
    expect(weakerOrEqual(["linearizable"])).toContain("durable");
    expect(strongerOrEqual(["monotonic-reads"])).toEqual(["linearizable", "sequential", "causal", "monotonic-reads"]);
    expect(strongerOrEqual(["eventual"])).toEqual(["eventual"]);
  });

  it("is a partial order, and the two closures mirror each other", () => {
    const model = fc.constantFrom(...CONSISTENCY_MODELS);
    fc.assert(
      fc.property(model, model, model, (a, b, c) => {
        expect(weakerOrEqual([a])).toContain(a);
        expect(weakerOrEqual([a]).includes(b)).toBe(strongerOrEqual([b]).includes(a));
        if (a !== b) expect(weakerOrEqual([a]).includes(b) && weakerOrEqual([b]).includes(a)).toBe(false);
        if (weakerOrEqual([a]).includes(b) && weakerOrEqual([b]).includes(c)) expect(weakerOrEqual([a])).toContain(c);
      }),
    );
  });
});

describe("errors", () => {
  it("carry Maelstrom's codes both ways", () => {
    expect(errorName(22)).toBe("precondition-failed");
    expect(errorName(999)).toBeUndefined();
    for (const [name, { code }] of Object.entries(ERRORS)) expect(errorName(code)).toBe(name);
  });

  it("prove nothing unless known to", () => {
    expect(isDefinite("abort")).toBe(true);
    expect(isDefinite("timeout")).toBe(false);
    expect(isDefinite("toString")).toBe(false);
    expect(isDefinite("something-else")).toBe(false);
  });
});
