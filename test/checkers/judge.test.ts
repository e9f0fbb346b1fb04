import { describe, expect, it } from "vitest";
import { isSpared, judge } from "../../checkers/judge.ts";
import type { Anomaly, Checker, Verdict } from "../../src/core/checker.ts";
import { type ConsistencyModel, modelsOf, strongerOrEqual, weakerOrEqual } from "../../src/core/consistency.ts";
import type { History } from "../../src/core/history.ts";

const EMPTY: History = { ops: [], faults: [], meta: { version: 1 } };
const CONSISTENCY_MODELS = modelsOf("operations");

const checker = (tests: ConsistencyModel[], verdict: Verdict): Checker => ({
  name: tests.join(),
  tests,
  check: () => verdict,
});
const anomaly = (...rulesOut: [ConsistencyModel, ...ConsistencyModel[]]): Anomaly => ({
  kind: `not-${rulesOut[0]}`,
  rulesOut,
  explanation: "",
  ops: [],
  because: [],
});
const found = (checkers: Checker[]) => new Map(judge(EMPTY, checkers).map((one) => [one.model, one]));

describe("judge", () => {
  it("an anomaly refutes what it rules out and all that is stronger", () => {
    const verdicts = found([
      checker(["monotonic-reads"], { valid: false, checked: 7, anomalies: [anomaly("monotonic-reads")] }),
    ]);
    for (const model of CONSISTENCY_MODELS) {
      const refuted = strongerOrEqual(["monotonic-reads"]).includes(model);
      expect(verdicts.get(model)?.verdict, model).toBe(refuted ? "invalid" : "unknown");
    }
    expect(verdicts.get("linearizable")).toMatchObject({ checked: 7, anomalies: [{ kind: "not-monotonic-reads" }] });
  });

  it("a valid verdict vouches for the model and all that is weaker", () => {
    const verdicts = found([checker(["linearizable"], { valid: true, checked: 12 })]);
    for (const model of CONSISTENCY_MODELS) {
      const implied = weakerOrEqual(["linearizable"]).includes(model);
      expect(verdicts.get(model), model).toMatchObject(
        implied ? { verdict: "valid", checked: 12 } : { verdict: "unknown", checked: 0 },
      );
    }
  });

  it("spares checkers what follows, strongest first, and none that looks at more", () => {
    const ran: string[] = [];
    const noting = (name: ConsistencyModel, verdict: Verdict, impliedByStronger?: boolean): Checker => ({
      ...checker([name], verdict),
      ...(impliedByStronger === undefined ? {} : { impliedByStronger }),
      check: () => {
        ran.push(name);
        return verdict;
      },
    });
    const broken: Verdict = { valid: false, checked: 1, anomalies: [anomaly("linearizable")] };
    const valid: Verdict = { valid: true, checked: 3 };
    const given = (linearizable: Verdict, sequential: Verdict): Checker[] => [
      noting("monotonic-reads", valid, true),
      noting("durable", valid),
      noting("eventual", valid, true),
      noting("sequential", sequential, true),
      noting("causal-ccv", valid, true),
      noting("linearizable", linearizable),
    ];
    const runs = (linearizable: Verdict, sequential: Verdict): string[] => {
      ran.length = 0;
      found(given(linearizable, sequential));
      return [...ran];
    };
    expect(runs(valid, valid)).toEqual(["durable", "linearizable", "eventual"]);
    expect(runs(broken, valid)).toEqual(["durable", "linearizable", "sequential", "eventual"]);
    expect(runs(broken, { valid: "unknown", why: "budget", detail: "" })).toEqual([
      ...["durable", "linearizable", "sequential", "causal-ccv", "eventual"],
    ]);
  });

  it("speaks of the models of the families that its checkers speak of", () => {
    const idle: Verdict = { valid: "unknown", why: "vacuous", detail: "" };
    const spoken = (...tests: ConsistencyModel[]) => [...found([checker(tests, idle)]).keys()];
    expect(spoken()).toEqual(modelsOf("operations"));
    expect(spoken("causal-ccv")).toEqual(modelsOf("operations"));
    expect(spoken("durable")).toEqual(modelsOf("operations"));
    expect(spoken("serializable")).toEqual(modelsOf("transactions"));
    expect(spoken("serializable", "balanced")).toEqual([...modelsOf("transactions"), "balanced"]);
    expect(spoken("mutual-exclusion")).toEqual([...modelsOf("operations"), "mutual-exclusion"]);
    const both = [...modelsOf("operations"), ...modelsOf("transactions")];
    expect(new Set(spoken("serializable", "linearizable"))).toEqual(new Set(both));
  });

  it("a refutation outweighs any number of valid verdicts", () => {
    const verdicts = found([
      checker(["causal-ccv"], { valid: true, checked: 5 }),
      checker(["read-your-writes"], { valid: false, checked: 5, anomalies: [anomaly("read-your-writes")] }),
    ]);
    expect(verdicts.get("causal-ccv")?.verdict).toBe("invalid");
    expect(verdicts.get("monotonic-reads")?.verdict).toBe("valid");
  });

  it("an anomaly of a checker does not refute the models that it leaves standing", () => {
    const verdicts = found([
      checker(["causal-ccv"], { valid: false, checked: 5, anomalies: [anomaly("linearizable")] }),
    ]);
    expect(verdicts.get("linearizable")?.verdict).toBe("invalid");
    expect(verdicts.get("causal-ccv")).toMatchObject({ verdict: "unknown", anomalies: [] });
  });

  it("what no checker could say is unknown, with the reason", () => {
    const verdicts = found([checker(["eventual"], { valid: "unknown", why: "vacuous", detail: "no final reads" })]);
    expect(verdicts.get("eventual")).toMatchObject({ verdict: "unknown", detail: "vacuous: no final reads" });
    expect(verdicts.get("causal-ccv")?.detail).toMatch(/no checker/);
  });

  it("a model's own checker speaks first", () => {
    const verdicts = found([
      checker(["causal-ccv"], { valid: false, checked: 1, anomalies: [anomaly("causal-ccv")] }),
      checker(["linearizable"], { valid: false, checked: 2, anomalies: [anomaly("linearizable")] }),
    ]);
    expect(verdicts.get("linearizable")?.anomalies.map(({ kind }) => kind)).toEqual([
      "not-linearizable",
      "not-causal-ccv",
    ]);
    expect(verdicts.get("linearizable")?.checked).toBe(2);
  });

  it("tells once what several checkers find in the same operations", () => {
    const one = { ...anomaly("causal-cc", "pram"), ops: [3, 1], key: "x" };
    const same = { ...anomaly("pram", "causal-cc"), ops: [1, 3], key: "x" };
    const others = [
      { ...one, ops: [10, 1] },
      { ...one, key: "y" },
      { ...anomaly("pram"), ops: [1, 3], key: "x" },
    ];
    const told = (...anomalies: [Anomaly, ...Anomaly[]]) =>
      found([
        checker(["linearizable"], { valid: false, checked: 2, anomalies: [one] }),
        checker(["sequential"], { valid: false, checked: 3, anomalies }),
      ]).get("linearizable")?.anomalies;
    expect(told(same)).toEqual([one]);
    for (const other of others) expect(told(other)).toEqual([one, other]);
    // What one checker tells more than once is told so.
    expect(told({ ...one, ops: [5] }, { ...one, ops: [5] })).toHaveLength(3);
  });

  it("counts what was checked by who found something against the model", () => {
    const verdicts = found([
      checker(["linearizable"], { valid: false, checked: 9, anomalies: [anomaly("linearizable")] }),
      checker(["pram"], { valid: false, checked: 4, anomalies: [anomaly("pram")] }),
      checker(["causal-cc"], { valid: false, checked: 5, anomalies: [anomaly("pram")] }),
    ]);
    expect(verdicts.get("pram")).toMatchObject({ verdict: "invalid", checked: 4 });
    expect(verdicts.get("linearizable")).toMatchObject({ verdict: "invalid", checked: 9 });
  });

  it("says why a model's own checker decided nothing", () => {
    const verdicts = found([
      checker(["pram"], { valid: false, checked: 9, anomalies: [anomaly("linearizable")] }),
      checker(["pram"], { valid: "unknown", why: "budget", detail: "10 ms were not enough" }),
    ]);
    expect(verdicts.get("pram")).toEqual({
      ...{ model: "pram", verdict: "unknown", checked: 0, anomalies: [] },
      detail: "pram found anomalies, but none that rules this model out; budget: 10 ms were not enough",
    });
    expect(verdicts.get("linearizable")?.verdict).toBe("invalid");
  });

  it("spares a checker only if all that it tests follows", () => {
    const spared = { ...checker(["pram", "eventual"], { valid: true, checked: 1 }), impliedByStronger: true };
    expect(isSpared(spared, ["linearizable"])).toBe(false);
    expect(isSpared(spared, ["linearizable", "eventual"])).toBe(true);
    expect(isSpared({ ...spared, impliedByStronger: false }, ["linearizable", "eventual"])).toBe(false);
  });
});
