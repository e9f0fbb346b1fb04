import type { Operation } from "../../../../src/core/operation.ts";
import type { Decision } from "../../algorithm.ts";

/**
 * Real time as one integer an operation: operation `i` came before operation `j` if and only if `until[i] <= j`, so that
 * `until[i]` is the position of the first operation called after `i` returned, and the number of operations if there is
 * none.
 *
 * Between two calls lies a *slot*: slot `s` comes after the call of operation `s - 1` and before that of operation `s`. All
 * returns in a slot are interchangeable, so an operation takes effect in one of the slots from `i + 1` to `until[i]`.
 */
export type Until = Int32Array;

/** When operations ran, by position, in order of their calls. */
export interface Times {
  readonly calls: Float64Array;
  readonly returns: Float64Array;
  /** How many operations have to be placed. */
  readonly completed: number;
}

/** `undefined` if the operations are not in order of their calls. */
export function timesOf(ops: readonly Operation[]): Times | undefined {
  const calls = new Float64Array(ops.length);
  const returns = new Float64Array(ops.length);
  let completed = 0;
  let before = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < ops.length; i++) {
    const { callNs, returnNs, outcome } = ops[i] as Operation;
    if (!(callNs >= before)) return undefined;
    before = callNs;
    calls[i] = callNs;
    returns[i] = returnNs;
    if (outcome.type !== "info") completed++;
  }
  return { calls, returns, completed };
}

export function untilsOf({ calls, returns }: Times): Until {
  const until = new Int32Array(calls.length);
  for (let i = 0; i < until.length; i++) until[i] = firstAfter(calls, returns[i] as number, i + 1);
  return until;
}

/** The first position from `from` on whose call is later than `ns`: mostly it is near. */
function firstAfter(calls: Float64Array, ns: number, from: number): number {
  const count = calls.length;
  let [low, step] = [from, 1];
  while (low + step <= count && (calls[low + step - 1] as number) <= ns) {
    low += step;
    step *= 2;
  }
  let high = Math.min(count, low + step - 1);
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((calls[middle] as number) <= ns) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * The same for a history in which a process called an operation at the very instant at which its previous one returned.
 * Then the first came before the second, but not before what others called at that instant, which no order of intervals
 * can say. This one may say too much: that it came before some of those too, unless it is `exact`. `undefined` if there is
 * no such instant.
 */
function stricter(
  ops: readonly Operation[],
  { calls, returns }: Times,
  until: Until,
): { until: Until; exact: boolean } | undefined {
  let strict: Until | undefined;
  let exact = true;
  for (let i = 0; i < ops.length; i++) {
    const end = until[i] as number;
    // Mostly nothing is called at that instant, and then the operations need not be looked at.
    if (calls[end - 1] !== returns[i]) continue;
    const { process } = ops[i] as Operation;
    for (let j = end - 1; j > i && calls[j] === returns[i]; j--)
      if (ops[j]?.process === process) {
        strict ??= until.slice();
        strict[i] = j;
      }
    for (let j = strict?.[i] ?? end; j < end; j++) if (ops[j]?.process !== process) exact = false;
  }
  return strict && { until: strict, exact };
}

/**
 * Decides by the order of time. Where a process touches itself while others call, two orders bracket the right one: one that
 * leaves out what the touching shows, so that what is impossible in it is impossible; and one that adds to it, so that what
 * is possible in it is possible. Declines in between.
 */
export function decideInTime(
  ops: readonly Operation[],
  /** `completed`: how many operations have to be placed. */
  decide: (until: Until, completed: number) => Decision,
): Decision {
  const times = timesOf(ops);
  if (times === undefined) return { type: "declined", why: "the operations are not in order of their calls" };
  const until = untilsOf(times);
  const strict = stricter(ops, times, until);
  if (strict === undefined) return decide(until, times.completed);
  if (strict.exact) return decide(strict.until, times.completed);
  const decision = decide(until, times.completed);
  if (decision.type !== "linearizable" || decide(strict.until, times.completed).type === "linearizable")
    return decision;
  return { type: "declined", why: "whether it is linearizable depends on operations of one process that only touch" };
}

/** A refutation by the operations at these positions, each named once and in order. */
export function refuted(ops: readonly Operation[], positions: readonly number[]): Decision {
  const unique = [...new Set(positions)].sort((a, b) => a - b);
  return { type: "not-linearizable", culprits: unique.map((position) => (ops[position] as Operation).index) };
}
