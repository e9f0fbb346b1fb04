import { type Conflict, Conflicts } from "./conflicts.ts";
import type { Known } from "./dependencies.ts";
import type { Graph } from "./graph.ts";
import { bytes, ints } from "./memory.ts";
import { NOTHING } from "./observations.ts";
import { Heap, indegrees } from "./topological.ts";
import { INITIAL, READ } from "./transactions.ts";

/** How often per transaction one may be tried in vain, or taken back. */
const TRIES = 60;

/**
 * Looks for an order of register transactions in which every read sees the last write, one transaction at a time: the next
 * one must be free in the graph, and overwrite nothing that somebody has yet to see. Among several the one that is due
 * first goes first. Where nothing can go on, somebody was overwritten too late: what came in between is taken back, with
 * an edge so that it does not happen again (see `Conflicts`). `undefined` if that leads nowhere, which proves nothing.
 */
export function schedule(known: Known, graph: Graph, mask: number, due: Float64Array): Int32Array | undefined {
  const scheduler = new Scheduler(known, graph, mask, due);
  return scheduler.run();
}

const NOBODY: readonly number[] = [];

/** What has been placed so far, and what may be placed next. */
export class Scheduler {
  readonly known: Known;
  readonly graph: Graph;
  readonly mask: number;
  /** Of each node how many of those before it are not placed yet. */
  readonly waitsFor: Int32Array;
  /** Of each key its version now. */
  readonly current: Int32Array;
  /** Of each node when it was placed, or -1; and when nothing before it was missing any more. */
  readonly placedAt: Int32Array;
  readonly freeAt: Int32Array;
  /** Transactions that were free and not placed when last looked at, and some that are not. */
  frontier: number[] = [];
  readonly #due: Float64Array;
  /** Of each version, or initial state, how many reads have yet to see it. */
  readonly #unread: Int32Array;
  #ready: Heap;
  /** Who waits for a slot to be read by all who must: lists linked through `#nextWaiting`. */
  readonly #waiting: Int32Array;
  readonly #nextWaiting: Int32Array;
  readonly #isWaiting: Uint8Array;
  #waitingSlots: number[] = [];
  /** The nodes placed, in order; and of each write that was placed the version before it. */
  readonly #log: Int32Array;
  #placed = 0;
  readonly #overwritten: Int32Array;
  #hubs: number[] = [];
  /** Edges that were added on the way. */
  readonly #extra = new Map<number, number[]>();
  /** The same the other way round. */
  readonly extraBefore = new Map<number, number[]>();
  readonly #guesses: Guess[] = [];
  #tries: number;

  constructor(known: Known, graph: Graph, mask: number, due: Float64Array) {
    const { txns, readers } = known;
    const slots = txns.versionKey.length + txns.keyNames.length;
    this.known = known;
    this.graph = graph;
    this.mask = mask;
    this.waitsFor = indegrees(graph, mask);
    this.current = ints(txns.keyNames.length).fill(INITIAL);
    this.placedAt = ints(graph.nodes).fill(-1);
    this.freeAt = ints(graph.nodes);
    this.#due = due;
    this.#unread = ints(slots);
    for (let slot = 0; slot < slots; slot++)
      this.#unread[slot] = (readers.at[slot + 1] as number) - (readers.at[slot] as number);
    this.#ready = new Heap(due);
    this.#waiting = ints(slots).fill(-1);
    this.#nextWaiting = ints(txns.count);
    this.#isWaiting = bytes(txns.count);
    this.#log = ints(graph.nodes);
    this.#overwritten = ints(txns.version.length);
    this.#tries = TRIES * (txns.count + 4);
  }

