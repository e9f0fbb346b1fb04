import type { Registers } from "../shared/registers.ts";
import type { Schedule } from "./schedule.ts";

/**
 * Orders of writes that reads demand: `w1` before `w2`, two writes of one key, since some read saw `w2` when `w1` was
 * there already. Of the writes of one slot only the last is kept; it has the others before it.
 */
export class Demands {
  readonly #registers: Registers;
  /** For each write the start of its row, which has a place for each slot of its key; -1 if nothing must come before. */
  readonly #start: Int32Array;
  /** For each place the write + 1 that must come before, and the read that demands it. */
  #writes = new Int32Array(16);
  #reads = new Int32Array(16);
  #used = 0;
  readonly #targets: number[] = [];

  constructor(registers: Registers) {
    this.#registers = registers;
    this.#start = new Int32Array(registers.count).fill(-1);
  }

  /** How many writes must come after some other. */
  get size(): number {
    return this.#targets.length;
  }

  /** Notes that `w1` comes before `w2`. False if as much was known. */
  add(w1: number, w2: number, read: number): boolean {
    const { key, slot, slots } = this.#registers;
    const k = key[w2] as number;
    let start = this.#start[w2] as number;
    if (start === -1) start = this.#newRow(w2, (slots[k + 1] as number) - (slots[k] as number));
    const place = start + (slot[w1] as number) - (slots[k] as number);
    if ((this.#writes[place] as number) > w1) return false;
    this.#writes[place] = w1 + 1;
    this.#reads[place] = read;
    return true;
  }

  #newRow(write: number, width: number): number {
    const start = this.#used;
    this.#used += width;
    if (this.#used > this.#writes.length) {
      const size = Math.max(2 * this.#writes.length, this.#used);
      const [writes, reads] = [this.#writes, this.#reads];
      this.#writes = new Int32Array(size);
      this.#writes.set(writes);
      this.#reads = new Int32Array(size);
      this.#reads.set(reads);
    }
    this.#start[write] = start;
    this.#targets.push(write);
    return start;
  }

  /** A write that must come before `w2` and is not done; -1 if there is none. */
  firstUndone(w2: number, schedule: Schedule): number {
    const start = this.#start[w2] as number;
    if (start === -1) return -1;
    for (let place = start, end = start + this.#width(w2); place < end; place++) {
      const w1 = (this.#writes[place] as number) - 1;
      if (w1 >= 0 && !schedule.isDone(w1)) return w1;
    }
    return -1;
  }

  /** Calls back for each write that must come before `w2`, with the read that demands it. */
  each(w2: number, visit: (w1: number, read: number) => void): void {
    const start = this.#start[w2] as number;
    if (start === -1) return;
    for (let place = start, end = start + this.#width(w2); place < end; place++)
      if (this.#writes[place] !== 0) visit((this.#writes[place] as number) - 1, this.#reads[place] as number);
  }

  #width(write: number): number {
    const k = this.#registers.key[write] as number;
    return (this.#registers.slots[k + 1] as number) - (this.#registers.slots[k] as number);
  }

  clear(): void {
    for (const write of this.#targets) this.#start[write] = -1;
    this.#targets.length = 0;
    this.#writes.fill(0, 0, this.#used);
    this.#used = 0;
  }
}
