import type { Until } from "./timeline.ts";

/** Two operations: by rank `first` comes before `second`, but `second` returned before `first` was called. */
export interface Inversion {
  readonly first: number;
  readonly second: number;
}

/**
 * Whether operations can take effect in the order of their ranks (those of equal rank in any order), or two of them that
 * cannot. `ranks[i] < 0` leaves operation `i` out.
 */
export function inversion(ranks: Int32Array, until: Until, highest: number): Inversion | undefined {
  const count = ranks.length;
  /** By rank: the operation that returned first. */
  const earliest = new Int32Array(highest + 2).fill(-1);
  for (let i = 0; i < count; i++) {
    const rank = ranks[i] as number;
    if (rank < 0) continue;
    const rival = earliest[rank] as number;
    if (rival < 0 || (until[i] as number) < (until[rival] as number)) earliest[rank] = i;
  }
  for (let rank = highest - 1; rank >= 0; rank--) {
    const [own, later] = [earliest[rank] as number, earliest[rank + 1] as number];
    if (later >= 0 && (own < 0 || (until[later] as number) < (until[own] as number))) earliest[rank] = later;
  }
  for (let i = 0; i < count; i++) {
    const rank = ranks[i] as number;
    if (rank < 0) continue;
    const second = earliest[rank + 1] as number;
    if (second >= 0 && (until[second] as number) <= i) return { first: i, second };
  }
  return undefined;
}
