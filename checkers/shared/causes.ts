/**
 * What the order of causes is made of, in columns. Operations are numbered session by session, so that the one before in
 * the same session is the number before, and "no later than" within a session is a comparison of numbers.
 */
export interface Causes {
  /** How many operations there are. */
  readonly count: number;
  /** The session of each operation. */
  readonly session: Int32Array;
  /** Session `s` is the operations `first[s]` up to `first[s + 1]`, exclusive. */
  readonly first: Int32Array;
  /** What operation `i` saw was written by `sources[sourcesAt[i]]` up to `sources[sourcesAt[i + 1]]`; below 0: by nobody. */
  readonly sourcesAt: Int32Array;
  readonly sources: Int32Array;
}

/** 0, 1, 2, … `length - 1`. */
export function countUp(length: number): Int32Array {
  const numbers = new Int32Array(length);
  for (let i = 0; i < length; i++) numbers[i] = i;
  return numbers;
}
