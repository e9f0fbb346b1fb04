import { describe, expect, it } from "vitest";
import { causal, type DataType } from "../../../checkers/causal/index.ts";
import { type Anomaly, DEFAULT_BUDGET, type Verdict } from "../../../src/core/checker.ts";
import type { Json } from "../../../src/core/json.ts";
import { history, type Sketch } from "../../support/histories.ts";
import { largeHistory } from "../shared/large.ts";
import { isCausallyConvergent } from "./oracle.ts";

type Step = readonly [process: number, f: "read" | "write" | "append" | "cas", key: string, value: Json];

/** One operation after the other; the value is what a read returned, or what is written. */
const sequence = (steps: readonly Step[]): Sketch[] =>
  steps.map(([p, f, key, value], i) => ({
    p,
    f,
    key,
    call: 2 * i,
    ret: 2 * i + 1,
    ...(f === "read" ? { ok: value } : { input: value }),
  }));

const check = (type: DataType, ...steps: Step[]): Verdict =>
  causal(type).check(history(sequence(steps)), DEFAULT_BUDGET);

/** The weakest models that an anomaly contradicts, where that is not causal consistency. */
const RULED_OUT: Record<string, string[]> = {
  CyclicCF: ["causal-ccv"],
  "cyclic-arbitration": ["causal-ccv"],
  "incompatible-order": ["causal-ccv"],
  ThinAirRead: ["causal-cc", "pram"],
  "duplicate-element": ["causal-cc", "pram"],
};

function onlyAnomaly(type: DataType, ...steps: Step[]): Anomaly {
  const verdict = check(type, ...steps);
  if (verdict.valid !== false) throw new Error(`expected a violation, got ${JSON.stringify(verdict)}`);
  expect(verdict.anomalies).toHaveLength(1);
  expect(verdict.anomalies[0].rulesOut).toEqual(RULED_OUT[verdict.anomalies[0].kind] ?? ["causal-cc"]);
  return verdict.anomalies[0];
}

describe("the histories of Bouajjani et al. (POPL 2017), Figure 2", () => {
  it("(a) causal memory, but not causal convergence", () => {
    const steps: Step[] = [
      [0, "write", "x", 1],
      [0, "read", "x", 2],
      [1, "write", "x", 2],
      [1, "read", "x", 1],
    ];
    expect(onlyAnomaly("register", ...steps)).toMatchObject({ kind: "CyclicCF", ops: [0, 1, 2, 3], key: "x" });
  });

  it("(b) causal convergence, but not causal memory", () => {
    const steps: Step[] = [
      [0, "write", "z", 1],
      [0, "write", "x", 1],
      [0, "write", "y", 1],
      [1, "write", "x", 2],
      [1, "read", "z", null],
      [1, "read", "y", 1],
      [1, "read", "x", 2],
    ];
    expect(check("register", ...steps)).toEqual({ valid: true, checked: 3 });
  });

  it("(c) causal consistency, but neither of the stronger ones", () => {
    const steps: Step[] = [
      [0, "write", "x", 1],
      [1, "write", "x", 2],
      [1, "read", "x", 1],
      [1, "read", "x", 2],
    ];
    expect(onlyAnomaly("register", ...steps).kind).toBe("CyclicCF");
  });

  it("(d) all of them, but not sequential consistency", () => {
    const steps: Step[] = [
      [0, "write", "x", 1],
      [0, "read", "y", null],
      [0, "write", "y", 1],
      [0, "read", "x", 1],
      [1, "write", "x", 2],
      [1, "read", "y", null],
      [1, "write", "y", 2],
      [1, "read", "x", 2],
    ];
    expect(check("register", ...steps)).toEqual({ valid: true, checked: 4 });
  });

  it("(e) none of them: an overwritten value is read", () => {
    const steps: Step[] = [
      [0, "write", "x", 1],
      [0, "write", "y", 1],
      [1, "read", "y", 1],
      [1, "write", "x", 2],
      [2, "read", "x", 2],
      [2, "read", "x", 1],
    ];
    const anomaly = onlyAnomaly("register", ...steps);
    expect(anomaly.kind).toBe("WriteCORead");
    expect(anomaly.because.map(({ from, to }) => [from, to])).toEqual([
      [0, 1],
      [1, 2],
      [2, 3],
      [3, 4],
      [4, 5],
    ]);
  });
});

