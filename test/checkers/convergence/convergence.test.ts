import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { convergence } from "../../../checkers/convergence/index.ts";
import { DEFAULT_BUDGET, type Verdict } from "../../../src/core/checker.ts";
import type { Json } from "../../../src/core/json.ts";
import { history, type Sketch } from "../../support/histories.ts";
import { runs } from "../../support/runs.ts";

const check = (sketches: readonly Sketch[], type?: "set"): Verdict =>
  convergence(type).check(history(sketches), DEFAULT_BUDGET);

/** A closing read: `undefined` if the node did not answer. */
const final = (node: string, ok: Json | undefined, at = 100, key = "x"): Sketch => ({
  p: 1000 + at,
  node,
  f: "read",
  key,
  call: at,
  final: true,
  ...(ok === undefined ? {} : { ret: at + 1, ok }),
});

describe("convergence", () => {
  it("holds where all nodes that answer agree", () => {
    expect(check([final("n1", 5, 1), final("n2", 5, 3), final("n3", undefined, 5)])).toEqual({
      valid: true,
      checked: 1,
    });
    expect(check([final("n1", [], 1), final("n2", null, 3)])).toEqual({ valid: true, checked: 1 });
    expect(check([final("n1", { a: 1, b: 2 }, 1), final("n2", { b: 2, a: 1 }, 3)])).toMatchObject({ valid: true });
  });

  it("is broken where copies differ, and says which and how", () => {
    const verdict = check([final("n1", 5, 1), final("n2", 7, 3), final("n3", 5, 5)]);
    expect(verdict).toMatchObject({
      valid: false,
      checked: 1,
      anomalies: [{ kind: "divergence", rulesOut: ["eventual"], key: "x", ops: [0, 2, 1] }],
    });
    expect(verdict.valid === false && verdict.anomalies[0].explanation).toContain("n1 and n3 hold 5; n2 holds 7");
  });

  it("tells for lists what is missing where", () => {
    const verdict = check([final("n1", [1, 2, 3], 1), final("n2", [1, 4], 3)]);
    expect(verdict.valid === false && verdict.anomalies[0].explanation).toMatch(/n2 lacks 2, 3, n1 lacks 4/);
    const turned = check([final("n1", [1, 2], 1), final("n2", [2, 1], 3)]);
    expect(turned.valid === false && turned.anomalies[0].explanation).toContain("the order differs");
  });

  it("does not mind the order of a set's elements", () => {
    const turned = [final("n1", [1, { a: 1, b: 2 }], 1), final("n2", [{ b: 2, a: 1 }, 1], 3)];
    expect(check(turned)).toMatchObject({ valid: false });
    expect(check(turned, "set")).toEqual({ valid: true, checked: 1 });
    expect(check([final("n1", [], 1), final("n2", null, 3)], "set")).toMatchObject({ valid: true });
    const verdict = check([final("n1", [2, 1], 1), final("n2", [1], 3)], "set");
    expect(verdict.valid === false && verdict.anomalies[0].explanation).toMatch(/n2 lacks 2/);
  });

  it("is vacuous without two answers for one key", () => {
    const vacuous = { valid: "unknown", why: "vacuous" };
    expect(check([])).toMatchObject(vacuous);
    expect(check([final("n1", 5, 1), final("n1", 6, 3)])).toMatchObject(vacuous);
    expect(check([final("n1", 5, 1, "x"), final("n2", 6, 3, "y")])).toMatchObject(vacuous);
    expect(check([{ ...final("n1", undefined, 1), ret: 2, fail: "abort" }, final("n2", 6, 3)])).toMatchObject(vacuous);
  });

  it("does not compare a key that was still being written", () => {
    const reads = [final("n1", 1, 10), final("n2", 2, 20)];
    const write: Sketch = { p: 0, f: "write", key: "x", input: 2, call: 5, ret: 15 };
    expect(check([write, ...reads])).toMatchObject({ why: "vacuous" });
    expect(check([{ ...write, ret: 9 }, ...reads])).toMatchObject({ valid: false });
    expect(check([{ p: 0, f: "write", key: "x", input: 2, call: 15 }, ...reads])).toMatchObject({ why: "vacuous" });
    // A write of unknown outcome that was called before may always still come: waiting for it would never end.
    expect(check([{ p: 0, f: "write", key: "x", input: 2, call: 5 }, ...reads])).toMatchObject({ valid: false });
  });

  it("agrees with comparing every pair of last answers", () => {
    const read = fc.record({ node: fc.nat(3), key: fc.nat(1), value: fc.nat(2), answered: fc.boolean() });
    let broken = 0;
    fc.assert(
      fc.property(fc.array(read, { maxLength: 10 }), (reads) => {
        const sketches = reads.map(({ node, key, value, answered }, i) =>
          final(`n${node}`, answered ? value : undefined, 10 * i, `k${key}`),
        );
        const answers = reads.filter(({ answered }) => answered);
        const last = answers.filter((a, i) => !answers.slice(i + 1).some((b) => a.node === b.node && a.key === b.key));
        const pairs = last.flatMap((a, i) => last.slice(i + 1).map((b) => [a, b] as const));
        const comparable = pairs.filter(([a, b]) => a.key === b.key);
        const agree = comparable.every(([a, b]) => a.value === b.value);
        if (!agree) broken++;
        const verdict = check(sketches);
        expect(verdict.valid).toBe(comparable.length === 0 ? "unknown" : agree);
        if (verdict.valid !== "unknown") expect(verdict.checked).toBe(new Set(comparable.map(([a]) => a.key)).size);
      }),
      { numRuns: runs(20_000) },
    );
    expect(broken).toBeGreaterThan(runs(20_000) / 3);
  });
});
