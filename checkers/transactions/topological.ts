import type { Graph } from "./graph.ts";
import { bytes, ints } from "./memory.ts";

/**
 * An order of the transactions that keeps all edges whose code is in the mask. `isComplete` is false if there is none,
 * because of cycles; then those are broken where a transaction is due (see `due`) first.
 */
export interface Topological {
  readonly order: Int32Array;
  readonly isComplete: boolean;
}

/** Kahn's algorithm (1962); what is due first of all that may come next comes next, and hubs at once. */
export function topological(graph: Graph, mask: number, counts: Uint8Array, due: Float64Array): Topological {
  const { nodes, transactions, offsets, to, code } = graph;
  const waitsFor = indegrees(graph, mask);
  const order = ints(transactions);
  const isPlaced = bytes(nodes);
  const ready = new Heap(due);
  const hubs: number[] = [];
  let placed = 0;
  let isComplete = true;
  const free = (node: number): void => {
    if (node >= transactions) hubs.push(node);
    else if (counts[node] === 1) ready.push(node);
  };
  const leave = (node: number): void => {
    isPlaced[node] = 1;
    for (let e = offsets[node] as number; e < (offsets[node + 1] as number); e++) {
      if ((mask & (1 << (code[e] as number))) === 0) continue;
      const target = to[e] as number;
      const left = (waitsFor[target] as number) - 1;
      waitsFor[target] = left;
      if (left === 0 && isPlaced[target] === 0) free(target);
    }
  };
  for (let node = 0; node < nodes; node++) if (waitsFor[node] === 0) free(node);
  let byDue: Int32Array | undefined;
  let forced = 0;
  for (;;) {
    for (let hub = hubs.pop(); hub !== undefined; hub = hubs.pop()) leave(hub);
    let next = ready.pop();
    if (next < 0) {
      byDue ??= Int32Array.from({ length: transactions }, (_, t) => t).sort(
        (a, b) => (due[a] as number) - (due[b] as number) || a - b,
      );
      while (
        forced < transactions &&
        (isPlaced[byDue[forced] as number] === 1 || counts[byDue[forced] as number] === 0)
      )
        forced++;
      if (forced === transactions) break;
      next = byDue[forced] as number;
      isComplete = false;
    }
    order[placed++] = next;
    leave(next);
  }
  return { order: order.subarray(0, placed), isComplete };
}

/** Of each node how many edges of the mask lead to it. */
export function indegrees({ nodes, to, code }: Graph, mask: number): Int32Array {
  const degrees = ints(nodes);
  for (let e = 0; e < to.length; e++) {
    const target = to[e] as number;
    if ((mask & (1 << (code[e] as number))) !== 0) degrees[target] = (degrees[target] as number) + 1;
  }
  return degrees;
}

/** A binary heap of numbers from 0, the least `key` first. */
export class Heap {
  readonly #key: Float64Array;
  readonly #items: number[] = [];

  constructor(key: Float64Array) {
    this.#key = key;
  }

  push(item: number): void {
    const items = this.#items;
    let hole = items.push(item) - 1;
    const key = this.#key[item] as number;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      const above = items[parent] as number;
      if ((this.#key[above] as number) <= key) break;
      items[hole] = above;
      hole = parent;
    }
    items[hole] = item;
  }

  /** The item with the least key, or -1. */
  pop(): number {
    const items = this.#items;
    const top = items[0];
    const last = items.pop();
    if (top === undefined || last === undefined) return -1;
    if (items.length === 0) return top;
    const key = this.#key[last] as number;
    let hole = 0;
    for (;;) {
      let child = 2 * hole + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && this.#keyAt(child + 1) < this.#keyAt(child)) child++;
      if (this.#keyAt(child) >= key) break;
      items[hole] = items[child] as number;
      hole = child;
    }
    items[hole] = last;
    return top;
  }

  #keyAt(position: number): number {
    return this.#key[this.#items[position] as number] as number;
  }
}
