import { increment, startsOf } from "../../shared/counts.ts";
import type { Algorithm } from "../algorithm.ts";
import { wronglyEmpty } from "./shared/cover.ts";
import { CoverTree } from "./shared/cover-tree.ts";
import { type Items, operationsOn, restrict, takenTooEarly } from "./shared/items.ts";
import { shrink } from "./shared/shrink.ts";
import { Spans } from "./shared/spans.ts";
import { decideTakers } from "./shared/takers.ts";

/** How many items may be looked at to make a refutation small. */
const SHRINK_WORK = 200_000;

/**
 * Stacks whose values differ, by decrease and conquer.
 *
 * - A value that may have been popped as soon as it was pushed changes nothing and is left out.
 * - At a slot that none of the others covers the stack may be empty: what is pushed before it can be popped before it. So
 *   the history falls into parts, one for each run of covered slots, that are judged alone.
 * - Within a part the stack is never empty, so one value lies at its bottom from the first push to the last pop. Any value
 *   whose push may come before all other pushes and whose pop may come after all other pops will do; it is left out, which
 *   uncovers slots. If there is none the history is not linearizable.
 */
export const stackAlgorithm: Algorithm = {
  name: "stack",
  specs: ["stack"],
  source: "Lee & Mathur, Efficient Decrease-and-Conquer Linearizability Monitoring, OOPSLA 2025, stacks",
  decide: (_, ops, deadlineMs) =>
    decideTakers(
      ops,
      (f) => f === "pop",
      ({ items, empties, until }) => {
        const early = takenTooEarly(items);
        if (early >= 0) return operationsOn(items, [early]);
        const empty = wronglyEmpty(items, empties, until);
        if (empty !== undefined) return [...operationsOn(items, empty.links), empty.taker];
        const part = bottomless(items, deadlineMs);
        if (part === undefined || part === "time") return part;
        const isBad = (some: readonly number[]): boolean =>
          Array.isArray(bottomless(restrict(items, some), deadlineMs));
        return operationsOn(items, shrink(part, isBad, SHRINK_WORK));
      },
    ),
};

/** The first slot in which an item is certainly on the stack, and the last one. */
const firstSlot = (items: Items, item: number): number => (items.addUntil[item] as number) + 1;
const lastSlot = (items: Items, item: number): number => items.takeFrom[item] as number;

/** Parts between looks at the clock. */
const BETWEEN_LOOKS = 4096;

/** The items of a part in which none can have lain at the bottom, if there is one. */
function bottomless(items: Items, deadlineMs: number): number[] | "time" | undefined {
  const { slots, order, rank } = lasting(items);
  const spans = new Spans(
    Int32Array.from(order, (item) => items.addFrom[item] as number),
    Int32Array.from(order, (item) => items.takeUntil[item] as number),
  );
  const tree = new CoverTree(slots);
  /** Runs of covered slots that have yet to be judged, as pairs. */
  const runs: number[] = [];
  /** Adds the runs between the uncovered slots from `from` to `to` of one that reaches from `first` to `last`. */
  const split = (first: number, last: number, from: number, to: number): void => {
    let start = first;
    for (let hole = tree.takeUncovered(from, to); hole >= 0; hole = tree.takeUncovered(hole + 1, to)) {
      if (start < hole) runs.push(start, hole - 1);
      start = hole + 1;
    }
    if (start <= last) runs.push(start, last);
  };
  split(1, items.size, 1, items.size);
  for (let steps = 1; runs.length > 0; steps++) {
    if (steps % BETWEEN_LOOKS === 0 && performance.now() > deadlineMs) return "time";
    const last = runs.pop() as number;
    const first = runs.pop() as number;
    const [from, to] = [rank[first] as number, (rank[last + 1] as number) - 1];
    const bottom = spans.find(from, to, first - 1, last);
    if (bottom < 0) return Array.from(order.subarray(from, to + 1)).filter((_, i) => spans.has(from + i));
    spans.remove(bottom);
    const item = order[bottom] as number;
    tree.uncover(firstSlot(items, item), lastSlot(items, item));
    split(first, last, firstSlot(items, item), lastSlot(items, item));
  }
  return undefined;
}

interface Lasting {
  /** By slot: how many items cover it. */
  readonly slots: Int32Array;
  /** The items that cover any, in order of the first one. */
  readonly order: Int32Array;
  /** By slot: how many items begin to cover before it. */
  readonly rank: Int32Array;
}

function lasting(items: Items): Lasting {
  const { count, size } = items;
  const change = new Int32Array(size + 2);
  const rank = new Int32Array(size + 3);
  let kept = 0;
  for (let item = 0; item < count; item++) {
    const [first, last] = [firstSlot(items, item), lastSlot(items, item)];
    if (first > last) continue;
    change[first] = (change[first] as number) + 1;
    change[last + 1] = (change[last + 1] as number) - 1;
    increment(rank, first + 1);
    kept++;
  }
  startsOf(rank);
  const slots = new Int32Array(size + 1);
  for (let slot = 1; slot <= size; slot++) slots[slot] = (slots[slot - 1] as number) + (change[slot] as number);
  const order = new Int32Array(kept);
  const next = rank.slice();
  for (let item = 0; item < count; item++) {
    const first = firstSlot(items, item);
    if (first > lastSlot(items, item)) continue;
    order[next[first] as number] = item;
    next[first] = (next[first] as number) + 1;
  }
  return { slots, order, rank };
}
