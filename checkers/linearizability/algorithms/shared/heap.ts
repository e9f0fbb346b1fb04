/** The keys of items, small integers, as a binary heap with the smallest first. Which item has which is not kept. */
export class Heap {
  readonly #keyOf: Int32Array;
  readonly #keys: number[] = [];

  /** `keys[item]` is the key of an item. */
  constructor(keys: Int32Array) {
    this.#keyOf = keys;
  }

  get size(): number {
    return this.#keys.length;
  }

  /** The smallest key, or `Infinity` if the heap is empty. */
  get least(): number {
    return this.#keys[0] ?? Number.POSITIVE_INFINITY;
  }

  push(item: number): void {
    const keys = this.#keys;
    const key = this.#keyOf[item] as number;
    let at = keys.push(key) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = keys[parent] as number;
      if (above <= key) break;
      keys[at] = above;
      at = parent;
    }
    keys[at] = key;
  }

  /** Takes an item with the smallest key out, if there is any. */
  pop(): void {
    const keys = this.#keys;
    const key = keys.pop() as number;
    if (keys.length === 0) return;
    let at = 0;
    for (let child = 1; child < keys.length; child = 2 * at + 1) {
      // Where there is only one child the other one compares as not smaller.
      if ((keys[child + 1] as number) < (keys[child] as number)) child++;
      const below = keys[child] as number;
      if (key <= below) break;
      keys[at] = below;
      at = child;
    }
    keys[at] = key;
  }
}
