import { lookup, reportThinAir } from "../causal/report.ts";
import type { Anomalies } from "../shared/anomalies.ts";
import type { Deadline } from "../shared/deadline.ts";
import { written } from "../shared/phrases.ts";
import { INITIAL, NO_READ, type Registers } from "../shared/registers.ts";
import { reportNoOrder } from "./report.ts";
import { Saturation } from "./saturation.ts";

/**
 * Registers whose values are unique: unless it `isEasy` to say that there is an order, first what every
 * order must keep, then a search for one. Returns the number of reads judged; reports an anomaly if there is no order.
 */
export function judgeRegisters(
  registers: Registers,
  anomalies: Anomalies,
  deadline: Deadline,
  maxConfigurations: number,
  isEasy: () => boolean,
): number {
  const { source, key, slots } = registers;
  let checked = 0;
  for (let id = 0; id < registers.count; id++)
    if (source[id] !== NO_READ && slots[key[id] as number] !== slots[(key[id] as number) + 1]) checked++;
  reportThinAir(registers, anomalies);
  if (anomalies.list.length > 0 || isEasy()) return checked;
  const saturation = new Saturation(registers, deadline);
  if (!saturation.run(anomalies)) return checked;
  const search = new Search(registers, saturation, deadline, maxConfigurations);
  if (!search.run()) search.report(anomalies);
  return checked;
}

/** A write that was done, and what else it did not matter to choose. */
interface Choice {
  /** Sessions whose next operation may be the next write, the likeliest last. */
  readonly left: number[];
  /** How many operations were done before. */
  readonly done: number;
}

/**
 * Puts operations in a line, one session's after the other. A read that is possible now is done now: it changes nothing.
 * A write must wait until all have read the value that it overwrites; so how far each session is tells all of the state
 * that matters, and a place where the search failed once is never tried again.
 */
class Search {
  readonly #registers: Registers;
  readonly #saturation: Saturation;
  readonly #deadline: Deadline;
  readonly #maxConfigurations: number;
  readonly #next: Int32Array;
  /** For each key the write that it holds, or `INITIAL`. */
  readonly #value: Int32Array;
  /** How many reads of each write are still to come. (Reads of initial states come first in `Saturation.causes`.) */
  readonly #readsLeft: Int32Array;
  /** What was done, in order, and for writes what the key held before. */
  readonly #line: Int32Array;
  readonly #before: Int32Array;
  #done = 0;
  readonly #failed = new Set<string>();
  /** The longest line so far. */
  #longest: Int32Array = new Int32Array();

  constructor(registers: Registers, saturation: Saturation, deadline: Deadline, maxConfigurations: number) {
    const { count, first } = registers;
    this.#registers = registers;
    this.#saturation = saturation;
    this.#deadline = deadline;
    this.#maxConfigurations = maxConfigurations;
    this.#next = first.slice(0, first.length - 1);
    this.#value = new Int32Array(registers.keyNames.length).fill(INITIAL);
    this.#readsLeft = new Int32Array(count);
    this.#line = new Int32Array(count);
    this.#before = new Int32Array(count);
    for (let id = 0; id < count; id++) this.#count(id, 1);
  }

  /** True if all operations could be put in a line. */
  run(): boolean {
    const choices: Choice[] = [];
    for (;;) {
      const left = this.#advance();
      if (this.#done === this.#registers.count) return true;
      if (left.length === 0 && this.#done > this.#longest.length) this.#longest = this.#line.slice(0, this.#done);
      const isKnown = this.#failed.size > 0 && this.#failed.has(this.#place());
      choices.push({ left: isKnown ? [] : left, done: this.#done });
      for (let choice = choices.at(-1); choice; choice = choices.at(-1)) {
        this.#undo(choice.done);
        const session = choice.left.pop();
        if (session !== undefined) {
          this.#do(session);
          break;
        }
        choices.pop();
        this.#failed.add(this.#place());
        if (this.#failed.size > this.#maxConfigurations)
          this.#deadline.giveUp(`more than ${this.#maxConfigurations} states of the search`);
      }
      if (choices.length === 0) return false;
    }
  }

  /** Does all reads that are possible, and returns the sessions whose next operation is a write that is. */
  #advance(): number[] {
    const { first, writes, op } = this.#registers;
    const ready: number[] = [];
    for (let again = true; again; ) {
      again = false;
      ready.length = 0;
      for (let s = 0; s < this.#next.length; s++) {
        while ((this.#next[s] as number) < (first[s + 1] as number) && this.#isPossible(this.#next[s] as number)) {
          if (writes[this.#next[s] as number] === 1) {
            ready.push(s);
            break;
          }
          this.#do(s);
          again = true;
        }
      }
    }
    // The history's own order is the likeliest, and the last is tried first.
    return ready.sort((a, b) => (op[this.#next[b] as number] as number) - (op[this.#next[a] as number] as number));
  }

  #isPossible(id: number): boolean {
    this.#deadline.step();
    const { source, key, writes, session } = this.#registers;
    const k = key[id] as number;
    const from = source[id] as number;
    const value = this.#value[k] as number;
    if (from !== NO_READ && from !== value) return false;
    if (writes[id] === 0) return true;
    // A compare-and-set is one of the reads itself.
    if (value !== INITIAL && (this.#readsLeft[value] as number) > (from === NO_READ ? 0 : 1)) return false;
    const { sourcesAt, sources } = this.#saturation.causes;
    for (let i = sourcesAt[id] as number; i < (sourcesAt[id + 1] as number); i++) {
      const before = sources[i] as number;
      if (before >= (this.#next[session[before] as number] as number)) return false;
    }
    return true;
  }

  #do(session: number): void {
    const { key, writes } = this.#registers;
    const id = this.#next[session] as number;
    const k = key[id] as number;
    this.#count(id, -1);
    this.#line[this.#done] = id;
    this.#before[this.#done++] = this.#value[k] as number;
    this.#next[session] = id + 1;
    if (writes[id] === 1) this.#value[k] = id;
  }

  #undo(done: number): void {
    const { key, session } = this.#registers;
    while (this.#done > done) {
      const id = this.#line[--this.#done] as number;
      this.#value[key[id] as number] = this.#before[this.#done] as number;
      this.#next[session[id] as number] = id;
      this.#count(id, 1);
    }
  }

  /** Counts a read as done or to come. */
  #count(id: number, by: 1 | -1): void {
    const from = this.#registers.source[id] as number;
    if (from >= 0) this.#readsLeft[from] = (this.#readsLeft[from] as number) + by;
  }

  #place(): string {
    return this.#next.join();
  }

  /** Tells how far the search came. */
  report(anomalies: Anomalies): void {
    const { first, key, count } = this.#registers;
    this.#undo(0);
    const values = new Map<number, number>();
    for (const id of this.#longest) {
      this.#next[this.#registers.session[id] as number] = id + 1;
      if (this.#registers.writes[id] === 1) values.set(key[id] as number, id);
    }
    const at = lookup(this.#registers);
    const stuck = [...this.#next]
      .filter((id, s) => id < (first[s + 1] as number))
      .map((id) => {
        const value = values.get(key[id] as number);
        return { op: at(id), state: value === undefined ? "nothing" : written(at(value)) };
      });
    reportNoOrder({ placed: this.#longest.length, total: count, stuck }, anomalies);
  }
}
