import { bytes, ints } from "./memory.ts";

/** A column of numbers that grows at its end. */
export class Grower<Column extends Int32Array | Uint8Array> {
  length = 0;
  readonly #make: (length: number) => Column;
  #items: Column;

  /** `expected` items fit in at first. */
  private constructor(make: (length: number) => Column, expected: number) {
    this.#make = make;
    this.#items = make(Math.max(16, expected));
  }

  static ints(expected: number): Grower<Int32Array> {
    return new Grower(ints, expected);
  }

  static bytes(expected: number): Grower<Uint8Array> {
    return new Grower(bytes, expected);
  }

  push(item: number): void {
    if (this.length === this.#items.length) this.#grow(1);
    this.#items[this.length++] = item;
  }

  /** Goes on with `count` zeros. */
  extend(count: number): void {
    if (this.length + count > this.#items.length) this.#grow(count);
    this.length += count;
  }

  #grow(least: number): void {
    const larger = this.#make(2 * this.#items.length + least);
    larger.set(this.#items);
    this.#items = larger;
  }

  at(index: number): number {
    return this.#items[index] as number;
  }

  set(index: number, item: number): void {
    this.#items[index] = item;
  }

  /** What it holds; it must not grow after that. */
  column(): Column {
    return this.#items.subarray(0, this.length) as Column;
  }
}
