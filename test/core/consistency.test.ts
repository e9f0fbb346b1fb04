import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  aboutModel,
  CONSISTENCY_MODELS,
  modelsOf,
  strongerOrEqual,
  strongest,
  weakerOrEqual,
  weakest,
} from "../../src/core/consistency.ts";
import { ERRORS, errorName, isDefinite } from "../../src/core/errors.ts";

describe("the lattice of consistency models", () => {
  it("orders what the literature orders", () => {
    expect(weakerOrEqual(["causal-cm"])).toEqual([
      "causal-cm",
      "causal-cc",
      "pram",
      "read-your-writes",
      "monotonic-reads",
      "monotonic-writes",
      "writes-follow-reads",
    ]);
    expect(weakerOrEqual(["causal-ccv"])).not.toContain("pram");
    expect(weakerOrEqual(["snapshot-isolation"])).not.toContain("causal-ccv");
    expect(weakerOrEqual(["strong-session-snapshot-isolation"])).toContain("causal-ccv");
    expect(weakerOrEqual(["linearizable"])).toContain("durable");
    expect(strongerOrEqual(["monotonic-reads"])).toEqual([
      "strict-serializable",
      "strong-session-serializable",
      "strong-snapshot-isolation",
      "strong-session-snapshot-isolation",
      "linearizable",
      "sequential",
      "causal-ccv",
      "causal-cm",
      "pram",
      "monotonic-reads",
    ]);
    expect(strongerOrEqual(["eventual"])).toEqual(["eventual"]);
  });

  it("lists stronger models first", () => {
    for (const [i, model] of CONSISTENCY_MODELS.entries())
      for (const weaker of weakerOrEqual([model])) expect(CONSISTENCY_MODELS.indexOf(weaker)).toBeGreaterThanOrEqual(i);
  });

  it("names the extremes of a set", () => {
    expect(strongest(["sequential", "causal-cc", "eventual"])).toEqual(["sequential", "eventual"]);
    expect(weakest(["linearizable", "sequential", "eventual"])).toEqual(["sequential", "eventual"]);
  });

  it("gives every model a family, a meaning and a source; the families cover all", () => {
    for (const model of CONSISTENCY_MODELS) {
      const { families, demands, source } = aboutModel(model);
      expect(demands.length * source.length * families.length).toBeGreaterThan(0);
    }
    expect(new Set((["operations", "transactions", "properties"] as const).flatMap(modelsOf)).size).toBe(
      CONSISTENCY_MODELS.length,
    );
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
