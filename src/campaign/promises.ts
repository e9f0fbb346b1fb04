import { CONSISTENCY_MODELS, type ConsistencyModel, weakerOrEqual } from "../core/consistency.ts";
import type { History } from "../core/history.ts";
import {
  boundsOf,
  type FaultCount,
  type InvariantVerdict,
  type Judgement,
  type ModelVerdict,
  type RunVerdict,
  VERDICT_SCHEMA,
} from "../core/verdict.ts";
import { isRead } from "./figures.ts";

export interface Promises {
  /** What must hold; all that these imply must hold too. */
  readonly holds: readonly ConsistencyModel[];
  /** The models that the workload's checkers are made to judge: a promised one among these must not stay unknown. */
  readonly testable: readonly ConsistencyModel[];
}

/**
 * Holds what was found against what was promised: `invalid` if a promised model is broken or an invariant violated,
 * `unknown` if nothing was promised that could be judged, or a promised model that the workload tests stayed unknown.
 */
export function compare(
  models: readonly ModelVerdict[],
  promises: Promises,
  invariants: readonly InvariantVerdict[],
  history: History,
  where: Pick<RunVerdict, "replay" | "runDir">,
): RunVerdict {
  const promised = new Set(weakerOrEqual(promises.holds));
  const testable = new Set(promises.testable);
  const judged = models.map((model) => ({ ...model, promised: promised.has(model.model) }));
  const relevant = judged.filter((model) => model.promised);
  const operations = { ok: 0, fail: 0, info: 0 };
  for (const op of history.ops) operations[op.outcome.type]++;

  let verdict: Judgement = "valid";
  if (relevant.some((model) => model.verdict === "unknown" && testable.has(model.model))) verdict = "unknown";
  if (!relevant.some((model) => model.verdict === "valid")) verdict = "unknown";
  if (relevant.some((model) => model.verdict === "invalid")) verdict = "invalid";
  if (invariants.some((invariant) => invariant.verdict === "invalid")) verdict = "invalid";
  return {
    schema: VERDICT_SCHEMA,
    verdict,
    models: judged,
    bounds: boundsOf(judged),
    invariants,
    operations,
    faults: countFaults(history),
    ...where,
  };
}

/**
 * Where a run meant to change something and every attempt definitely failed, its reads show nothing but what was there
 * before. Whatever holds then was not exercised, and is `unknown`.
 */
export function unlessIdle({ ops }: History, models: readonly ModelVerdict[]): readonly ModelVerdict[] {
  const attempts = ops.filter((op) => !isRead(op));
  const [first] = attempts;
  if (first === undefined || attempts.some(({ outcome }) => outcome.type !== "fail")) return models;
  const why = first.outcome.type === "fail" ? `, as the first: ${first.outcome.error.text}` : "";
  const detail = `nothing was changed: all ${attempts.length} attempts failed${why}`;
  return models.map((found) =>
    found.verdict === "valid" ? { model: found.model, verdict: "unknown", checked: 0, anomalies: [], detail } : found,
  );
}

function countFaults({ faults }: History): FaultCount[] {
  const kinds = [...new Set(faults.map(({ value }) => value.kind))].sort();
  return kinds.map((kind) => {
    const struck = faults.filter(({ value }) => value.kind === kind);
    return { kind, struck: struck.length, confirmed: struck.filter(({ proof }) => proof !== undefined).length };
  });
}

/** While something that must be seen to break was not seen, a row of a table goes on up to so many times its seeds. */
export const PATIENCE = 8;

/** The models that were promised to break under these conditions but were not seen to. */
export const notSeenToBreak = (
  breaks: readonly ConsistencyModel[],
  verdicts: readonly (readonly Pick<ModelVerdict, "model" | "verdict">[])[],
): ConsistencyModel[] =>
  CONSISTENCY_MODELS.filter(
    (model) =>
      breaks.includes(model) &&
      !verdicts.some((models) => models.some((found) => found.model === model && found.verdict === "invalid")),
  );
