import type { Causes } from "../shared/causes.ts";
import type { Deadline } from "../shared/deadline.ts";
import { membersOf, Schedule, type Wait } from "./schedule.ts";

/** Clock entries that all clocks together may take: 1 GiB. */
const MAX_ENTRIES = 1 << 28;

/**
 * The causal past of every operation: everything that reaches it through session order and reads-from (Lamport's
 * happened-before, as a vector clock each: Fidge 1988, Mattern 1989). An entry bounds the operations of one session that
 * are in the past; a session's own are known by their numbers. So the clock changes only where a session sees something
 * new of another, and is shared until then.
 *
 * Where causes go round in a circle there is no past. The reads-from edges into such circles are dropped, and `cycles`
 * tells of them; what the clocks still hold is in the past all the same.
 */
export class Clocks {
  /** Operations that are causes of each other in a circle, as waits (`Schedule.run`). */
  readonly cycles: (readonly Wait[])[] = [];
  readonly #causes: Causes;
  readonly #deadline: Deadline;
  /** For each session its place in the clocks; -1 if no other session ever saw a write of it. */
  readonly #column: Int32Array;
  readonly #width: number;
  /** For each operation the row of its clock; -1 if nothing of other sessions is in its past. */
  readonly #row: Int32Array;
  #entries: Int32Array;
  #rows = 0;
  readonly #inCycle: Uint8Array;

  constructor(causes: Causes, deadline: Deadline) {
    const { count, session, sourcesAt, sources } = causes;
    this.#causes = causes;
    this.#deadline = deadline;
    this.#column = new Int32Array(causes.first.length - 1).fill(-1);
    this.#row = new Int32Array(count);
    this.#inCycle = new Uint8Array(count);
    let width = 0;
    for (let id = 0; id < count; id++) {
      for (let i = sourcesAt[id] as number; i < (sourcesAt[id + 1] as number); i++) {
        const source = sources[i] as number;
        if (source < 0 || session[source] === session[id]) continue;
        if (this.#column[session[source] as number] === -1) this.#column[session[source] as number] = width++;
      }
    }
    this.#width = width;
    this.#entries = new Int32Array(16 * width);
    this.#scheduleAll();
  }

  /** True if the write is in the causal past of the operation. */
  knows(id: number, write: number): boolean {
    return write < this.knownOf(id, this.#causes.session[write] as number);
  }

  /** The writes of a session that are in the past of an operation are those with a number below this. */
  knownOf(id: number, session: number): number {
    if (session === this.#causes.session[id]) return id;
    const [row, column] = [this.#row[id] as number, this.#column[session] as number];
    return row === -1 || column === -1 ? 0 : (this.#entries[row * this.#width + column] as number);
  }

  /** True if the operation is its own cause, so that nothing can be said of what it should have seen. */
  inCycle(id: number): boolean {
    return this.#inCycle[id] === 1;
  }

  #scheduleAll(): void {
    const { sourcesAt, sources } = this.#causes;
    const schedule = new Schedule(this.#causes, this.#deadline);
    const inCycle = this.#inCycle;
    const blocker = (id: number): number => {
      if (inCycle[id] === 1) return -1;
      // The newest first: the others are mostly in its past.
      for (let i = (sourcesAt[id + 1] as number) - 1; i >= (sourcesAt[id] as number); i--) {
        const source = sources[i] as number;
        if (source >= 0 && !schedule.isDone(source)) return source;
      }
      return -1;
    };
    const visit = (id: number): void => this.#tick(id, schedule);
    for (let circle = schedule.run(blocker, visit); circle; circle = schedule.run(blocker, visit)) {
      this.cycles.push(circle);
      for (const id of membersOf(circle)) inCycle[id] = 1;
    }
  }

  #tick(id: number, schedule: Schedule): void {
    const { session, first, sourcesAt, sources } = this.#causes;
    const width = this.#width;
    const s = session[id] as number;
    let row = id > (first[s] as number) ? (this.#row[id - 1] as number) : -1;
    let owned = false;
    for (let i = (sourcesAt[id + 1] as number) - 1; i >= (sourcesAt[id] as number); i--) {
      const source = sources[i] as number;
      if (source < 0 || session[source] === s || !schedule.isDone(source)) continue;
      const column = this.#column[session[source] as number] as number;
      if (row !== -1 && (this.#entries[row * width + column] as number) > source) continue;
      if (!owned) row = this.#copy(row);
      owned = true;
      const mine = row * width;
      const other = this.#row[source] as number;
      if (other !== -1) {
        const theirs = other * width;
        for (let k = 0; k < width; k++) {
          const entry = this.#entries[theirs + k] as number;
          if (entry > (this.#entries[mine + k] as number)) this.#entries[mine + k] = entry;
        }
      }
      // All that is done of its session is no later.
      this.#entries[mine + column] = source + 1;
    }
    this.#row[id] = row;
  }

  #copy(row: number): number {
    const width = this.#width;
    const start = this.#rows * width;
    if (start + width > this.#entries.length) {
      if (start + width > MAX_ENTRIES)
        this.#deadline.giveUp(`${width} sessions that others read from are too many to compare`);
      const larger = new Int32Array(Math.min(Math.max(2 * this.#entries.length, start + width), MAX_ENTRIES));
      larger.set(this.#entries);
      this.#entries = larger;
    }
    if (row !== -1) this.#entries.copyWithin(start, row * width, (row + 1) * width);
    return this.#rows++;
  }
}
