import { members, word } from "./masks.ts";

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
 * state can follow every course that the other can, so the other adds nothing. A *thrifty* set goes further: it compares
 * how many operations are spent and not which, and so may lose something (`lossy`).
 *
 * Rows lie in one array of integers: the state, how many are spent, the words of `owed`, the words of `spent`. A row whose
 * state is negative has been dominated since it was added.
 */
export class Configurations {
  /** Words of one set. */
  readonly width: number;
  readonly thrifty: boolean;
  /** Words of a row. */
  readonly stride: number;
  rows: Int32Array;
  /** Rows written, dominated ones included. */
  length = 0;
  /** Rows alive. */
  size = 0;
  /** True once a configuration was left out that was not dominated. */
  lossy = false;
  /** By state: the rows alive. Numbers of states are small. */
  readonly #byState: (number[] | undefined)[] = [];
  /** States whose bucket has been used. */
  readonly #used: number[] = [];

  constructor(width: number, thrifty: boolean) {
    this.width = width;
    this.thrifty = thrifty;
    this.stride = 2 + 2 * width;
    this.rows = new Int32Array(16 * this.stride);
  }

  clear(): void {
    this.length = 0;
    this.size = 0;
    for (let i = 0; i < this.#used.length; i++) this.#byState[this.#used[i] as number] = undefined;
    this.#used.length = 0;
  }

  /** Where the sets of row `i` begin: `owed`, and after `width` words `spent`. */
  setsAt(i: number): number {
    return i * this.stride + 2;
  }

  /** The state of row `i`, negative if the row is no longer alive. */
  state(i: number): number {
    return word(this.rows, i * this.stride);
  }

  /** Adds a configuration unless it is dominated; drops those that it dominates. Copies `sets`: `owed`, then `spent`. */
  add(state: number, sets: Int32Array): boolean {
    const bucket = this.#bucket(state);
    let spent = 0;
    for (let w = this.width; w < sets.length; w++) spent += members(word(sets, w));
    for (let i = 0; i < bucket.length; ) {
      const base = (bucket[i] as number) * this.stride;
      const more = word(this.rows, base + 1) - spent;
      if (more <= 0 && this.#isWithin(this.rows, base + 2, sets, 0)) return false;
      if (more >= 0 && this.#isWithin(sets, 0, this.rows, base + 2)) {
        this.rows[base] = -1;
        this.size--;
        bucket[i] = bucket[bucket.length - 1] as number;
        bucket.pop();
      } else i++;
    }
    bucket.push(this.length);
    this.#write(state, spent, sets);
    return true;
  }

  /** True if sets, of which no more are spent than of others in the same state, make the others superfluous. */
  #isWithin(a: Int32Array, at: number, b: Int32Array, bt: number): boolean {
    for (let w = 0; w < this.width; w++) if ((word(a, at + w) & ~word(b, bt + w)) !== 0) return false;
    for (let w = this.width; w < 2 * this.width; w++)
      if ((word(a, at + w) & ~word(b, bt + w)) !== 0) {
        if (this.thrifty) this.lossy = true;
        return this.thrifty;
      }
    return true;
  }

  /**
   * Copies about `limit` configurations to `into`, which is empty: in each state those first that owe little and have
   * spent little, for they have most before them.
   */
  best(limit: number, into: Configurations): void {
    const byScore: number[][] = [];
    for (let i = 0; i < this.length; i++) {
      if (this.state(i) < 0) continue;
      let score = word(this.rows, i * this.stride + 1);
      for (let w = 0; w < this.width; w++) score += members(word(this.rows, this.setsAt(i) + w));
      const rows = byScore[score];
      if (rows === undefined) byScore[score] = [i];
      else rows.push(i);
    }
    const quota = Math.ceil(limit / Math.min(this.#used.length, MAX_SHARES));
    const taken = new Map<number, number>();
    // Scores that nothing has are holes.
    for (const i of byScore.flat()) {
      const state = this.state(i);
      const count = taken.get(state) ?? 0;
      if (count >= quota || into.size >= 2 * limit) continue;
      taken.set(state, count + 1);
      into.#bucket(state).push(into.length);
      const at = this.setsAt(i);
      into.#write(state, word(this.rows, at - 1), this.rows.subarray(at, at + 2 * this.width));
    }
  }

  #bucket(state: number): number[] {
    let bucket = this.#byState[state];
    if (bucket === undefined) {
      bucket = [];
      this.#byState[state] = bucket;
      this.#used.push(state);
    }
    return bucket;
  }

  #write(state: number, spent: number, sets: Int32Array): void {
    const base = this.length * this.stride;
    if (base + this.stride > this.rows.length) {
      const larger = new Int32Array(this.rows.length * 2);
      larger.set(this.rows);
      this.rows = larger;
    }
    this.rows[base] = state;
    this.rows[base + 1] = spent;
    for (let w = 0; w < 2 * this.width; w++) this.rows[base + 2 + w] = word(sets, w);
    this.length++;
    this.size++;
  }
}

/** Into so many shares, one a state, the best configurations are divided at most. */
const MAX_SHARES = 16;
