import type { Deadline } from "../shared/deadline.ts";
import { cyclicComponents, Digraph } from "../shared/graph.ts";
import type { Access, HistoryIndex } from "../shared/history-index.ts";

/** The edges of causal order: `so`, one session's operations in turn, and `rf`, a write and a read of its value. */
export type CausalEdge = "so" | "rf";

/** A circle of causes and what belongs to it. */
export interface CausalCycle {
  readonly members: readonly number[];
  readonly graph: Digraph<CausalEdge>;
}

/** Clock entries that all clocks together may take: 1 GiB. */
const MAX_ENTRIES = 1 << 28;

/**
 * The causal past of every operation: everything that reaches it through session order and reads-from (Lamport's
 * happened-before, as a vector clock each: Fidge 1988, Mattern 1989). A clock counts, for every session that writes, how
 * many of its writes are in the past. A session's own writes are not counted: they are known by position. So the clock
 * changes only where a session sees something new of another, and is shared until then.
 *
 * Where causes go round in a circle there is no past. The reads-from edges inside such circles are dropped, and
 * `cycles` tells of them.
 */
export class CausalPast {
  readonly cycles: CausalCycle[] = [];
  /** For a write its number among its session's writes, from 1; for anything else, how many writes came before it. */
  readonly #ordinal: Int32Array;
  /** For each session its place in the clocks; -1 if it never writes. */
  readonly #column: Int32Array;
  readonly #width: number;
  readonly #clocks: Int32Array[] = [];
  readonly #done: Uint8Array;
  readonly #inCycle: Int32Array;
  readonly #index: HistoryIndex;
  readonly #deadline: Deadline;
  #entries = 0;

  constructor(index: HistoryIndex, deadline: Deadline) {
    this.#index = index;
    this.#deadline = deadline;
    this.#done = new Uint8Array(index.accesses.length);
    this.#inCycle = new Int32Array(index.accesses.length).fill(-1);
    this.#ordinal = new Int32Array(index.accesses.length);
    this.#column = new Int32Array(index.sessions.length).fill(-1);
    let width = 0;
    for (const [session, accesses] of index.sessions.entries()) {
      let writes = 0;
      for (const access of accesses) {
        if (access.wrote !== undefined) writes++;
        this.#ordinal[access.id] = writes;
      }
      if (writes > 0) this.#column[session] = width++;
    }
    this.#width = width;
    if (!this.#schedule()) {
      this.#findCycles();
      this.#schedule();
    }
  }

  /** True if `write` is in the causal past of `access`. */
  includes(access: Access, write: Access): boolean {
    if (write.session === access.session) return write.position < access.position;
    return (this.#clock(access)[this.#column[write.session] ?? -1] ?? 0) >= this.ordinal(write);
  }

  /** How many writes of a session are in the past of `access`. */
  writesOf(session: number, access: Access): number {
    if (session !== access.session) return this.#clock(access)[this.#column[session] ?? -1] ?? 0;
    return this.ordinal(access) - (access.wrote === undefined ? 0 : 1);
  }

  /** A write's number among its session's writes, from 1. */
  ordinal(write: Access): number {
    return this.#ordinal[write.id] ?? 0;
  }

  /** True if `access` is its own cause, so that nothing can be said of what it should have seen. */
  inCycle(access: Access): boolean {
    return this.#inCycle[access.id] !== -1;
  }

  #clock(access: Access): Int32Array {
    return this.#clocks[access.id] ?? NO_CLOCK;
  }

  /** The write that an access saw at this place of `saw`, unless nobody wrote it or it belongs to the same circle. */
  #source(access: Access, i: number): Access | undefined {
    const write = access.key.writers[access.saw?.[i] ?? -1];
    const cycle = this.#inCycle[access.id];
    return write && cycle !== -1 && cycle === this.#inCycle[write.id] ? undefined : write;
  }

  /** Gives clocks to operations in causal order. False if some are left over, since they wait for each other. */
  #schedule(): boolean {
    const { sessions, accesses } = this.#index;
    const next = sessions.map((session) => session.findIndex(({ id }) => !this.#done[id]));
    /** For each session how much of what its next operation saw is known to be done. */
    const scanned = new Int32Array(sessions.length);
    const waiting = new Map<Access, number[]>();
    const runnable = sessions.map((_, session) => session).filter((session) => next[session] !== -1);
    for (let session = runnable.pop(); session !== undefined; session = runnable.pop()) {
      for (;;) {
        this.#deadline.step();
        const access = sessions[session]?.[next[session] ?? 0];
        if (access === undefined) break;
        const missing = this.#firstMissing(access, scanned, session);
        if (missing) {
          const others = waiting.get(missing);
          if (others) others.push(session);
          else waiting.set(missing, [session]);
          break;
        }
        this.#finish(access);
        next[session] = access.position + 1;
        scanned[session] = 0;
        for (const other of waiting.get(access) ?? []) runnable.push(other);
        waiting.delete(access);
      }
    }
    return accesses.every(({ id }) => this.#done[id]);
  }

  /** A write that `access` saw and that has no clock yet. Starts where the last look ended. */
  #firstMissing(access: Access, scanned: Int32Array, session: number): Access | undefined {
    const length = access.saw?.length ?? 0;
    for (let i = scanned[session] ?? 0; i < length; i++) {
      const source = this.#source(access, i);
      if (source && !this.#done[source.id]) {
        scanned[session] = i;
        return source;
      }
    }
    return undefined;
  }

  #finish(access: Access): void {
    const before = this.#index.sessions[access.session]?.[access.position - 1];
    let clock = before ? this.#clock(before) : NO_CLOCK;
    let owned = false;
    // Newest first: its past mostly holds the others already.
    for (let i = (access.saw?.length ?? 0) - 1; i >= 0; i--) {
      const write = this.#source(access, i);
      if (!write || write.session === access.session) continue;
      const column = this.#column[write.session] ?? -1;
      if ((clock[column] ?? 0) >= this.ordinal(write)) continue;
      if (!owned) clock = this.#copy(clock);
      owned = true;
      const other = this.#clock(write);
      for (let k = 0; k < other.length; k++) {
        const entry = other[k] as number;
        if (entry > (clock[k] as number)) clock[k] = entry;
      }
      clock[column] = Math.max(clock[column] ?? 0, this.ordinal(write));
    }
    this.#clocks[access.id] = clock;
    this.#done[access.id] = 1;
  }

  #copy(clock: Int32Array): Int32Array {
    this.#entries += this.#width;
    if (this.#entries > MAX_ENTRIES) this.#deadline.giveUp(`${this.#width} writing sessions are too many to compare`);
    const copy = new Int32Array(this.#width);
    copy.set(clock);
    return copy;
  }

  #findCycles(): void {
    const { accesses, sessions } = this.#index;
    const graph = new Digraph<CausalEdge>(accesses.length);
    for (const access of accesses) {
      this.#deadline.step();
      if (this.#done[access.id]) continue;
      const before = sessions[access.session]?.[access.position - 1];
      if (before && !this.#done[before.id]) graph.add(before.id, access.id, "so");
      for (let i = 0; i < (access.saw?.length ?? 0); i++) {
        const source = this.#source(access, i);
        if (source && !this.#done[source.id]) graph.add(source.id, access.id, "rf");
      }
    }
    for (const members of cyclicComponents(graph)) {
      for (const id of members) this.#inCycle[id] = this.cycles.length;
      this.cycles.push({ members, graph });
    }
  }
}

const NO_CLOCK = new Int32Array();
