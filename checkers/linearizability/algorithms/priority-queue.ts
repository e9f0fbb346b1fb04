import type { Operation } from "../../../src/core/operation.ts";
import type { Algorithm } from "../algorithm.ts";
import { Cover, chain, coverItem, wronglyEmpty } from "./shared/cover.ts";
import { type Items, operationsOn } from "./shared/items.ts";
import { decideTakers } from "./shared/takers.ts";

/**
 * Priority queues of different numbers, the smallest first. The largest number can be left out of a history, and changes
 * nothing about whether it is linearizable, if its taker ran at a moment at which none of the others is certainly in the
 * queue; and if it did not the history is not linearizable. From the smallest to the largest: each must have been taken at
 * a moment that no smaller one covers.
 */
export const priorityQueueAlgorithm: Algorithm = {
  name: "priority-queue",
  specs: ["priority-queue"],
  source: "Lee & Mathur, Efficient Decrease-and-Conquer Linearizability Monitoring, OOPSLA 2025, priority queues",
  decide: (_, ops) =>
    decideTakers(
      ops,
      (f) => f === "delete-min" || f === "poll",
      ({ items, empties, until }) => {
        const unfair = overtaken(ops, items);
        if (unfair !== undefined) return operationsOn(items, unfair);
        const empty = wronglyEmpty(items, empties, until);
        return empty && [...operationsOn(items, empty.links), empty.taker];
      },
    ),
};

/** An item that was taken while smaller ones were in the queue at every moment, and these. */
function overtaken(ops: readonly Operation[], items: Items): readonly number[] | undefined {
  const numbers = Float64Array.from(items.adds, (position) => Number(ops[position]?.input));
  const cover = new Cover(items.size);
  for (const item of ascending(numbers)) {
    // Of an item that stays: the slot after all others, which nothing covers.
    const from = Math.max(items.addFrom[item] as number, items.takeFrom[item] as number) + 1;
    const to = items.takeUntil[item] as number;
    if (from > to) return [item];
    if (cover.find(from) > to)
      return [...chain(items, from, to, (other) => (numbers[other] as number) < (numbers[item] as number)), item];
    coverItem(cover, items, item);
  }
  return undefined;
}

/** Positions of different numbers in ascending order. Numbers sort much faster than what they belong to. */
function ascending(numbers: Float64Array): Int32Array {
  const sorted = numbers.slice().sort();
  const order = new Int32Array(numbers.length);
  for (const [position, number] of numbers.entries()) {
    let [low, high] = [0, sorted.length - 1];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((sorted[middle] as number) < number) low = middle + 1;
      else high = middle;
    }
    order[low] = position;
  }
  return order;
}
