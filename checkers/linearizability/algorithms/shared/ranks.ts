import type { Until } from "./timeline.ts";

/** Two operations: by rank `first` comes before `second`, but `second` returned before `first` was called. */
export interface Inversion {
  readonly first: number;
  readonly second: number;
}

/** Later than any position. */
const NEVER = 0x7fffffff;

/**
 * Whether operations can take effect in the order of their ranks (those of equal rank in any order), or two of them that
 * cannot. `ranks[i] < 0` leaves operation `i` out.
 */
export function inversion(ranks: Int32Array, until: Until, highest: number): Inversion | undefined {
  /** By rank: the operation of this rank or a higher one that returned first, and when. Of rank 0 nobody asks. */
  const earliest = new Int32Array(highest + 2);
  const returned = new Int32Array(highest + 2).fill(NEVER);
  ranks.forEach((rank, i) => {
    if (rank < 0 || (until[i] as number) >= (returned[rank] as number)) return;
    returned[rank] = until[i] as number;
    earliest[rank] = i;
  });
  for (let rank = highest; rank >= 2; rank--) {
    if ((returned[rank] as number) >= (returned[rank - 1] as number)) continue;
    returned[rank - 1] = returned[rank] as number;
    earliest[rank - 1] = earliest[rank] as number;
  }
  const first = ranks.findIndex((rank, i) => rank >= 0 && (returned[rank + 1] as number) <= i);
  return first < 0 ? undefined : { first, second: earliest[(ranks[first] as number) + 1] as number };
}