  run(): Int32Array | undefined {
    const { count } = this.known.txns;
    const { counts } = this.known.seen;
    let all = 0;
    for (const isIn of counts) all += isIn;
    for (let node = 0; node < this.graph.nodes; node++) if (this.waitsFor[node] === 0) this.#free(node);
    const conflicts = new Conflicts(this);
    let left = all;
    for (;;) {
      for (let hub = this.#hubs.pop(); hub !== undefined; hub = this.#hubs.pop()) this.#leave(hub);
      const t = this.#ready.pop();
      if (this.#tries-- < 0) return undefined;
      if (t >= 0) {
        if (!this.isFree(t) || this.#isWaiting[t] === 1) continue;
        const slot = this.obstacle(t);
        if (slot === -1) {
          this.#place(t);
          left--;
        } else this.#wait(t, slot);
        continue;
      }
      if (left === 0) break;
      const options = this.#options(conflicts);
      if (options === undefined) return undefined;
      left += this.#settle(options);
    }
    const order = ints(all);
    let next = 0;
    for (let i = 0; i < this.#placed; i++) if ((this.#log[i] as number) < count) order[next++] = this.#log[i] as number;
    return order;
  }

  slotOf(v: number, k: number): number {
    return v === INITIAL ? this.known.txns.versionKey.length + k : v;
  }

  isFree(t: number): boolean {
    return this.waitsFor[t] === 0 && this.placedAt[t] === -1;
  }

  /** The slot of a version that others have yet to see before the transaction may overwrite it; -1 if there is none. */
  obstacle(t: number): number {
    const { txns, seen } = this.known;
    const [start, end] = [txns.first[t] as number, txns.first[t + 1] as number];
    for (let m = start; m < end; m++) {
      const k = txns.key[m] as number;
      const now = this.current[k] as number;
      if (txns.f[m] === READ) {
        const v = seen.seen[m] as number;
        if (v !== NOTHING && v !== now) return this.slotOf(v, k);
        continue;
      }
      const slot = this.slotOf(now, k);
      let others = this.#unread[slot] as number;
      for (let n = start; n < end && others > 0; n++) if (txns.key[n] === k && seen.seen[n] === now) others--;
      if (others > 0) return slot;
    }
    return -1;
  }

  #free(node: number): void {
    this.freeAt[node] = this.#placed;
    if (node >= this.graph.transactions) this.#hubs.push(node);
    else if (this.known.seen.counts[node] === 1) {
      this.frontier.push(node);
      this.#ready.push(node);
    }
  }

  #wait(t: number, slot: number): void {
    if (this.#waiting[slot] === -1) this.#waitingSlots.push(slot);
    this.#nextWaiting[t] = this.#waiting[slot] as number;
    this.#waiting[slot] = t;
    this.#isWaiting[t] = 1;
  }

  #wake(slot: number): void {
    let t = this.#waiting[slot] as number;
    this.#waiting[slot] = -1;
    while (t !== -1) {
      this.#isWaiting[t] = 0;
      this.#ready.push(t);
      t = this.#nextWaiting[t] as number;
    }
  }

  #place(t: number): void {
    const { txns, seen } = this.known;
    for (let m = txns.first[t] as number; m < (txns.first[t + 1] as number); m++) {
      const k = txns.key[m] as number;
      if (txns.f[m] === READ) {
        const v = seen.seen[m] as number;
        if (v === NOTHING) continue;
        const slot = this.slotOf(v, k);
        const left = (this.#unread[slot] as number) - 1;
        this.#unread[slot] = left;
        if (left === 0) this.#wake(slot);
      } else {
        this.#overwritten[m] = this.current[k] as number;
        this.current[k] = txns.version[m] as number;
        this.#wake(txns.version[m] as number);
      }
    }
    this.#leave(t);
  }

  #leave(node: number): void {
    this.placedAt[node] = this.#placed;
    this.#log[this.#placed++] = node;
    const { offsets, to, code } = this.graph;
    for (let e = offsets[node] as number; e < (offsets[node + 1] as number); e++)
      if ((this.mask & (1 << (code[e] as number))) !== 0) this.#goOn(to[e] as number);
    for (const target of this.#extra.get(node) ?? NOBODY) this.#goOn(target);
    if (this.frontier.length > 4096 && this.#placed % 4096 === 0)
      this.frontier = this.frontier.filter((t) => this.isFree(t));
  }

  #goOn(target: number): void {
    const left = (this.waitsFor[target] as number) - 1;
    this.waitsFor[target] = left;
    if (left === 0) this.#free(target);
  }

  #holdBack(target: number): void {
    this.waitsFor[target] = (this.waitsFor[target] as number) + 1;
  }

  /** Takes back all that was placed since `last`, and that too. Returns how many transactions. */
  #takeBack(last: number): number {
    const { txns, seen } = this.known;
    const again: number[] = [];
    let node: number;
    do {
      node = this.#log[--this.#placed] as number;
      this.#tries--;
      this.placedAt[node] = -1;
      const { offsets, to, code } = this.graph;
      for (let e = offsets[node] as number; e < (offsets[node + 1] as number); e++)
        if ((this.mask & (1 << (code[e] as number))) !== 0) this.#holdBack(to[e] as number);
      for (const target of this.#extra.get(node) ?? NOBODY) this.#holdBack(target);
      if (node >= txns.count) continue;
      again.push(node);
      for (let m = (txns.first[node + 1] as number) - 1; m >= (txns.first[node] as number); m--) {
        const k = txns.key[m] as number;
        if (txns.f[m] === READ) {
          const v = seen.seen[m] as number;
          if (v === NOTHING) continue;
          const slot = this.slotOf(v, k);
          this.#unread[slot] = (this.#unread[slot] as number) + 1;
        } else this.current[k] = this.#overwritten[m] as number;
      }
    } while (node !== last);
    for (const t of this.frontier) this.#isWaiting[t] = 0;
    this.frontier = [...new Set([...this.frontier, ...again])];
    return again.length;
  }

  /** What may be done about being stuck; where nothing may, what was guessed last was wrong. */
  #options(conflicts: Conflicts): readonly Conflict[] | undefined {
    const options = conflicts.find();
    if (options.length > 0) return options;
    for (let guess = this.#guesses.pop(); guess !== undefined; guess = this.#guesses.pop()) {
      for (const edge of guess.edges) this.#removeEdge(edge);
      if (guess.others.length > 0) return guess.others;
    }
    return undefined;
  }

