import type { Algorithm } from "../algorithm.ts";
import { wronglyEmpty } from "./shared/cover.ts";
import { type Items, operationsOn, takenTooEarly } from "./shared/items.ts";
import { decideTakers } from "./shared/takers.ts";

/**
 * FIFO queues whose values differ. Such a history is linearizable unless a value is taken before it is put in, twice, or
 * without being put in; or `a` was put in before `b` and taken after it, or never; or a taker found nothing although there
 * was something at every moment. Linear but for a sort of the times.
 */
export const fifoQueueAlgorithm: Algorithm = {
  name: "fifo-queue",
  specs: ["fifo-queue"],
  source:
    "Henzinger, Sezgin & Vafeiadis, CONCUR 2013, Theorem 1; Bouajjani, Emmi, Enea & Hamza, ICALP 2015; compare Lee & Mathur, OOPSLA 2025",
  decide: (_, ops) =>
    decideTakers(
      ops,
      (f) => f === "dequeue",
      ({ items, empties, until }) => {
        const early = takenTooEarly(items);
        if (early >= 0) return operationsOn(items, [early]);
        const pair = outOfOrder(items);
        if (pair !== undefined) return operationsOn(items, pair);
        const empty = wronglyEmpty(items, empties, until);
        return empty && [...operationsOn(items, empty.links), empty.taker];
      },
    ),
};

/** Two items of which the first was put in before the second, and taken out after it or never. */
function outOfOrder(items: Items): readonly number[] | undefined {
  const { count, size, addFrom, addUntil, takeFrom, takeUntil } = items;
  /** By position: the item that is put in by then and taken last; and the item that is put in there. */
  const latest = new Int32Array(size + 1).fill(-1);
  const added = new Int32Array(size).fill(-1);
  for (let item = 0; item < count; item++) {
    added[addFrom[item] as number] = item;
    const at = addUntil[item] as number;
    const rival = latest[at] as number;
    if (rival < 0 || (takeFrom[rival] as number) < (takeFrom[item] as number)) latest[at] = item;
  }
  let last = -1;
  for (let position = 0; position < size; position++) {
    const item = latest[position] as number;
    if (item >= 0 && (last < 0 || (takeFrom[last] as number) < (takeFrom[item] as number))) last = item;
    if (last < 0) continue;
    const second = added[position] as number;
    if (second >= 0 && (takeUntil[second] as number) <= (takeFrom[last] as number)) return [last, second];
  }
  return undefined;
}
