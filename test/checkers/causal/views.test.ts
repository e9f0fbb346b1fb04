import { describe, expect, it } from "vitest";
import { causalCc, causalCm } from "../../../checkers/causal/index.ts";
import { pram } from "../../../checkers/pram/index.ts";
import { sequential } from "../../../checkers/sequential/index.ts";
import { register } from "../../../checkers/specs/index.ts";
import { type Anomaly, type Checker, DEFAULT_BUDGET } from "../../../src/core/checker.ts";
import type { History } from "../../../src/core/history.ts";
import type { Json } from "../../../src/core/json.ts";
import type { Spec } from "../../../src/core/spec.ts";
import { sequence } from "../shared/tiny.ts";

type Step = readonly [process: number, f: "read" | "write", key: string, value: Json];

const of = (...steps: Step[]): History =>
  sequence(
    steps.map(([p, f, key, value]) => ({ p, f, key, ret: 1, ...(f === "read" ? { ok: value } : { input: value }) })),
  );

function firstAnomaly(checker: Checker, history: History): Anomaly {
  const verdict = checker.check(history, DEFAULT_BUDGET);
  if (verdict.valid !== false) throw new Error(`expected a violation, got ${JSON.stringify(verdict)}`);
  return verdict.anomalies[0];
}

describe("what a session's view cannot be", () => {
  /** Bouajjani et al. (POPL 2017), Figure 2b. */
  const figure2b = of(
    [0, "write", "z", 1],
    [0, "write", "x", 1],
    [0, "write", "y", 1],
    [1, "write", "x", 2],
    [1, "read", "z", null],
    [1, "read", "y", 1],
    [1, "read", "x", 2],
  );

  it("has a write before a read of nothing, which no chain of causes tells", () => {
    const anomaly = firstAnomaly(causalCm("register"), figure2b);
    expect(anomaly).toMatchObject({ kind: "WriteHBInitRead", rulesOut: ["causal-cm"], key: "z" });
    expect(anomaly.because.map(({ from, to }) => [from, to])).toEqual([
      [0, 1],
      [1, 3],
      [3, 4],
    ]);
    expect(anomaly.because[1]?.reason).toBe("process 1 read 2 (operation 6) when 1 was there before, so 2 comes later");
    expect(anomaly.explanation).toContain("process 1 read nothing from z, as if it had never been written");
  });

  it("goes in a circle", () => {
    const backAndForth = of(
      [0, "write", "x", 1],
      [1, "write", "x", 2],
      [2, "read", "x", 1],
      [2, "read", "x", 2],
      [2, "read", "x", 1],
    );
    for (const [checker, model] of [
      [causalCm("register"), "causal-cm"],
      [pram("register"), "pram"],
    ] as const) {
      const anomaly = firstAnomaly(checker, backAndForth);
      expect(anomaly).toMatchObject({ kind: "CyclicHB", rulesOut: [model], key: "x" });
      expect(anomaly.explanation).toContain("explains what process 2 read");
    }
  });
});

describe("what comes before a read in a session's view", () => {
  const verdicts = (history: History): Record<string, string | undefined> =>
    Object.fromEntries(
      [causalCc("register"), causalCm("register"), pram("register")].map((checker) => {
        const verdict = checker.check(history, DEFAULT_BUDGET);
        return [checker.name, verdict.valid === false ? verdict.anomalies[0].kind : undefined];
      }),
    );

  it("is what others had seen when they wrote what it read, where causes are kept", () => {
    const throughOther = of(
      [0, "write", "x", 1],
      [1, "read", "x", 1],
      [1, "write", "y", 1],
      [2, "write", "x", 2],
      [3, "read", "y", 1],
      [3, "read", "x", 2],
      [3, "read", "x", 1],
    );
    expect(verdicts(throughOther)).toEqual({ "causal-cc": undefined, "causal-cm": "CyclicHB", pram: undefined });
  });

  it("is also what must come before that on account of later reads", () => {
    const knownLater = of(
      [0, "write", "m", 3],
      [1, "write", "k", 2],
      [1, "write", "m", 5],
      [1, "write", "n", 6],
      [2, "write", "j", 1],
      [2, "write", "k", 1],
      [2, "write", "z", 7],
      [3, "read", "m", 3],
      [3, "read", "j", null],
      [3, "read", "n", 6],
      [3, "read", "m", 3],
      [3, "read", "z", 7],
      [3, "read", "k", 2],
    );
    const kind = "WriteHBInitRead";
    expect(verdicts(knownLater)).toEqual({ "causal-cc": undefined, "causal-cm": kind, pram: kind });
    const anomaly = firstAnomaly(pram("register"), knownLater);
    expect(anomaly.because.map(({ from, to }) => [from, to]).slice(0, 6)).toEqual([
      [4, 5],
      [5, 1],
      [1, 2],
      [2, 0],
      [0, 7],
      [7, 8],
    ]);
  });
});

describe("sequential consistency", () => {
  it("tells the circle that refutes it", () => {
    // Dekker: each session writes its own flag and does not see the other's.
    const dekker = of([0, "write", "x", 1], [1, "write", "y", 2], [0, "read", "y", null], [1, "read", "x", null]);
    const anomaly = firstAnomaly(sequential(register as Spec), dekker);
    expect(anomaly).toMatchObject({ kind: "cyclic-order", rulesOut: ["sequential"], ops: [0, 1, 2, 3] });
    expect(anomaly.because).toHaveLength(4);
    expect(causalCm("register").check(dekker, DEFAULT_BUDGET)).toMatchObject({ valid: true });
  });

  it("is judged where values are written twice, by trying all orders", () => {
    const twice = of([0, "write", "x", 1], [1, "write", "x", 1], [2, "read", "x", 1], [2, "read", "x", null]);
    const anomaly = firstAnomaly(sequential(register as Spec), twice);
    expect(anomaly.kind).toBe("no-sequential-order");
    expect(anomaly.explanation).toContain("none explains what they returned");
  });

  it("is unknown where the budget runs out", () => {
    const writes = Array.from({ length: 8 }, (_, p): Step => [p, "write", "x", p % 2]);
    const history = of(...writes, [9, "read", "x", 7]);
    const verdict = sequential(register as Spec).check(history, { timeMs: 10_000, maxConfigurations: 3 });
    expect(verdict).toMatchObject({ valid: "unknown", why: "budget" });
  });
});