describe("causal convergence of registers", () => {
  it("is broken by reading nothing where a write is in the past", () => {
    const steps: Step[] = [
      [0, "write", "x", 1],
      [0, "write", "y", 1],
      [1, "read", "y", 1],
      [1, "read", "x", null],
    ];
    expect(onlyAnomaly("register", ...steps)).toMatchObject({ kind: "WriteCOInitRead", ops: [0, 1, 2, 3] });
  });

  it("is broken by values out of thin air, and names the write that failed", () => {
    expect(onlyAnomaly("register", [0, "read", "x", 7]).explanation).toContain("nobody ever wrote it");
    const failed: Sketch[] = [
      { p: 0, f: "write", key: "x", input: 7, call: 0, ret: 1, fail: "abort" },
      { p: 1, f: "read", key: "x", call: 2, ret: 3, ok: 7 },
    ];
    const verdict = causal("register").check(history(failed), DEFAULT_BUDGET);
    expect(verdict).toMatchObject({ valid: false, anomalies: [{ kind: "ThinAirRead", ops: [0, 1] }] });
  });

  it("is broken by effects that come before their causes", () => {
    const steps: Step[] = [
      [0, "read", "x", 1],
      [0, "write", "y", 1],
      [1, "read", "y", 1],
      [1, "write", "x", 1],
    ];
    expect(onlyAnomaly("register", ...steps)).toMatchObject({ kind: "CyclicCO", ops: [0, 1, 2, 3] });
    expect(onlyAnomaly("register", [0, "cas", "x", [1, 1]]).kind).toBe("CyclicCO");
  });

  it("asks nothing more of what is on a circle of causes", () => {
    const steps: Step[] = [
      [0, "write", "z", 1],
      [0, "read", "x", 1],
      [0, "write", "y", 1],
      [1, "read", "y", 1],
      [1, "read", "z", null],
      [1, "write", "x", 1],
    ];
    expect(onlyAnomaly("register", ...steps).kind).toBe("CyclicCO");
  });

  it("takes a compare-and-set for a read and a write", () => {
    const steps: Step[] = [
      [0, "write", "x", 1],
      [1, "cas", "x", [1, 2]],
      [2, "read", "x", 2],
      [2, "read", "x", 1],
    ];
    expect(onlyAnomaly("register", ...steps).kind).toBe("WriteCORead");
    // Two copies may each swap the same value, as long as all agree which of the two comes first.
    const twice: Step[] = [...steps.slice(0, 3), [3, "cas", "x", [1, 3]], [2, "read", "x", 3]];
    expect(check("register", ...twice)).toEqual({ valid: true, checked: 4 });
  });

  it("shows the write that came over what was read, also where the reader made it itself", () => {
    const anomaly = onlyAnomaly(
      "register",
      [0, "write", "x", 1],
      [1, "read", "x", 1],
      [1, "write", "x", 2],
      [1, "read", "x", 1],
    );
    expect(anomaly).toMatchObject({ kind: "WriteCORead", ops: [0, 1, 2, 3] });
    expect(anomaly.because.map(({ from, to }) => [from, to])).toEqual([
      [0, 1],
      [1, 2],
      [2, 3],
    ]);
  });

  it("is broken by a circle that goes over two registers and through what sessions saw", () => {
    const steps: Step[] = [
      [0, "write", "x", 1],
      [1, "read", "x", 1],
      [1, "write", "y", 3],
      [2, "write", "y", 4],
      [2, "write", "x", 2],
      [3, "read", "x", 2],
      [3, "read", "x", 1],
      [4, "read", "y", 3],
      [4, "read", "y", 4],
    ];
    expect(isCausallyConvergent("register", history(sequence(steps)))).toBe(false);
    const anomaly = onlyAnomaly("register", ...steps);
    expect(anomaly.kind).toBe("CyclicCF");
    expect(anomaly.because).toHaveLength(5);
    expect(check("register", ...steps.slice(0, -1))).toMatchObject({ valid: true });
  });

  it("remembers the latest write of a session that must come before the one read", () => {
    const steps: Step[] = [
      [0, "write", "x", 1],
      [0, "write", "x", 2],
      [1, "write", "x", 9],
      [2, "read", "x", 1],
      [2, "read", "x", 9],
      [3, "read", "x", 2],
      [3, "read", "x", 9],
      [4, "read", "x", 9],
      [4, "read", "x", 2],
    ];
    expect(onlyAnomaly("register", ...steps)).toMatchObject({ kind: "CyclicCF", because: { length: 2 } });
  });

  it("is vacuous without a read of a written key", () => {
    expect(check("register", [0, "write", "x", 1], [0, "read", "y", null])).toMatchObject({ why: "vacuous" });
  });
});

