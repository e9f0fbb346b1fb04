import type { Json } from "../../src/core/json.ts";
import { Grower } from "./grower.ts";
import { ints } from "./memory.ts";

/** The columns of `Transactions` of the same names. */
export interface ListColumns {
  readonly at: Int32Array;
  readonly length: Int32Array;
  readonly elements: Int32Array;
}

/**
 * Collects what was read from lists. Nearly all reads of a list are a prefix of the longest one, and share its run of
 * elements; only that one is kept until the end.
 */
export class ListReads {
  /** Of each micro-operation, up to the last read, how many elements it shows. */
  readonly #length: Grower<Int32Array>;
  /** Of each key the longest list so far of those that have grown into each other. */
  readonly #longest: (readonly Json[] | undefined)[] = [];
  /** The reads that are no prefix of it, nor it of them, and what they show. */
  readonly #oddAt: number[] = [];
  readonly #odd: (readonly Json[])[] = [];

  constructor(expectedMicros: number) {
    this.#length = Grower.ints(expectedMicros);
  }

  /** Micro-operation `m` read a list that is not empty. In order of `m`. */
  add(m: number, key: number, list: readonly Json[]): void {
    this.#length.extend(m - this.#length.length);
    this.#length.push(list.length);
    while (this.#longest.length <= key) this.#longest.push(undefined);
    const longest = this.#longest[key];
    if (longest !== undefined && !agree(list, longest)) {
      this.#oddAt.push(m);
      this.#odd.push(list);
    } else if (longest === undefined || list.length > longest.length) this.#longest[key] = list;
  }

  /** The columns; sets the `version` of every read to that of its last element. */
  finish(key: Int32Array, version: Int32Array, versionOf: (key: number, value: Json) => number): ListColumns {
    this.#length.extend(key.length - this.#length.length);
    const length = this.#length.column();
    const at = ints(key.length);
    const elements = Grower.ints(key.length);
    const enter = (k: number, list: readonly Json[]): number => {
      const start = elements.length;
      for (let i = 0; i < list.length; i++) elements.push(versionOf(k, list[i] as Json));
      return start;
    };
    const longestAt = ints(this.#longest.length);
    for (const [k, longest] of this.#longest.entries()) if (longest !== undefined) longestAt[k] = enter(k, longest);
    for (let m = 0; m < key.length; m++) if (length[m] !== 0) at[m] = longestAt[key[m] as number] as number;
    for (const [i, m] of this.#oddAt.entries()) at[m] = enter(key[m] as number, this.#odd[i] as readonly Json[]);
    for (let m = 0; m < key.length; m++)
      if (length[m] !== 0) version[m] = elements.at((at[m] as number) + (length[m] as number) - 1);
    return { at, length, elements: elements.column() };
  }
}

/** True if one of them is a prefix of the other. */
function agree(one: readonly Json[], other: readonly Json[]): boolean {
  const shorter = Math.min(one.length, other.length);
  for (let i = 0; i < shorter; i++) if (one[i] !== other[i]) return false;
  return true;
}
