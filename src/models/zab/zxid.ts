/** A transaction's number: the epoch of the primary that proposed it, and its count there, from 1 (Junqueira et al. 2011, §3). */
export type Zxid = readonly [epoch: number, counter: number];

/** Before the first transaction. */
export const NO_ZXID: Zxid = [0, 0];

/** Negative if `a` comes before `b`: epochs first, so that all of an earlier primary's changes come first. */
export const compareZxids = ([a, i]: Zxid, [b, j]: Zxid): number => a - b || i - j;
