import { describe, expect, it } from "vitest";
import { mergeVerdicts } from "../../src/campaign/merge.ts";
import { compare, notSeenToBreak, type Promises, unlessIdle } from "../../src/campaign/promises.ts";
import { CONSISTENCY_MODELS, type ConsistencyModel } from "../../src/core/consistency.ts";
import type { History } from "../../src/core/history.ts";
import type { Outcome } from "../../src/core/operation.ts";
import type { InvariantVerdict, Judgement, ModelVerdict, RunVerdict } from "../../src/core/verdict.ts";

/** Faults of these kinds; those with an exclamation mark were seen to be in force. */
const struckBy = (...kinds: readonly ("kill" | "pause" | "kill!" | "pause!")[]): History => ({
  ops: [],
  faults: kinds.map((kind, startNs) => ({
    value: { kind: kind.startsWith("kill") ? "kill" : "pause", nodes: ["n1"] },
    startNs,
    endNs: Infinity,
    ...(kind.endsWith("!") ? { proof: "seen" } : {}),
  })),
  meta: { version: 1 },
});
const EMPTY: History = { ops: [], faults: [], meta: { version: 1 } };
const NOWHERE = { replay: null, runDir: null };

/** All models unknown but these. */
const models = (known: Partial<Record<ConsistencyModel, Judgement>>): ModelVerdict[] =>
  CONSISTENCY_MODELS.map((model) => {
    const verdict = known[model] ?? "unknown";
    return { model, verdict, checked: verdict === "unknown" ? 0 : 10, anomalies: [] };
  });
const invariant = (verdict: Judgement): InvariantVerdict => ({
  name: "election-safety",
  source: "",
  verdict,
  checked: 3,
  violations: [],
});
const verdictOf = (
  known: Partial<Record<ConsistencyModel, Judgement>>,
  promises: Partial<Promises>,
  invariants: InvariantVerdict[] = [],
) => compare(models(known), { holds: [], testable: CONSISTENCY_MODELS, ...promises }, invariants, EMPTY, NOWHERE);

describe("compare", () => {
  it("a broken promise is invalid, also one that was only implied", () => {
    expect(verdictOf({ "monotonic-reads": "invalid" }, { holds: ["causal-ccv"] }).verdict).toBe("invalid");
  });

  it("what breaks without having been promised is allowed", () => {
    const verdict = verdictOf({ linearizable: "invalid", durable: "valid" }, { holds: ["durable"] });
    expect(verdict.verdict).toBe("valid");
    expect(verdict.models.find(({ model }) => model === "linearizable")).toMatchObject({ promised: false });
  });

  it("says between which models the history lies", () => {
    const { bounds } = verdictOf({ "causal-ccv": "valid", "causal-cc": "valid", linearizable: "invalid" }, {});
    expect(bounds.held).toEqual(["causal-ccv"]);
    expect(bounds.possible).toContain("sequential");
    expect(bounds.possible).not.toContain("causal-cc");
    expect(bounds.refuted).toEqual(["linearizable"]);
  });

  it("a promise that the workload tests must not stay unknown", () => {
    expect(verdictOf({ durable: "valid" }, { holds: ["durable", "eventual"] }).verdict).toBe("unknown");
    expect(verdictOf({ durable: "valid" }, { holds: ["durable", "eventual"], testable: ["durable"] }).verdict).toBe(
      "valid",
    );
  });

  it("nothing promised, or nothing judged, is never valid", () => {
    expect(verdictOf({ linearizable: "valid" }, { holds: [] }).verdict).toBe("unknown");
    expect(verdictOf({}, { holds: ["durable"], testable: [] }).verdict).toBe("unknown");
  });

  it("a violated invariant is invalid whatever the clients saw", () => {
    expect(verdictOf({ durable: "valid" }, { holds: ["durable"] }, [invariant("invalid")]).verdict).toBe("invalid");
    expect(verdictOf({ durable: "valid" }, { holds: ["durable"] }, [invariant("valid")]).verdict).toBe("valid");
  });
});

describe("the faults of a verdict", () => {
  const faults = (history: History) => compare([], { holds: [], testable: [] }, [], history, NOWHERE).faults;

  it("are counted by kind, in order of names", () => {
    expect(faults(EMPTY)).toEqual([]);
    expect(faults(struckBy("pause", "kill", "pause"))).toEqual([
      { kind: "kill", struck: 1, confirmed: 0 },
      { kind: "pause", struck: 2, confirmed: 0 },
    ]);
  });

  it("are confirmed where something showed that they were in force", () => {
    expect(faults(struckBy("pause!", "kill!", "pause", "kill!"))).toEqual([
      { kind: "kill", struck: 2, confirmed: 2 },
      { kind: "pause", struck: 2, confirmed: 1 },
    ]);
  });
});

