/** A column of numbers that grows at its end. */
export class Grower {
  length = 0;
  #items: Int32Array;

  /** `expected` items fit in at first. */
  constructor(expected: number) {
    this.#items = new Int32Array(Math.max(16, expected));
  }

  push(item: number): void {
    if (this.length === this.#items.length) {
      const larger = new Int32Array(2 * this.length);
      larger.set(this.#items);
      this.#items = larger;
    }
    this.#items[this.length++] = item;
  }

  at(index: number): number {
    return this.#items[index] as number;
  }

  set(index: number, item: number): void {
    this.#items[index] = item;
  }

  /** What it holds; it must not grow after that. */
  column(): Int32Array {
    return this.#items.subarray(0, this.length);
  }
}
