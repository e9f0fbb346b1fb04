import type { Until } from "./timeline.ts";

/**
 * The values of a collection in columns, with the operations that put each in and took it out, as positions in the
 * history: item `i` was put in between `addFrom[i]` and `addUntil[i]` and taken out between `takeFrom[i]` and
 * `takeUntil[i]` (see `Until`).
 */
export interface Items {
  readonly count: number;
  /** Positions: how many operations there are. Slots go from 1 to `size`. */
  readonly size: number;
  /** Positions in the whole history, for culprits. `takes` is -1 for an item that stays. */
  readonly adds: Int32Array;
  readonly takes: Int32Array;
  readonly addFrom: Int32Array;
  readonly addUntil: Int32Array;
  /** Of an item that stays: `size`, and `size + 1`: it is taken out after everything else. */
  readonly takeFrom: Int32Array;
  readonly takeUntil: Int32Array;
}

export function buildItems(adds: Int32Array, takes: Int32Array, until: Until): Items {
  return columns(
    adds,
    takes,
    until.length,
    (position) => position,
    (position) => until[position] as number,
  );
}

/** Some of the items, as if nothing else had happened. */
export function restrict(items: Items, chosen: readonly number[]): Items {
  const adds = Int32Array.from(chosen, (item) => items.adds[item] as number);
  const takes = Int32Array.from(chosen, (item) => items.takes[item] as number);
  const starts: number[] = [];
  const untilOf = new Map<number, number>();
  for (const item of chosen) {
    starts.push(items.addFrom[item] as number);
    untilOf.set(items.adds[item] as number, items.addUntil[item] as number);
    if ((items.takes[item] as number) < 0) continue;
    starts.push(items.takeFrom[item] as number);
    untilOf.set(items.takes[item] as number, items.takeUntil[item] as number);
  }
  const sorted = Int32Array.from(starts).sort();
  // Positions of operations are the same in the whole history and in `items` unless these are restricted themselves.
  return columns(
    adds,
    takes,
    sorted.length,
    (position) => lowerBound(sorted, position),
    (position) => lowerBound(sorted, untilOf.get(position) ?? 0),
  );
}

function columns(
  adds: Int32Array,
  takes: Int32Array,
  size: number,
  from: (position: number) => number,
  until: (position: number) => number,
): Items {
  const count = adds.length;
  const [addFrom, addUntil] = [new Int32Array(count), new Int32Array(count)];
  const [takeFrom, takeUntil] = [new Int32Array(count), new Int32Array(count)];
  for (let i = 0; i < count; i++) {
    const [add, take] = [adds[i] as number, takes[i] as number];
    addFrom[i] = from(add);
    addUntil[i] = until(add);
    takeFrom[i] = take < 0 ? size : from(take);
    takeUntil[i] = take < 0 ? size + 1 : until(take);
  }
  return { count, size, adds, takes, addFrom, addUntil, takeFrom, takeUntil };
}

/** The first position whose number is not smaller. */
function lowerBound(sorted: Int32Array, number: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as number) < number) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The first item that was taken out before it was put in, or -1. */
export function takenTooEarly({ count, takeUntil, addFrom }: Items): number {
  for (let i = 0; i < count; i++) if ((takeUntil[i] as number) <= (addFrom[i] as number)) return i;
  return -1;
}

/** The operations on some items, for culprits. */
export const operationsOn = (items: Items, chosen: readonly number[]): number[] =>
  chosen.flatMap((item) => [items.adds[item] as number, items.takes[item] as number].filter((at) => at >= 0));
