import type { Operation } from "../../src/core/operation.ts";
import type { ClosingRead } from "../shared/closing.ts";
import { countIn, deltaIn } from "../shared/deltas.ts";
import { named } from "../shared/history-index.ts";
import { malformed } from "../shared/object-checker.ts";
import { type Context, type KeyJudge, reportProblem } from "./key-judge.ts";

/** Sums that may come of a counter: disjoint ranges of integers, ascending, ends included. */
type Ranges = readonly (readonly [low: number, high: number])[];

export const judgeCounter =
  (type: "g-counter" | "pn-counter"): KeyJudge =>
  (key, context) => {
    const acknowledged: Operation[] = [];
    const unknown: number[] = [];
    let sum = 0;
    let grows = true;
    for (const op of key.ops) {
      if (op.f === "read" || op.outcome.type === "fail") continue;
      const delta = deltaIn(op);
      if (type === "g-counter" && delta < 0) malformed(op, "a g-counter only grows");
      grows &&= delta >= 0;
      if (op.outcome.type === "info") unknown.push(delta);
      else {
        acknowledged.push(op);
        sum += delta;
      }
    }
    const possible = sumsOf(sum, unknown, context);
    const wrong = key.finals.filter(({ op }) => !includes(possible, countIn(op)));
    // Where nothing was taken away, what is missing was lost.
    const less = grows ? wrong.filter(({ value }) => (value as number) < sum) : [];
    const other = wrong.filter((read) => !less.includes(read));
    const report = (kind: string, reads: readonly ClosingRead[], why: string, proves: "lost" | "wrong"): void => {
      if (reads.length > 0)
        reportProblem(key, { kind, why, wrong: reads, updates: acknowledged.slice(-1), proves }, context.anomalies);
    };
    report(
      "lost-update",
      less,
      `the ${acknowledged.length} acknowledged additions to ${named(key.name)} make ${sum}`,
      "lost",
    );
    report(
      "wrong-sum",
      other,
      `the ${acknowledged.length} acknowledged additions to ${named(key.name)} make ${sum}${unknown.length > 0 ? `, and with any of the ${unknown.length} of unknown outcome ${showRanges(possible)}` : ""}`,
      "wrong",
    );
    return acknowledged.length;
  };

/** All sums of `start` and any of the deltas (as in Maelstrom's pn-counter). */
function sumsOf(start: number, deltas: readonly number[], { deadline, budget }: Context): Ranges {
  let ranges: Ranges = [[start, start]];
  for (const delta of deltas) {
    const next: [number, number][] = [];
    let [i, j] = [0, 0];
    while (i < ranges.length || j < ranges.length) {
      deadline.step();
      const a = ranges[i];
      const moved = ranges[j];
      const b = moved && ([moved[0] + delta, moved[1] + delta] as const);
      const takesA = b === undefined || (a !== undefined && a[0] <= b[0]);
      const [low, high] = (takesA ? a : b) ?? [0, 0];
      if (takesA) i++;
      else j++;
      const last = next.at(-1);
      if (last !== undefined && low <= last[1] + 1) last[1] = Math.max(last[1], high);
      else next.push([low, high]);
    }
    if (next.length > budget.maxConfigurations)
      deadline.giveUp(`more than ${budget.maxConfigurations} sums are possible, for so many additions ended unknown`);
    ranges = next;
  }
  return ranges;
}

function includes(ranges: Ranges, value: number): boolean {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ranges[middle]?.[1] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return (ranges[low]?.[0] ?? Number.POSITIVE_INFINITY) <= value;
}

/** How many ranges a sentence names. */
const MAX_RANGES = 6;

function showRanges(ranges: Ranges): string {
  const told = ranges.slice(0, MAX_RANGES).map(([low, high]) => (low === high ? `${low}` : `${low} to ${high}`));
  const more = ranges.length - told.length;
  return `${told.join(" or ")}${more > 0 ? `, or one of ${more} other ranges` : ""}`;
}