  /** Chooses the first option, and takes back what is in its way. Returns how many transactions that were. */
  #settle([edge, ...others]: readonly Conflict[]): number {
    if (edge === undefined) return 0;
    const count = this.placedAt[edge.late] === -1 ? 0 : this.#takeBack(edge.late);
    // What follows from a guess goes with it.
    if (others.length > 0) this.#guesses.push({ edges: [edge], others });
    else this.#guesses.at(-1)?.edges.push(edge);
    push(this.#extra, edge.early, edge.late);
    push(this.extraBefore, edge.late, edge.early);
    if (this.placedAt[edge.early] === -1) this.waitsFor[edge.late] = (this.waitsFor[edge.late] as number) + 1;
    this.frontier = this.frontier.filter((t) => this.isFree(t));
    for (const slot of this.#waitingSlots) this.#waiting[slot] = -1;
    this.#waitingSlots = [];
    this.#ready = new Heap(this.#due);
    for (const t of this.frontier) {
      this.#isWaiting[t] = 0;
      this.#ready.push(t);
    }
    return count;
  }

  #removeEdge({ early, late }: Conflict): void {
    remove(this.#extra, early, late);
    remove(this.extraBefore, late, early);
    if (this.placedAt[early] !== -1) return;
    this.waitsFor[late] = (this.waitsFor[late] as number) - 1;
    if (this.isFree(late)) this.frontier.push(late);
  }
}

/** A choice among several ways out. */
interface Guess {
  /** The one chosen, and what followed from that. */
  readonly edges: Conflict[];
  readonly others: readonly Conflict[];
}

function remove(map: Map<number, number[]>, key: number, item: number): void {
  const items = map.get(key);
  items?.splice(items.indexOf(item), 1);
}

function push(map: Map<number, number[]>, key: number, item: number): void {
  const known = map.get(key);
  if (known) known.push(item);
  else map.set(key, [item]);
}
