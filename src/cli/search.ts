import { mergeVerdicts } from "../campaign/merge.ts";
import type { Scenario } from "../core/scenario.ts";
import type { RunVerdict } from "../core/verdict.ts";
import { type Conducted, type ConductOptions, conduct } from "./conduct.ts";

export interface SearchOptions extends Omit<ConductOptions, "keep"> {
  readonly firstSeed: number;
  /** At most so many seeds. */
  readonly count: number;
  /** No further seed is started after so long; wall time. */
  readonly timeMs: number;
  /** Called before each seed but the first. */
  readonly onSeed?: (seed: number, done: number, verdict: RunVerdict) => void;
}

/**
 * Runs seed after seed until one breaks a promise. What is returned, and kept in a run folder, is that one, or the run
 * that showed most; its verdict counts all of them.
 */
export async function search(plan: (seed: number) => Scenario, options: SearchOptions): Promise<Conducted> {
  const { firstSeed, count, timeMs, onSeed, ...rest } = options;
  const started = performance.now();
  const tried: { seed: number; verdict: RunVerdict }[] = [];
  let best: { seed: number; run: Conducted } | undefined;
  for (let seed = firstSeed; seed < firstSeed + count; seed++) {
    if (tried.length > 0 && performance.now() - started > timeMs) break;
    // A simulation is the same the second time, so only the one that is shown leaves a folder.
    const run = await conduct(plan(seed), { ...rest, keep: count === 1 });
    tried.push({ seed, verdict: withoutAnomalies(run.verdict) });
    if (!best || telling(run.verdict) > telling(best.run.verdict)) best = { seed, run };
    onSeed?.(seed, tried.length, run.verdict);
    if (run.verdict.verdict === "invalid") break;
  }
  if (!best) throw new RangeError("a search needs at least one seed");
  const shown = best.run.verdict.runDir === null ? await conduct(plan(best.seed), { ...rest, keep: true }) : best.run;
  if (tried.length === 1) return shown;

  const seedsWith = (verdict: string): number[] =>
    tried.filter((one) => one.verdict.verdict === verdict).map(({ seed }) => seed);
  const others = tried.filter(({ seed }) => seed !== best.seed);
  const summary = { first: firstSeed, run: tried.length, invalid: seedsWith("invalid"), unknown: seedsWith("unknown") };
  return { ...shown, verdict: mergeVerdicts(shown.verdict, others, summary) };
}

/** How much there is to see in a verdict: a broken promise before all, then broken models, then what was checked. */
function telling({ verdict, models }: RunVerdict): number {
  const broken = models.filter((model) => model.verdict === "invalid").length;
  return (verdict === "invalid" ? 1000 : verdict === "unknown" ? 500 : 0) + broken;
}

/** Thousands of seeds' anomalies need not be remembered. */
const withoutAnomalies = (verdict: RunVerdict): RunVerdict => ({
  ...verdict,
  models: verdict.models.map((model) => ({ ...model, anomalies: [] })),
});
