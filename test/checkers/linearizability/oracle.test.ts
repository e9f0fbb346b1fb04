import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { linearizability } from "../../../checkers/linearizability/index.ts";
import { SPECS } from "../../../checkers/specs/index.ts";
import { DEFAULT_BUDGET } from "../../../src/core/checker.ts";
import type { History } from "../../../src/core/history.ts";
import type { Spec } from "../../../src/core/spec.ts";
import { type HistoryShape, linearizableHistory, mutatedHistory } from "../../support/histories.ts";
import { bruteForce } from "./oracle.ts";

/** What the checker says, and `true` where it says that nothing was exercised: then there is nothing to be wrong. */
function verdict(spec: Spec, history: History, algorithm?: string): boolean | string {
  const options = algorithm === undefined ? {} : { algorithm };
  const { valid, ...rest } = linearizability(spec, options).check(history, DEFAULT_BUDGET);
  if (valid !== "unknown") return valid;
  return "why" in rest && rest.why === "vacuous" ? true : JSON.stringify(rest);
}

/** The same specification without the knowledge that guides the search. */
const unguided = (spec: Spec): Spec =>
  Object.create(spec, { nature: { value: undefined }, leadsTo: { value: undefined }, without: { value: undefined } });

const shapes: readonly (HistoryShape & { readonly runs: number })[] = [
  { kind: "register", minOps: 5, maxOps: 7, values: "unique", runs: 2000 },
  { kind: "register", minOps: 5, maxOps: 7, values: 2, threads: 4, runs: 2000 },
  { kind: "cas-register", minOps: 5, maxOps: 7, values: 3, runs: 2000 },
  { kind: "cas-register", minOps: 5, maxOps: 7, values: 2, threads: 4, runs: 2000 },
  { kind: "cas-register", minOps: 8, maxOps: 12, values: 3, keys: 2, runs: 1000 },
  { kind: "append-list", minOps: 5, maxOps: 7, values: "unique", runs: 2000 },
  { kind: "append-list", minOps: 5, maxOps: 7, values: 2, threads: 4, runs: 2000 },
  { kind: "kv", minOps: 5, maxOps: 7, values: "unique", runs: 2000 },
  { kind: "kv", minOps: 5, maxOps: 7, values: 2, threads: 4, runs: 2000 },
];

describe("linearizability against all orders (Herlihy & Wing, TOPLAS 1990, §2)", () => {
  const tally = { valid: 0, invalid: 0 };

  it.each(shapes)("$kind, values $values, threads $threads, keys $keys", ({ runs, ...shape }) => {
    const spec = SPECS[shape.kind] as Spec;
    const examine = (history: History): void => {
      const expected = bruteForce(spec, history);
      tally[expected ? "valid" : "invalid"]++;
      expect(verdict(spec, history)).toBe(expected);
      expect(verdict(spec, history, "search")).toBe(expected);
      expect(verdict(unguided(spec), history, "search")).toBe(expected);
    };
    fc.assert(fc.property(mutatedHistory(shape), examine), { numRuns: runs });
  });

  it("has seen enough of both", () => {
    const { valid, invalid } = tally;
    expect(valid + invalid).toBeGreaterThan(15_000);
    expect(Math.min(valid, invalid)).toBeGreaterThan((valid + invalid) / 3);
  });
});

describe("longer histories that are linearizable by construction", () => {
  it.each([
    { kind: "register", maxOps: 80, threads: 8 },
    { kind: "register", maxOps: 80, threads: 8, values: 3 },
    { kind: "cas-register", maxOps: 80, threads: 6, values: 4 },
    { kind: "append-list", maxOps: 80, threads: 8 },
    { kind: "kv", maxOps: 80, threads: 8, keys: 2 },
  ] as const)("$kind, values $values", (shape) => {
    const spec = SPECS[shape.kind] as Spec;
    fc.assert(
      fc.property(linearizableHistory({ minOps: 40, ...shape }), (history) => {
        expect(verdict(spec, history)).toBe(true);
        expect(verdict(spec, history, "search")).toBe(true);
      }),
      { numRuns: 150 },
    );
  });
});
