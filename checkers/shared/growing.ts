/**
 * Most histories are small, and what holds no more than 64 bytes V8 keeps within its heap, which is far cheaper than memory
 * of its own; what grows soon outgrows either.
 */
const FIRST_LENGTH = 16;

/** A column of whole numbers that grows at its end. */
export class IntColumn {
  #data: Int32Array;
  #length = 0;

  constructor(capacity = FIRST_LENGTH) {
    this.#data = new Int32Array(capacity);
  }

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#data.length) {
      const larger = new Int32Array(2 * this.#data.length);
      larger.set(this.#data);
      this.#data = larger;
    }
    this.#data[this.#length++] = value;
  }

  /** The entry at a position that was pushed before. */
  at(position: number): number {
    return this.#data[position] as number;
  }

  set(position: number, value: number): void {
    this.#data[position] = value;
  }

  /** What was pushed so far: a view, good until the next push. */
  get values(): Int32Array {
    return this.#data.subarray(0, this.#length);
  }
}
