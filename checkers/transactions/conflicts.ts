import { increment, startsOf } from "../shared/counts.ts";
import { ints } from "./memory.ts";
import type { Scheduler } from "./schedule.ts";
import { INITIAL, WRITE } from "./transactions.ts";

/** `late` overwrote a key before `early` did, but should have come after it. */
export interface Conflict {
  readonly early: number;
  readonly late: number;
}

/** How far waits are followed in all, for every node of the graph. */
const STEPS_PER_NODE = 40;

/**
 * Says why a schedule cannot go on. Everybody who is free must wait for somebody to see what it would overwrite, and who
 * must see it waits for somebody free. Those waits form a circle: f1 would overwrite c1, which r1 has yet to see, which
 * comes after f2, which would overwrite c2, and so on back to f1. One of the f must come before the writer of its c
 * instead. That is certain where there is only one that can.
 */
export class Conflicts {
  readonly #scheduler: Scheduler;
  /** Who stands before a node, in compressed rows. Made when it is first needed. */
  #before: { readonly offsets: Int32Array; readonly from: Int32Array } | undefined;
  #stepsLeft: number;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
    this.#stepsLeft = STEPS_PER_NODE * (scheduler.graph.nodes + 1000);
  }

  /** The ways out of the shortest circle of waits, the one to take first first; none if there is no way out. */
  find(): readonly Conflict[] {
    const { frontier } = this.#scheduler;
    const waits = new Map<number, Wait[]>();
    for (const f of frontier) {
      if (this.#stepsLeft < 0) return [];
      if (this.#scheduler.isFree(f) && !waits.has(f)) waits.set(f, this.#waitsOf(f));
    }
    let shortest: readonly Step[] = [];
    for (const f of waits.keys()) {
      const circle = circleFrom(f, waits, shortest.length);
      if (circle !== undefined) shortest = circle;
      if (shortest.length === 1) break;
    }
    const { placedAt } = this.#scheduler;
    return shortest
      .filter(({ f, wait }) => wait.writer !== -1 && !this.#isBefore(wait.writer, f))
      .map(({ f, wait }) => ({ early: f, late: wait.writer }))
      .sort((a, b) => (placedAt[b.late] as number) - (placedAt[a.late] as number));
  }

  /** True if a transaction that was placed comes before one that is free, whatever the order of others. */
  #isBefore(writer: number, f: number): boolean {
    const { placedAt, freeAt, extraBefore } = this.#scheduler;
    const start = placedAt[writer] as number;
    if ((freeAt[f] as number) <= start) return false;
    const { offsets, from } = this.#reverse();
    const reached = new Set([f]);
    for (const node of reached) {
      if (node === writer) return true;
      for (let e = offsets[node] as number; e < (offsets[node + 1] as number); e++)
        if ((placedAt[from[e] as number] as number) >= start) reached.add(from[e] as number);
      for (const before of extraBefore.get(node) ?? []) if ((placedAt[before] as number) >= start) reached.add(before);
    }
    return false;
  }

  /** What a free transaction waits for: of each key that it writes, who must come before those who have yet to read. */
  #waitsOf(f: number): Wait[] {
    const { known, current, placedAt } = this.#scheduler;
    const { txns, seen, readers } = known;
    const waits: Wait[] = [];
    for (let m = txns.first[f] as number; m < (txns.first[f + 1] as number); m++) {
      if (txns.f[m] !== WRITE) continue;
      const k = txns.key[m] as number;
      const now = current[k] as number;
      const slot = this.#scheduler.slotOf(now, k);
      const behind: number[] = [];
      for (let i = readers.at[slot] as number; i < (readers.at[slot + 1] as number); i++) {
        const r = readers.transaction[i] as number;
        if (r !== f && placedAt[r] === -1) behind.push(r);
      }
      if (behind.length === 0) continue;
      waits.push({ writer: now === INITIAL ? -1 : (seen.writer[now] as number), readers: this.#freeBefore(behind) });
    }
    return waits;
  }

  /** The free transactions that come before, or are, one of these. */
  #freeBefore(nodes: readonly number[]): Set<number> {
    const { placedAt, waitsFor, extraBefore } = this.#scheduler;
    const { offsets, from } = this.#reverse();
    const free = new Set<number>();
    const reached = new Set(nodes);
    for (const node of reached) {
      if (waitsFor[node] === 0) free.add(node);
      this.#stepsLeft -= 1 + (offsets[node + 1] as number) - (offsets[node] as number);
      for (let e = offsets[node] as number; e < (offsets[node + 1] as number); e++) {
        const before = from[e] as number;
        if (placedAt[before] === -1) reached.add(before);
      }
      for (const before of extraBefore.get(node) ?? []) if (placedAt[before] === -1) reached.add(before);
    }
    return free;
  }

  #reverse(): { readonly offsets: Int32Array; readonly from: Int32Array } {
    if (this.#before !== undefined) return this.#before;
    const { graph, mask } = this.#scheduler;
    // Where those before a node begin stands one place further on at first, and ends up one back.
    const offsets = ints(graph.nodes + 2);
    const isIn = (e: number): boolean => (mask & (1 << (graph.code[e] as number))) !== 0;
    for (let e = 0; e < graph.to.length; e++) if (isIn(e)) increment(offsets, (graph.to[e] as number) + 2);
    startsOf(offsets);
    const from = ints(offsets[graph.nodes + 1] as number);
    for (let n = 0; n < graph.nodes; n++)
      for (let e = graph.offsets[n] as number; e < (graph.offsets[n + 1] as number); e++) {
        if (!isIn(e)) continue;
        const slot = (graph.to[e] as number) + 1;
        const place = offsets[slot] as number;
        from[place] = n;
        offsets[slot] = place + 1;
      }
    this.#before = { offsets, from };
    return this.#before;
  }
}

/** A wait for the readers of a version; `writer` is -1 for the initial one. */
interface Wait {
  readonly writer: number;
  /** The free transactions without which those readers cannot come. */
  readonly readers: ReadonlySet<number>;
}

/** Somebody free, and a wait of its. */
interface Step {
  readonly f: number;
  readonly wait: Wait;
}

/** The shortest circle of waits through a free transaction; `undefined` if none is shorter than `limit` (0: no limit). */
function circleFrom(start: number, waits: ReadonlyMap<number, readonly Wait[]>, limit: number): Step[] | undefined {
  const by = new Map<number, Step>();
  let level = [start];
  for (let length = 1; level.length > 0 && (limit === 0 || length < limit); length++) {
    const next: number[] = [];
    for (const f of level)
      for (const wait of waits.get(f) ?? [])
        for (const g of wait.readers) {
          if (g !== start) {
            if (by.has(g)) continue;
            by.set(g, { f, wait });
            next.push(g);
            continue;
          }
          const circle: Step[] = [];
          for (let step: Step | undefined = { f, wait }; step !== undefined; step = by.get(step.f)) circle.push(step);
          return circle;
        }
    level = next;
  }
  return undefined;
}