describe("causal convergence of lists", () => {
  it("is broken by a list that lacks what its reader's past holds", () => {
    const steps: Step[] = [
      [0, "append", "x", 1],
      [1, "read", "x", [1]],
      [1, "append", "y", 2],
      [2, "read", "y", [2]],
      [2, "read", "x", null],
    ];
    const anomaly = onlyAnomaly("list", ...steps);
    expect(anomaly).toMatchObject({ kind: "missed-causal-write", key: "x", ops: [0, 1, 2, 3, 4] });
    expect(anomaly.because).toHaveLength(4);
  });

  it("asks nothing more of what is on a circle of causes", () => {
    const steps: Step[] = [
      [0, "append", "z", 1],
      [0, "read", "x", [1]],
      [0, "append", "y", 1],
      [1, "read", "y", [1]],
      [1, "read", "z", null],
      [1, "append", "x", 1],
    ];
    expect(onlyAnomaly("list", ...steps).kind).toBe("CyclicCO");
  });

  it("is broken by two reads in different orders", () => {
    const steps: Step[] = [
      [0, "append", "x", 1],
      [1, "append", "x", 2],
      [2, "append", "x", 3],
      [2, "read", "x", [1, 2, 3]],
      [3, "read", "x", [3, 2, 1]],
    ];
    const { kind, explanation, because } = onlyAnomaly("list", ...steps);
    expect(kind).toBe("incompatible-order");
    expect(explanation).toMatch(
      /^process (2|3) read x with (\d) before (\d), process (2|3) with \3 before \2: no one order of the appends explains both\.$/,
    );
    expect(because.map(({ reason }) => reason).sort()).toEqual([
      expect.stringMatching(/^process 2 read (1 before [23]|2 before 3) \(operation 3\)$/),
      expect.stringMatching(/^process 3 read ([23] before 1|3 before 2) \(operation 4\)$/),
    ]);
  });

  it("is broken by a circle of orders over three lists", () => {
    const steps: Step[] = [
      [0, "append", "x", 1],
      [1, "append", "x", 2],
      [2, "append", "x", 3],
      [3, "read", "x", [1, 2]],
      [4, "read", "x", [2, 3]],
      [5, "read", "x", [3, 1]],
    ];
    const anomaly = onlyAnomaly("list", ...steps);
    expect(anomaly.kind).toBe("cyclic-arbitration");
    expect(anomaly.because).toHaveLength(3);
  });

  it("is broken by an element that is there twice, or was never appended", () => {
    expect(onlyAnomaly("list", [0, "append", "x", 1], [1, "read", "x", [1, 1]]).kind).toBe("duplicate-element");
    expect(onlyAnomaly("list", [1, "read", "x", [1]]).kind).toBe("ThinAirRead");
  });

  it("lets concurrent appends show in any order and at any time", () => {
    const steps: Step[] = [
      [0, "append", "x", 1],
      [1, "append", "x", 2],
      [0, "read", "x", [1]],
      [1, "read", "x", [2]],
      [0, "read", "x", [2, 1]],
      [1, "read", "x", [2, 1]],
    ];
    expect(check("list", ...steps)).toEqual({ valid: true, checked: 4 });
  });
});

describe("large histories", () => {
  const shape = { threads: 10, opsPerKey: 120, unknown: 0.005, copies: 3 };

  it.each(["register", "list"] as const)("of a %s are judged within the time of a test", (type) => {
    const sticky = largeHistory({ ...shape, type, ops: 40_000 }, false);
    expect(causal(type).check(sticky, DEFAULT_BUDGET)).toMatchObject({ valid: true });
    const roaming = largeHistory({ ...shape, type, ops: 40_000 }, true);
    expect(causal(type).check(roaming, DEFAULT_BUDGET)).toMatchObject({ valid: false });
  });
});
