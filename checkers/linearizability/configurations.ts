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
 * Rows lie in one array of integers: the state, the words of `owed`, the words of `spent`. A row whose state is negative
 * has been dominated since it was added.
 */
export class Configurations {
  /** Words of one set. */
  readonly width: number;
  /** Words of a row. */
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

  /** Where the sets of row `i` begin: `owed`, and after `width` words `spent`. */
  setsAt(i: number): number {
    return i * this.stride + 1;
  }

  /** The state of row `i`, negative if the row is no longer alive. */
  state(i: number): number {
    return word(this.rows, i * this.stride);
  }

  /** Adds a configuration unless it is dominated; drops those that it dominates. Copies `sets`: `owed`, then `spent`. */
  add(state: number, sets: Int32Array): boolean {
    let bucket = this.#byState.get(state);
    if (bucket === undefined) {
      bucket = [];
      this.#byState.set(state, bucket);
    }
    for (let i = 0; i < bucket.length; ) {
      const base = (bucket[i] as number) * this.stride;
      const order = compare(this.rows, base + 1, sets, this.stride - 1);
      if (order === DOMINATED) return false;
      if (order === DOMINATES) {
        this.rows[base] = -1;
        this.size--;
        bucket[i] = bucket[bucket.length - 1] as number;
        bucket.pop();
      } else i++;
    }
    bucket.push(this.length);
    this.#write(state, sets);
    return true;
  }

  #write(state: number, sets: Int32Array): void {
    const base = this.length * this.stride;
    if (base + this.stride > this.rows.length) {
      const larger = new Int32Array(this.rows.length * 2);
      larger.set(this.rows);
      this.rows = larger;
    }
    this.rows[base] = state;
    for (let w = 0; w < this.stride - 1; w++) this.rows[base + 1 + w] = word(sets, w);
    this.length++;
    this.size++;
  }
}

const DOMINATED = 0;
const DOMINATES = 1;
const INCOMPARABLE = 2;

/** What the sets of a row are to those of a newcomer in the same state. Of two that are equal the row dominates. */
function compare(rows: Int32Array, at: number, sets: Int32Array, words: number): number {
  let rowLess = true;
  let newLess = true;
  for (let w = 0; w < words; w++) {
    const row = word(rows, at + w);
    const other = word(sets, w);
    if ((row & ~other) !== 0) rowLess = false;
    if ((other & ~row) !== 0) newLess = false;
    if (!rowLess && !newLess) return INCOMPARABLE;
  }
  return rowLess ? DOMINATED : DOMINATES;
}
