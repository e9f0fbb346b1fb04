/** Adds one to an entry and returns it. */
export const increment = (counts: Int32Array, at: number): number => {
  const value = (counts[at] as number) + 1;
  counts[at] = value;
  return value;
};

/** Turns counts, each one place too far to the right, into where the rows of so many entries start. */
export function startsOf(counts: Int32Array): void {
  for (let i = 1; i < counts.length; i++) counts[i] = (counts[i] as number) + (counts[i - 1] as number);
}
