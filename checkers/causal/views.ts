import type { Anomalies } from "../shared/anomalies.ts";
import type { Causes } from "../shared/causes.ts";
import type { Deadline } from "../shared/deadline.ts";
import { INITIAL, NO_READ, type Registers, THIN_AIR } from "../shared/registers.ts";
import type { Clocks } from "./clocks.ts";
import { Demands } from "./demands.ts";
import { membersOf, Schedule } from "./schedule.ts";
import { reportViewCircle, reportViewInitRead, type ViewModel } from "./view-report.ts";

/** The level of a write that the session never learns of. */
const NEVER = 0x7fffffff;

/**
 * The view of each session: one order of all writes and its own reads that keeps `base`, in which each of its reads
 * returns the last write before it. Where values are unique there is one if and only if this happened-before has no
 * circle and puts no write before a read of the initial state (WriteHBInitRead and CyclicHB of Bouajjani et al., POPL
 * 2017, §5): the least order that holds `base`, what the session read from, and `w1` before `w2` wherever `w1` comes
 * before a read of `w2` by the session.
 *
 * One pass over the session's reads, last to first, finds it all. For `w1` before `w2`, demanded by a read, adds to what
 * comes before that read and later ones nothing that was not there: `w1` was, with all before it. (Wei et al., "Verifying
 * Pipelined-RAM Consistency over Read/Write Traces", IEEE TPDS 2016, found this for PRAM.)
 */
export function judgeViews(
  registers: Registers,
  base: Causes,
  clocks: Clocks,
  anomalies: Anomalies,
  deadline: Deadline,
  model: ViewModel,
): void {
  const views = new Views(registers, base, clocks, deadline);
  for (let s = 0; s + 1 < registers.first.length; s++) views.judge(s, anomalies, model);
}

class Views {
  readonly #registers: Registers;
  readonly #base: Causes;
  readonly #clocks: Clocks;
  readonly #deadline: Deadline;
  readonly #demands: Demands;
  /** For each write the first operation of the session in hand that it comes before: twice its position, and 1 if that
   * is its own place, so that a compare-and-set does not see what it writes itself. Never falls along a session. */
  readonly #level: Int32Array;
  /** For each operation the write before it in its session, or -1; and the last write of each session. */
  readonly #before: Int32Array;
  readonly #last: Int32Array;
  /** For each session the last of its writes that comes before the read in hand, and the same for each slot. */
  readonly #frontier: Int32Array;
  readonly #at: Int32Array;
  readonly #ends: Int32Array;
  readonly #pending: number[] = [];
  #session = 0;
  /** True if a write of the session in hand comes before something that it did earlier. */
  #turnedBack = false;

  constructor(registers: Registers, base: Causes, clocks: Clocks, deadline: Deadline) {
    const { count, first, writes, slotAt } = registers;
    this.#registers = registers;
    this.#base = base;
    this.#clocks = clocks;
    this.#deadline = deadline;
    this.#demands = new Demands(registers);
    this.#level = new Int32Array(count);
    this.#before = new Int32Array(count);
    this.#last = new Int32Array(first.length - 1).fill(-1);
    for (let s = 0; s + 1 < first.length; s++) {
      for (let id = first[s] as number; id < (first[s + 1] as number); id++) {
        this.#before[id] = this.#last[s] as number;
        if (writes[id] === 1) this.#last[s] = id;
      }
    }
    this.#frontier = new Int32Array(first.length - 1);
    this.#ends = slotAt.subarray(1);
    this.#at = new Int32Array(this.#ends.length);
  }

