import { describe, expect, it } from "vitest";
import { type Judged, type Stated, Tally } from "../../src/campaign/matrix.ts";
import type { ConsistencyModel } from "../../src/core/consistency.ts";
import type { Judgement } from "../../src/core/verdict.ts";

const history = (
  seed: number,
  models: Partial<Record<ConsistencyModel, Judgement>>,
  more: Partial<Judged> = {},
): Judged => ({
  seed,
  workload: seed % 2 === 0 ? "append" : "register",
  command: `run --seed ${seed}`,
  problems: [],
  verdict: {
    models: Object.entries(models).map(([model, verdict]) => ({
      model: model as ConsistencyModel,
      verdict,
      checked: 1,
      anomalies: [],
      promised: false,
    })),
    invariants: [],
    operations: { ok: 5, fail: 2, info: 1 },
  },
  ...more,
});

const tallied = (...histories: Judged[]): Tally => {
  const tally = new Tally();
  for (const one of histories) tally.add(one);
  return tally;
};

const stated = (more: Partial<Stated>): Stated => ({ holds: [], breaks: [], testable: [], ...more });
const searching = (model: ConsistencyModel): string => `search ${model}`;

describe("a tally of histories", () => {
  it("names the first history that broke a model, and counts all that did", () => {
    const tally = tallied(
      history(3, { sequential: "valid" }),
      history(4, { sequential: "invalid" }),
      history(5, { sequential: "invalid" }),
    );
    const first = { seed: 4, workload: "append", command: "run --seed 4" };
    expect(tally.find("sequential")).toEqual({ state: "broken", histories: 2, ...first });
    expect([tally.histories, tally.operations]).toEqual([3, 24]);
  });

  it("counts as held only the histories that could tell", () => {
    const tally = tallied(history(1, { pram: "unknown" }), history(2, { pram: "valid" }), history(3, {}));
    expect(tally.find("pram")).toEqual({ state: "held", histories: 1 });
    expect(tallied(history(1, { pram: "unknown" })).find("pram")).toEqual({ state: "unknown" });
  });

  it("sets beside each model what is stated of it, of all that is implied, too", () => {
    const tally = tallied(
      history(1, { linearizable: "invalid", sequential: "valid", "causal-cc": "valid", eventual: "valid" }),
    );
    const cells = tally.cells(stated({ holds: ["causal-ccv"], breaks: ["sequential"] }));
    const promises = Object.entries(cells).map(([model, { promise }]) => [model, promise]);
    expect(promises).toEqual([
      ["linearizable", "breaks"],
      ["sequential", "breaks"],
      ["causal-cc", "holds"],
      ["eventual", null],
    ]);
  });

  it("has a cell for what must be seen to break, though no checker spoke of it", () => {
    expect(tallied(history(1, {})).cells(stated({ breaks: ["durable"] }))).toEqual({
      durable: { state: "unknown", promise: "breaks" },
    });
  });
});

describe("differences between what was found and what is stated", () => {
  it("none where everything is as stated; what broke unpromised is no difference", () => {
    const tally = tallied(history(1, { linearizable: "invalid", sequential: "valid", durable: "invalid" }));
    expect(tally.differences(stated({ holds: ["sequential"], breaks: ["linearizable"] }), searching)).toEqual([]);
  });

  it("a promised model that broke, the weakest of them only", () => {
    const tally = tallied(history(6, { linearizable: "invalid", sequential: "invalid", "causal-ccv": "valid" }));
    expect(tally.differences(stated({ holds: ["linearizable"] }), searching)).toEqual([
      { kind: "broken", model: "sequential", seed: 6, workload: "append", command: "run --seed 6" },
    ]);
  });

  it("a model that must break and did not", () => {
    const tally = tallied(history(1, { linearizable: "invalid", sequential: "valid" }));
    const { breaks } = { breaks: ["sequential"] as const };
    expect(tally.unseen({ breaks })).toEqual(["sequential"]);
    expect(tally.differences(stated({ breaks }), searching)).toEqual([
      { kind: "not-seen", model: "sequential", command: "search sequential" },
    ]);
  });

  it("a promised model that no history could judge, if its workloads are made to", () => {
    const tally = tallied(history(1, { eventual: "unknown", durable: "unknown" }));
    expect(tally.differences(stated({ holds: ["eventual", "durable"], testable: ["durable"] }), searching)).toEqual([
      { kind: "unjudged", model: "durable", command: "search durable" },
    ]);
  });

  it("what went wrong inside, the first of each kind", () => {
    const violated = (explanation: string) => ({
      name: "election safety",
      source: "§5.2",
      verdict: "invalid" as const,
      checked: 1,
      violations: [{ atNs: 0, explanation }],
    });
    const { verdict } = history(1, {});
    const tally = tallied(
      history(1, {}, { verdict: { ...verdict, invariants: [violated("two leaders")] } }),
      history(2, {}, { verdict: { ...verdict, invariants: [violated("again")] }, problems: ["n1: no such key"] }),
    );
    expect(tally.differences(stated({}), searching)).toMatchObject([
      { kind: "invariant", name: "election safety", explanation: "two leaders", seed: 1 },
      { kind: "crash", explanation: "n1: no such key", seed: 2 },
    ]);
  });
});
