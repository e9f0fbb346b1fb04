import type { Anomaly, Budget, Checker, Verdict } from "../../src/core/checker.ts";
import { type ConsistencyModel, strongerOrEqual } from "../../src/core/consistency.ts";
import type { History } from "../../src/core/history.ts";
import { type Analysis, type Assumptions, analyse, DECIDED } from "./analysis.ts";
import type { Transactions } from "./transactions.ts";

export type { Assumptions } from "./analysis.ts";
export { transactionsOf } from "./columns.ts";

/**
 * Isolation of transactions on lists (`append`, read whole) or registers, after Elle (Kingsbury & Alvaro, VLDB 2020): one
 * checker for each model, strongest first; the work is done once a history. A model is
 * - refuted by an anomaly that it forbids in every order of versions that agrees with what was read;
 * - valid only with a witness: an order of all transactions that was carried out and gives each read its value, or an
 *   order of all versions under which nothing that the model forbids is there.
 *
 * `checked` counts committed reads. Values must be unique per key.
 */
export function transactions(kind: Transactions["kind"], assumptions: Assumptions = {}): readonly Checker[] {
  const analyses = new WeakMap<History, { readonly timeMs: number; readonly verdicts: Verdicts }>();
  const verdictsOf = (history: History, budget: Budget): Verdicts => {
    const known = analyses.get(history);
    if (known !== undefined && known.timeMs >= budget.timeMs) return known.verdicts;
    const verdicts = verdictsFrom(analyse(history, kind, assumptions, budget));
    analyses.set(history, { timeMs: budget.timeMs, verdicts });
    return verdicts;
  };
  return DECIDED.map((model) => ({
    name: model,
    tests: [model],
    check: (history, budget) => verdictsOf(history, budget)(model),
  }));
}

type Verdicts = (model: ConsistencyModel) => Verdict;

function verdictsFrom(analysis: Analysis): Verdicts {
  if (analysis.why !== undefined) return () => ({ valid: "unknown", why: analysis.why, detail: analysis.detail });
  const { checked, anomalies, held, doubt } = analysis;
  const against = new Map<ConsistencyModel, Anomaly[]>(DECIDED.map((model) => [model, []]));
  for (const anomaly of anomalies)
    for (const model of strongerOrEqual(anomaly.rulesOut)) against.get(model)?.push(anomaly);
  return (model) => {
    const [first, ...rest] = against.get(model) ?? [];
    if (first !== undefined) return { valid: false, checked, anomalies: [first, ...rest] };
    return held.has(model) ? { valid: true, checked } : { valid: "unknown", ...doubt };
  };
}
