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
  /** Go on until clients have seen a promise broken: a violated invariant alone does not end the search. */
  readonly hunting?: boolean;
  /** Called after each seed. */
  readonly onSeed?: (seed: number, done: number, verdict: RunVerdict) => void;
}

/**
 * Runs seed after seed until one breaks a promise. What is returned, and kept in a run folder, is that one, or the run
 * that showed most; its verdict counts all of them.
 */
export async function search(plan: (seed: number) => Scenario, options: SearchOptions): Promise<Conducted> {
  const { firstSeed, count, timeMs, hunting = false, onSeed, ...rest } = options;
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
    if (seenByClients(run.verdict) || (run.verdict.verdict === "invalid" && !hunting)) break;
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

/** True if the history itself, not only the look inside, shows a broken promise. */
const seenByClients = ({ models }: RunVerdict): boolean =>
  models.some((model) => model.promised && model.verdict === "invalid");

/** How much there is to see in a verdict: a broken promise before all, then a violated invariant, then broken models. */
function telling(verdict: RunVerdict): number {
  const rank = seenByClients(verdict) ? 3 : { invalid: 2, unknown: 1, valid: 0 }[verdict.verdict];
  return rank * 1000 + verdict.models.filter((model) => model.verdict === "invalid").length;
}

/** Thousands of seeds' anomalies need not be remembered. */
const withoutAnomalies = (verdict: RunVerdict): RunVerdict => ({
  ...verdict,
  models: verdict.models.map((model) => ({ ...model, anomalies: [] })),
});
