/**
 * Zones (Gibbons & Korach, "Testing Shared Memories", SIAM J. Comput. 26, 1997, §4). A history is cut into blocks of
 * operations that must be adjacent in every linearization: a write and the reads that saw it. What matters of a block is
 * its first return f and its last call s. Block A must come before B if one of A returned before one of B was called, that
 * is if f(A) < s(B). The blocks can be put in order if and only if no two of them must each come before the other:
 * a longer cycle without such a pair inside does not exist, because the relation is one of two thresholds.
 *
 * A zone is *forward* if f < s: the block certainly spans the time from f to s. Two forward zones contradict each other if
 * they overlap. A *backward* zone (s <= f; all its operations run from s to f) contradicts a forward one if it lies inside
 * of it. Two backward zones never do.
 */
export interface Zones {
  readonly firstReturn: Float64Array;
  readonly lastCall: Float64Array;
}

/** Empty zones of blocks that contradict nothing. */
export const emptyZones = (blocks: number): Zones => ({
  firstReturn: new Float64Array(blocks).fill(Number.POSITIVE_INFINITY),
  lastCall: new Float64Array(blocks).fill(Number.NEGATIVE_INFINITY),
});

/** Two blocks each of which must come before the other; `undefined` if there are none. */
export function findContradiction({ firstReturn, lastCall }: Zones): readonly [number, number] | undefined {
  let count = 0;
  for (let b = 0; b < firstReturn.length; b++) if (value(firstReturn, b) < value(lastCall, b)) count++;
  const starts = new Float64Array(count);
  const ends = new Float64Array(count);
  for (let b = 0, next = 0; b < firstReturn.length; b++) {
    if (value(firstReturn, b) >= value(lastCall, b)) continue;
    starts[next] = value(firstReturn, b);
    ends[next++] = value(lastCall, b);
  }
  starts.sort();
  ends.sort();
  // If no two forward zones overlap, each end lies between its own start and the next one. So at the first end that does
  // not, the zone that has the last start before is still open at the next start.
  for (let i = 0; i + 1 < count; i++)
    if (value(ends, i) > value(starts, i + 1)) return startingAt(value(starts, i), value(starts, i + 1));
  for (let b = 0; b < firstReturn.length; b++) {
    const first = value(firstReturn, b);
    const last = value(lastCall, b);
    if (first < last) continue;
    const before = below(starts, last) - 1;
    if (before >= 0 && value(ends, before) > first) return [startingAt(value(starts, before), Number.NaN)[0], b];
  }
  return undefined;

  /** The forward zones with these starts. */
  function startingAt(one: number, two: number): [number, number] {
    const found: [number, number] = [-1, -1];
    for (let b = 0; b < firstReturn.length; b++) {
      const start = value(firstReturn, b);
      if (start >= value(lastCall, b)) continue;
      if (start === one && found[0] < 0) found[0] = b;
      else if (start === two) found[1] = b;
    }
    return found;
  }
}

/** How many of the sorted items are less than a limit. */
function below(sorted: Float64Array, limit: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (value(sorted, middle) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** An element that is known to be there. */
export const value = (items: Float64Array, at: number): number => items[at] as number;
