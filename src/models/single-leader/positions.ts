/**
 * A place in the replicated log: the entry at `index` (from 1) that was written in `epoch`. The index alone would be
 * ambiguous, because failover can discard the end of a log and write other entries there.
 */
export type Position = readonly [epoch: number, index: number];

/**
 * A log without its contents: its length, and for each epoch in it the index of its first entry. Enough to find where
 * two logs part, because an epoch's owner writes each index once (log matching, Ongaro & Ousterhout, "In Search of an
 * Understandable Consensus Algorithm", ATC 2014, §5.3): equal epochs at an index mean equal logs up to there.
 */
export interface LogShape {
  readonly length: number;
  /** In order of the log. */
  readonly runs: readonly (readonly [epoch: number, firstIndex: number])[];
}

/** The length of the longest prefix that two logs have in common. */
export function agreement(a: LogShape, b: LogShape): number {
  let i = a.runs.length - 1;
  let j = b.runs.length - 1;
  let aEnd = a.length;
  let bEnd = b.length;
  while (i >= 0 && j >= 0) {
    const [aEpoch, aFirst] = a.runs[i] as readonly [number, number];
    const [bEpoch, bFirst] = b.runs[j] as readonly [number, number];
    const end = Math.min(aEnd, bEnd);
    if (aEpoch === bEpoch && end >= Math.max(aFirst, bFirst)) return end;
    if (aFirst >= bFirst) {
      i--;
      aEnd = aFirst - 1;
    }
    if (bFirst >= aFirst) {
      j--;
      bEnd = bFirst - 1;
    }
  }
  return 0;
}

/** The epoch of the last entry, 0 for an empty log. */
export const lastEpoch = (log: LogShape): number => log.runs.at(-1)?.[0] ?? 0;

/** True if `a` is more up to date than `b`: a later last epoch, or as late and longer (ibid., §5.4.1). */
export const moreUpToDate = (a: LogShape, b: LogShape): boolean =>
  lastEpoch(a) > lastEpoch(b) || (lastEpoch(a) === lastEpoch(b) && a.length > b.length);
