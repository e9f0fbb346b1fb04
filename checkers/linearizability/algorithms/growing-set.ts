import type { Json } from "../../../src/core/json.ts";
import type { Operation } from "../../../src/core/operation.ts";
import { isArray } from "../../shared/values.ts";
import type { Decision } from "../algorithm.ts";
import { DistinctValues } from "./distinct.ts";
import { type Inversion, inversion } from "./shared/ranks.ts";
import { decideInTime, refuted } from "./shared/timeline.ts";

/**
 * Sets to which each element is added once, from which nothing is removed, and that are read as a whole. Then reads in order
 * of size must each contain the one before, and this gives every operation its place but for adds that nobody saw. What is
 * left to check is that these places do not contradict real time. Declines for all other operations.
 */
export function decideGrowing(ops: readonly Operation[], deadlineMs: number): Decision {
  const history = read(ops);
  if ("type" in history) return history;
  const ranks = rank(history, deadlineMs);
  if (!(ranks instanceof Int32Array)) return ranks;
  return decideInTime(ops, (until, completed) => {
    const wrong = inversion(ranks, until, 2 * history.reads.length);
    if (wrong === undefined) return { type: "linearizable", placed: completed };
    return refuted(ops, culprits(history, ranks, wrong));
  });
}

interface SetHistory {
  readonly ops: readonly Operation[];
  readonly ids: DistinctValues;
  /** Positions of the adds by the ids of their elements. */
  readonly adds: readonly number[];
  /** Positions of the reads, those of fewer elements first, and of as many in order of their calls. */
  readonly reads: readonly number[];
}

const elementsOf = ({ outcome }: Operation): readonly Json[] =>
  outcome.type === "ok" && isArray(outcome.value) ? outcome.value : [];

function read(ops: readonly Operation[]): SetHistory | Decision {
  const ids = new DistinctValues(ops.length);
  const adds: number[] = [];
  const reads: number[] = [];
  for (const [position, { f, input, outcome }] of ops.entries()) {
    if (f === "read") reads.push(position);
    else if (f !== "add" || (outcome.type === "ok" && outcome.value === false))
      return { type: "declined", why: "the whole set is read, and elements are looked at or removed" };
    else if (ids.id(input) < adds.length)
      return { type: "declined", why: "the whole set is read, and an element is added more than once" };
    else adds.push(position);
  }
  const size = (position: number): number => elementsOf(ops[position] as Operation).length;
  reads.sort((a, b) => size(a) - size(b));
  return { ops, ids, adds, reads };
}

/** Elements between looks at the clock. */
const BETWEEN_LOOKS = 1 << 20;

/** Of the `n`-th read: `2n + 1`. Of the adds that it is the first to show: `2n`. Of those that none shows: the highest. */
function rank(history: SetHistory, deadlineMs: number): Int32Array | Decision {
  const { ops, ids, adds, reads } = history;
  const ranks = new Int32Array(ops.length).fill(2 * reads.length);
  /** By element: the last read that shows it, as 1 + its place among the reads. */
  const shownBy = new Int32Array(adds.length);
  let [size, work] = [0, 0];
  for (const [place, position] of reads.entries()) {
    const elements = elementsOf(ops[position] as Operation);
    work += elements.length;
    if (work > BETWEEN_LOOKS) {
      if (performance.now() > deadlineMs) return { type: "time", placed: 0 };
      work = 0;
    }
    let known = 0;
    for (const element of elements) {
      const id = ids.id(element);
      if (id >= adds.length || shownBy[id] === place + 1) return refuted(ops, withAdds(history, [position]));
      if (shownBy[id] === 0) ranks[adds[id] as number] = 2 * place;
      else known++;
      shownBy[id] = place + 1;
    }
    if (known < size) return refuted(ops, withAdds(history, reads.slice(place - 1, place + 1)));
    ranks[position] = 2 * place + 1;
    size = elements.length;
  }
  return ranks;
}

/** Reads, and the adds of all that they show. */
function withAdds({ ops, ids, adds }: SetHistory, reads: readonly number[]): number[] {
  const shown = reads.flatMap((position) => elementsOf(ops[position] as Operation).map((value) => adds[ids.id(value)]));
  return [...reads, ...shown.filter((position) => position !== undefined)];
}

/** The two operations that contradict real time, with a read that shows their order where neither is one. */
function culprits(history: SetHistory, ranks: Int32Array, { first, second }: Inversion): readonly number[] {
  const { ops, reads } = history;
  const shown = [first, second].filter((position) => ops[position]?.f === "read");
  if (shown.length === 0) shown.push(reads[(ranks[first] as number) / 2] as number);
  return [first, second, ...withAdds(history, shown)];
}
