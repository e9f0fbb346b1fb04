/** Sets of small integers as runs of 32-bit words inside an `Int32Array`, each starting at `offset`. */

/** Words needed for `size` members. */
export const wordsFor = (size: number): number => Math.max(1, (size + 31) >>> 5);

export const has = (words: Int32Array, offset: number, member: number): boolean =>
  ((word(words, offset + (member >>> 5)) >>> (member & 31)) & 1) === 1;

export const insert = (words: Int32Array, offset: number, member: number): void => {
  const at = offset + (member >>> 5);
  words[at] = word(words, at) | (1 << (member & 31));
};

export const remove = (words: Int32Array, offset: number, member: number): void => {
  const at = offset + (member >>> 5);
  words[at] = word(words, at) & ~(1 << (member & 31));
};

/** An element that is known to be there. */
export const word = (words: Int32Array, at: number): number => words[at] as number;

/** How many members a word has. */
export function members(bits: number): number {
  const pairs = bits - ((bits >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
