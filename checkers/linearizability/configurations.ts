import { word } from "./masks.ts";

/**
 * A set of configurations: where a search may stand. A configuration is the number of a state and two sets of pending
 * operations (by slot, see `Pending`):
 *
 * - `owed`: has yet to be placed.
 * - `spent`: has been placed and cannot be placed again.
 *
 * A pending operation in neither set is free: it may still be placed, or be left as it is. Operations of unknown outcome
 * are free until they are placed; see `Search` for how others become free.
 *
 * The set keeps only configurations that no other one dominates. One that owes no more and has spent no more in the same
 * state can follow every course that the other can, so the other adds nothing.
 *
 * Rows lie in one array of integers: state, owed, spent. A row whose state is negative has been dominated since.
 */
export class Configurations {
  /** Words of one set. */
  readonly width: number;
  readonly stride: number;
  rows: Int32Array;
  /** Rows written, dominated ones included. */
  length = 0;
  /** Rows alive. */
  size = 0;
  readonly #byState = new Map<number, number[]>();

  constructor(width: number) {
    this.width = width;
    this.stride = 1 + 2 * width;
    this.rows = new Int32Array(16 * this.stride);
  }

  clear(): void {
    this.length = 0;
    this.size = 0;
    this.#byState.clear();
  }

  /** Where row `i` begins. */
  base(i: number): number {
    return i * this.stride;
  }

  /** The state of row `i`, negative if the row is no longer alive. */
  state(i: number): number {
    return word(this.rows, i * this.stride);
  }

  /** Adds a configuration unless it is dominated; drops those that it dominates. Copies the sets. */
  add(state: number, owed: Int32Array, spent: Int32Array): boolean {
    let bucket = this.#byState.get(state);
    if (bucket === undefined) {
      bucket = [];
      this.#byState.set(state, bucket);
    }
    for (let i = 0; i < bucket.length; ) {
      const base = word2(bucket, i) * this.stride;
      const order = this.#compare(base, owed, spent);
      if (order === DOMINATED) return false;
      if (order === DOMINATES) {
        this.rows[base] = -1;
        this.size--;
        bucket[i] = word2(bucket, bucket.length - 1);
        bucket.pop();
      } else i++;
    }
    bucket.push(this.length);
    this.#write(state, owed, spent);
    return true;
  }

  #compare(base: number, owed: Int32Array, spent: Int32Array): number {
    let rowLess = true;
    let newLess = true;
    for (let w = 0; w < this.width; w++) {
      const rowOwed = word(this.rows, base + 1 + w);
      const rowSpent = word(this.rows, base + 1 + this.width + w);
      const newOwed = word(owed, w);
      const newSpent = word(spent, w);
      if ((rowOwed & ~newOwed) !== 0 || (rowSpent & ~newSpent) !== 0) rowLess = false;
      if ((newOwed & ~rowOwed) !== 0 || (newSpent & ~rowSpent) !== 0) newLess = false;
      if (!rowLess && !newLess) return INCOMPARABLE;
    }
    return rowLess ? DOMINATED : DOMINATES;
  }

  #write(state: number, owed: Int32Array, spent: Int32Array): void {
    const base = this.length * this.stride;
    if (base + this.stride > this.rows.length) {
      const larger = new Int32Array(this.rows.length * 2);
      larger.set(this.rows);
      this.rows = larger;
    }
    this.rows[base] = state;
    for (let w = 0; w < this.width; w++) {
      this.rows[base + 1 + w] = word(owed, w);
      this.rows[base + 1 + this.width + w] = word(spent, w);
    }
    this.length++;
    this.size++;
  }
}

const DOMINATED = 0;
const DOMINATES = 1;
const INCOMPARABLE = 2;

const word2 = (list: readonly number[], at: number): number => list[at] as number;
