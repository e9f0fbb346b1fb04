import type { KeyIndex } from "./history-index.ts";

/** Where the values of a key stand in one list. Made once a key and loaded anew for each list, without clearing. */
export class Positions {
  readonly #position: Int32Array;
  readonly #loadedAt: Int32Array;
  #load = 0;

  constructor(key: KeyIndex) {
    this.#position = new Int32Array(key.values.length);
    this.#loadedAt = new Int32Array(key.values.length);
  }

  /** An element that occurs twice counts where it occurs first. */
  load(list: Int32Array): void {
    this.#load++;
    for (let i = 0; i < list.length; i++) {
      const value = list[i] as number;
      if (this.#loadedAt[value] === this.#load) continue;
      this.#loadedAt[value] = this.#load;
      this.#position[value] = i;
    }
  }

  /** The position of a value in the list last loaded; -1 if it is not there. */
  of(value: number): number {
    return this.#loadedAt[value] === this.#load ? (this.#position[value] as number) : -1;
  }
}

/** How many leading elements two lists have in common. */
export function commonPrefix(a: Int32Array, b: Int32Array): number {
  const end = Math.min(a.length, b.length);
  let i = 0;
  while (i < end && a[i] === b[i]) i++;
  return i;
}
