/** A binary heap of small integers, the one with the smallest key first. */
export class Heap {
  readonly #keys: Int32Array;
  readonly #items: number[] = [];

  /** `keys[item]` is the key of an item. */
  constructor(keys: Int32Array) {
    this.#keys = keys;
  }

  get size(): number {
    return this.#items.length;
  }

  /** The smallest key, or `Infinity` if the heap is empty. */
  get least(): number {
    const [first] = this.#items;
    return first === undefined ? Number.POSITIVE_INFINITY : this.#key(first);
  }

  #key(item: number): number {
    return this.#keys[item] as number;
  }

  push(item: number): void {
    const items = this.#items;
    let at = items.push(item) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = items[parent] as number;
      if (this.#key(above) <= this.#key(item)) break;
      items[at] = above;
      at = parent;
    }
    items[at] = item;
  }

  pop(): void {
    const items = this.#items;
    const item = items.pop();
    if (item === undefined || items.length === 0) return;
    let at = 0;
    for (let child = 1; child < items.length; child = 2 * at + 1) {
      if (child + 1 < items.length && this.#key(items[child + 1] as number) < this.#key(items[child] as number))
        child++;
      const below = items[child] as number;
      if (this.#key(item) <= this.#key(below)) break;
      items[at] = below;
      at = child;
    }
    items[at] = item;
  }
}
