import { boundsOf, type Judgement, type ModelVerdict, type RunVerdict, type SeedSummary } from "../core/verdict.ts";

/**
 * One verdict over many seeds: that of the shown run, with everything counted that was checked in the others. A model
 * that broke only in another seed is broken here too; its anomalies are in that seed's own run. It held if it held in all.
 */
export function mergeVerdicts(
  shown: RunVerdict,
  others: readonly { seed: number; verdict: RunVerdict }[],
  seeds: SeedSummary,
): RunVerdict {
  const all = [shown, ...others.map(({ verdict }) => verdict)];
  const models = shown.models.map((model) => {
    const elsewhere = others.flatMap(({ seed, verdict }) =>
      verdict.models.filter((other) => other.model === model.model).map((other) => ({ ...other, seed })),
    );
    return { ...model, ...combine(model, elsewhere) };
  });
  const invariants = shown.invariants.map((invariant) => {
    const same = all.flatMap((verdict) => verdict.invariants.filter(({ name }) => name === invariant.name));
    return {
      ...invariant,
      verdict: merged(same.map((one) => one.verdict)),
      checked: sum(same.map((one) => one.checked)),
    };
  });
  const operations = {
    ok: sum(all.map((one) => one.operations.ok)),
    fail: sum(all.map((one) => one.operations.fail)),
    info: sum(all.map((one) => one.operations.info)),
  };
  const faults = [...new Set(all.flatMap((one) => one.faults.map(({ kind }) => kind)))].sort().map((kind) => {
    const same = all.flatMap((one) => one.faults.filter((count) => count.kind === kind));
    return { kind, struck: sum(same.map((one) => one.struck)), confirmed: sum(same.map((one) => one.confirmed)) };
  });
  return {
    ...shown,
    verdict: overall(all.map((one) => one.verdict)),
    models,
    bounds: boundsOf(models),
    invariants,
    operations,
    faults,
    seeds,
  };
}

function combine(
  shown: ModelVerdict,
  others: readonly (ModelVerdict & { seed: number })[],
): Pick<ModelVerdict, "verdict" | "checked"> & { detail?: string } {
  const checked = shown.checked + sum(others.map((other) => other.checked));
  if (shown.verdict === "invalid") return { verdict: "invalid", checked };
  const brokenElsewhere = others.find((other) => other.verdict === "invalid");
  if (brokenElsewhere) return { verdict: "invalid", checked, detail: `broken with --seed ${brokenElsewhere.seed}` };
  const all = [shown, ...others];
  const held = all.filter((one) => one.verdict === "valid").length;
  if (held === all.length) return { verdict: "valid", checked };
  if (held === 0) return { verdict: "unknown", checked: 0 };
  return {
    verdict: "unknown",
    checked: 0,
    detail: `held in ${held} of ${all.length} seeds and could not be judged in the others`,
  };
}

/** A run that could not be judged leaves the whole unknown, unless another one broke a promise. */
export function overall(verdicts: readonly Judgement[]): Judgement {
  if (verdicts.includes("invalid")) return "invalid";
  return verdicts.includes("unknown") ? "unknown" : "valid";
}

/** Of an invariant: violated anywhere is violated; never put to the test is unknown. */
function merged(verdicts: readonly Judgement[]): Judgement {
  if (verdicts.includes("invalid")) return "invalid";
  return verdicts.includes("valid") ? "valid" : "unknown";
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