describe("notSeenToBreak", () => {
  it("asks for each model whether some run broke it", () => {
    const runs = [
      models({ linearizable: "invalid" }),
      models({ "read-your-writes": "invalid", "causal-ccv": "valid" }),
    ];
    expect(notSeenToBreak(["read-your-writes", "linearizable", "causal-ccv"], runs)).toEqual(["causal-ccv"]);
    expect(notSeenToBreak(["linearizable"], [])).toEqual(["linearizable"]);
  });
});

describe("mergeVerdicts", () => {
  const run = (known: Partial<Record<ConsistencyModel, Judgement>>): RunVerdict =>
    verdictOf(known, { holds: ["durable"] });
  const seeds = { first: 1, run: 3, invalid: [], unknown: [] };
  const merged = (shown: RunVerdict, ...others: RunVerdict[]): RunVerdict =>
    mergeVerdicts(
      shown,
      others.map((verdict, i) => ({ seed: i + 2, verdict })),
      seeds,
    );
  const model = (verdict: RunVerdict, name: ConsistencyModel) => verdict.models.find((one) => one.model === name);

  it("counts what all runs checked", () => {
    const verdict = merged(run({ durable: "valid" }), run({ durable: "valid" }), run({ durable: "valid" }));
    expect(verdict).toMatchObject({ verdict: "valid", seeds });
    expect(model(verdict, "durable")).toMatchObject({ verdict: "valid", checked: 30 });
  });

  it("counts what struck in all runs, kinds that the shown one has not got included", () => {
    const after = (history: History): RunVerdict => ({
      ...run({ durable: "valid" }),
      faults: compare([], { holds: [], testable: [] }, [], history, NOWHERE).faults,
    });
    const runs = [struckBy("pause!"), struckBy("kill", "kill!"), struckBy(), struckBy("pause", "pause!")].map(after);
    const [shown, ...others] = runs;
    if (!shown) return expect.fail("no run");
    expect(merged(shown, ...others).faults).toEqual([
      { kind: "kill", struck: 2, confirmed: 1 },
      { kind: "pause", struck: 3, confirmed: 2 },
    ]);
    expect(merged(run({ durable: "valid" }), run({ durable: "valid" })).faults).toEqual([]);
  });

  it("broken in one is broken, and says where", () => {
    const verdict = merged(run({ durable: "valid" }), run({ durable: "valid" }), run({ durable: "invalid" }));
    expect(verdict.verdict).toBe("invalid");
    expect(model(verdict, "durable")).toMatchObject({ verdict: "invalid", detail: "broken with --seed 3" });
  });

  it("held only if it held in all, and a run that was not judged leaves the whole unknown", () => {
    const verdict = merged(run({ durable: "valid", "causal-ccv": "valid" }), run({}));
    expect(model(verdict, "causal-ccv")).toMatchObject({
      verdict: "unknown",
      checked: 0,
      detail: "held in 1 of 2 seeds and could not be judged in the others",
    });
    expect(verdict.verdict).toBe("unknown");
  });
});

describe("a run in which nothing was changed", () => {
  const REFUSED: Outcome = { type: "fail", error: { name: "not-supported", text: "there is no add" } };
  const UNKNOWN: Outcome = { type: "info", error: { name: "timeout", text: "no answer" } };
  const READ: Outcome = { type: "ok", value: [] };
  const history = (...ops: readonly [f: string, outcome: Outcome][]): History => ({
    ...EMPTY,
    ops: ops.map(([f, outcome], index) => {
      return { index, process: 0, node: "n1", f, input: null, outcome, callNs: 0, returnNs: 1 };
    }),
  });
  const found = models({ linearizable: "valid", durable: "invalid" });
  const judged = (...ops: readonly [f: string, outcome: Outcome][]) => unlessIdle(history(...ops), found);

  it("holds nothing, and says why; what it breaks stays broken", () => {
    const after = judged(["add", REFUSED], ["read", READ], ["add", REFUSED]);
    expect(after.find(({ model }) => model === "linearizable")).toMatchObject({
      verdict: "unknown",
      checked: 0,
      detail: "nothing was changed: all 2 attempts failed, as the first: there is no add",
    });
    expect(after.find(({ model }) => model === "durable")?.verdict).toBe("invalid");
  });

  it("is none if one attempt may have worked, or if only reads were meant", () => {
    expect(judged(["add", REFUSED], ["add", UNKNOWN])).toBe(found);
    expect(judged(["add", REFUSED], ["add", { type: "ok", value: null }])).toBe(found);
    expect(judged(["read", READ])).toBe(found);
  });
});
