import { increment, startsOf } from "../../shared/counts.ts";

/**
 * The edges of one kind between transactions, by their tails (compressed sparse rows): those from `t` lead to
 * `targets[heads[t]]` up to `targets[heads[t + 1]]`, exclusive. A graph is a list of such layers.
 */
export interface Layer {
  /** One entry more than there are nodes. */
  readonly heads: Int32Array;
  readonly targets: Int32Array;
}

/** Edges are kept in pieces that are never copied; the first holds so many, each further one twice as many as the last. */
const FIRST_PIECE = 1 << 3;
const LARGEST_PIECE = 1 << 19;

/** Collects edges one by one, eight bytes each. */
export class EdgeList {
  readonly #full: Int32Array[] = [];
  #ends = new Int32Array(2 * FIRST_PIECE);
  #length = 0;

  add(from: number, to: number): void {
    if (this.#length === this.#ends.length) {
      this.#full.push(this.#ends);
      this.#ends = new Int32Array(Math.min(2 * this.#length, 2 * LARGEST_PIECE));
      this.#length = 0;
    }
    this.#ends[this.#length++] = from;
    this.#ends[this.#length++] = to;
  }

  /** The edges as a layer over `size` nodes, those of one tail in the order in which they came. */
  layer(size: number): Layer {
    const pieces = [...this.#full, this.#ends.subarray(0, this.#length)];
    const heads = new Int32Array(size + 1);
    for (const ends of pieces) for (let i = 0; i < ends.length; i += 2) increment(heads, (ends[i] as number) + 1);
    startsOf(heads);
    const next = heads.slice(0, size);
    const targets = new Int32Array(heads[size] as number);
    for (const ends of pieces)
      for (let i = 0; i < ends.length; i += 2) targets[increment(next, ends[i] as number) - 1] = ends[i + 1] as number;
    return { heads, targets };
  }
}

/** What `topologicalOrder` found. */
export interface Sorted {
  /** Nodes such that every edge leads from an earlier one to a later one; all of them if and only if there is no cycle. */
  readonly order: Int32Array;
  /** The nodes that are on a cycle or behind one; empty if there is none. */
  readonly left: Int32Array;
}

/** Kahn, "Topological Sorting of Large Networks" (CACM 1962). */
export function topologicalOrder(size: number, layers: readonly Layer[]): Sorted {
  const indegree = new Int32Array(size);
  for (const { targets } of layers) for (let e = 0; e < targets.length; e++) increment(indegree, targets[e] as number);
  const queue = new Int32Array(size);
  let end = 0;
  for (let node = 0; node < size; node++) if (indegree[node] === 0) queue[end++] = node;
  for (let i = 0; i < end; i++) {
    const node = queue[i] as number;
    for (let l = 0; l < layers.length; l++) {
      const { heads, targets } = layers[l] as Layer;
      for (let e = heads[node] as number; e < (heads[node + 1] as number); e++) {
        const to = targets[e] as number;
        const missing = (indegree[to] as number) - 1;
        indegree[to] = missing;
        if (missing === 0) queue[end++] = to;
      }
    }
  }
  const left = new Int32Array(size - end);
  let count = 0;
  for (let node = 0; count < left.length; node++) if (indegree[node] !== 0) left[count++] = node;
  return { order: queue.subarray(0, end), left };
}