  judge(session: number, anomalies: Anomalies, model: ViewModel): void {
    const { first, source, key, slots, slotAt, slotWrites } = this.#registers;
    const start = first[session] as number;
    this.#session = session;
    this.#turnedBack = false;
    this.#demands.clear();
    this.#learn(start, first[session + 1] as number);
    this.#frontier.set(this.#last);
    this.#at.set(this.#ends);
    for (let id = (first[session + 1] as number) - 1; id >= start; id--) {
      const from = source[id] as number;
      if (from === NO_READ || from === THIN_AIR) continue;
      this.#retreat(2 * (id - start));
      const k = key[id] as number;
      for (let slot = slots[k] as number; slot < (slots[k + 1] as number); slot++) {
        this.#deadline.step();
        const at = (this.#at[slot] as number) - 1;
        if (at < (slotAt[slot] as number)) continue;
        const write = slotWrites[at] as number;
        // A compare-and-set that comes before itself is on a circle, and that is told below.
        if (write === from || write === id) continue;
        if (from === INITIAL) {
          reportViewInitRead(this.#registers, this.#edges(), write, id, anomalies, model);
          break;
        }
        if (this.#clocks.knows(from, write) || !this.#demands.add(write, from, id)) continue;
        this.#lower(write, this.#level[from] as number);
      }
    }
    if (this.#demands.size > 0 || this.#turnedBack) this.#reportCircles(anomalies, model);
  }

  /** Gives each write its level from what the session wrote and read. */
  #learn(start: number, end: number): void {
    const { source, writes } = this.#registers;
    this.#level.fill(NEVER);
    for (let id = start; id < end; id++) if (writes[id] === 1) this.#level[id] = 2 * (id - start) + 1;
    for (let id = start; id < end; id++) {
      const from = source[id] as number;
      if (from >= 0 && (this.#level[from] as number) > 2 * (id - start)) this.#lower(from, 2 * (id - start));
    }
  }

  /** Takes from the frontier what does not come before the session's operation at this level. */
  #retreat(level: number): void {
    for (let s = 0; s < this.#frontier.length; s++) {
      let write = this.#frontier[s] as number;
      while (write !== -1 && (this.#level[write] as number) > level) {
        const slot = this.#registers.slot[write] as number;
        this.#at[slot] = (this.#at[slot] as number) - 1;
        write = this.#before[write] as number;
      }
      this.#frontier[s] = write;
    }
  }

  /** Puts a write, and all that comes before it, before the session's operation at this level. */
  #lower(write: number, level: number): void {
    this.#pending.push(write);
    const sessions = this.#frontier.length;
    for (let next = this.#pending.pop(); next !== undefined; next = this.#pending.pop()) {
      if ((this.#level[next] as number) <= level) continue;
      const own = this.#registers.session[next] as number;
      this.#lowerSession(next, level);
      for (let s = 0; s < sessions; s++) {
        const known = s === own ? 0 : this.#clocks.knownOf(next, s);
        if (known > 0) this.#lowerSession(known - 1, level);
      }
    }
  }

  #lowerSession(last: number, level: number): void {
    for (
      let write = last;
      write !== -1 && (this.#level[write] as number) > level;
      write = this.#before[write] as number
    ) {
      this.#deadline.step();
      this.#level[write] = level;
      if (this.#registers.session[write] === this.#session) this.#turnedBack = true;
      this.#demands.each(write, (w1) => {
        if ((this.#level[w1] as number) > level) this.#pending.push(w1);
      });
    }
  }

  #reportCircles(anomalies: Anomalies, model: ViewModel): void {
    const { session, source } = this.#registers;
    const { sources, sourcesAt } = this.#base;
    const schedule = new Schedule(this.#registers, this.#deadline);
    const told = new Uint8Array(this.#registers.count);
    const blocker = (id: number): number => {
      if (told[id] === 1) return -1;
      const from =
        session[id] === this.#session ? (source[id] as number) : (sources[sourcesAt[id] as number] as number);
      return from >= 0 && !schedule.isDone(from) ? from : this.#demands.firstUndone(id, schedule);
    };
    for (let waits = schedule.run(blocker); waits; waits = schedule.run(blocker)) {
      for (const id of membersOf(waits)) told[id] = 1;
      reportViewCircle(this.#registers, this.#edges(), waits, anomalies, model);
    }
  }

  #edges() {
    const { demands, base, clocks } = { demands: this.#demands, base: this.#base, clocks: this.#clocks };
    return { session: this.#session, base, clocks, demands };
  }
}
