import type { Layer } from "./layers.ts";

/** A cycle as its nodes in order, each followed by the next and the last by the first. */
export type Cycle = readonly number[];

/** How many nodes all searches for a short cycle within one component may look at, beyond those of the first search. */
const MAX_VISITS = 2_000_000;

/**
 * A short cycle in each of the first `limit` strongly connected components that have one. `nodes` must hold all nodes on
 * cycles (`Sorted.left`). Steps along `free` cost nothing: a walk along a session is one step for a reader. The shortest of
 * its component, where that is small enough to try all of its nodes. (`maxVisits` is for tests: the same on small graphs.)
 */
export function shortCycles(
  size: number,
  nodes: Int32Array,
  layers: readonly Layer[],
  free: Layer | undefined,
  limit: number,
  maxVisits = MAX_VISITS,
): Cycle[] {
  if (nodes.length === 0) return [];
  const { component, members } = components(size, nodes, layers);
  const search = new Search(size, layers, free, component, maxVisits);
  const found: Cycle[] = [];
  for (const nodesOf of members) {
    if (found.length === limit) break;
    found.push(search.shortest(nodesOf));
  }
  return found;
}

/**
 * The strongly connected components of at least two nodes (Tarjan, 1972, with a stack of its own). No transaction precedes
 * itself directly, so these are all that hold cycles. `component` numbers them from 1.
 */
function components(
  size: number,
  nodes: Int32Array,
  layers: readonly Layer[],
): { component: Int32Array; members: number[][] } {
  const component = new Int32Array(size);
  const order = new Int32Array(size).fill(-1);
  const low = new Int32Array(size);
  const nextLayer = new Uint8Array(size);
  const nextEdge = new Int32Array(size);
  const onStack = new Uint8Array(size);
  const stack: number[] = [];
  const path: number[] = [];
  const members: number[][] = [];
  let visited = 0;
  const enter = (node: number): void => {
    order[node] = low[node] = visited++;
    nextEdge[node] = layers[0]?.heads[node] as number;
    onStack[node] = 1;
    stack.push(node);
    path.push(node);
  };
  /** The next node that an edge leads to, or -1. */
  const step = (node: number): number => {
    for (;;) {
      const layer = layers[nextLayer[node] as number];
      if (layer === undefined) return -1;
      const edge = nextEdge[node] as number;
      if (edge < (layer.heads[node + 1] as number)) {
        nextEdge[node] = edge + 1;
        return layer.targets[edge] as number;
      }
      const number = (nextLayer[node] as number) + 1;
      nextLayer[node] = number;
      const following = layers[number];
      if (following !== undefined) nextEdge[node] = following.heads[node] as number;
    }
  };
  const leave = (node: number): void => {
    path.pop();
    const parent = path.at(-1);
    if (parent !== undefined) low[parent] = Math.min(low[parent] as number, low[node] as number);
    if (low[node] !== order[node]) return;
    const own: number[] = [];
    for (let member = -1; member !== node; ) {
      member = stack.pop() as number;
      onStack[member] = 0;
      own.push(member);
    }
    if (own.length < 2) return;
    members.push(own.reverse());
    for (const member of own) component[member] = members.length;
  };
  for (const root of nodes) {
    if (order[root] !== -1) continue;
    enter(root);
    for (let node = path.at(-1); node !== undefined; node = path.at(-1)) {
      const to = step(node);
      if (to === -1) leave(node);
      else if (order[to] === -1) enter(to);
      else if (onStack[to]) low[node] = Math.min(low[node] as number, order[to] as number);
    }
  }
  return { component, members };
}

/** Searches for ways back to a node, breadth first, steps that are free before the others. */
class Search {
  readonly #layers: readonly Layer[];
  readonly #free: Layer | undefined;
  readonly #component: Int32Array;
  readonly #maxVisits: number;
  /** The search in which a node was reached last, at what cost, and from where. */
  readonly #mark: Int32Array;
  readonly #cost: Int32Array;
  readonly #from: Int32Array;
  #searches = 0;
  #visits = 0;

  constructor(
    size: number,
    layers: readonly Layer[],
    free: Layer | undefined,
    component: Int32Array,
    maxVisits: number,
  ) {
    this.#layers = layers;
    this.#free = free;
    this.#component = component;
    this.#maxVisits = maxVisits;
    this.#mark = new Int32Array(size);
    this.#cost = new Int32Array(size);
    this.#from = new Int32Array(size);
  }

  shortest(nodes: readonly number[]): Cycle {
    let best: Cycle = [];
    let bestCost = Number.POSITIVE_INFINITY;
    this.#visits = 0;
    for (const node of nodes) {
      if (this.#visits > this.#maxVisits) break;
      const cost = this.#wayBack(node, bestCost);
      if (cost > bestCost) continue;
      const cycle = this.#walked(node);
      if (cost === bestCost && cycle.length >= best.length) continue;
      best = cycle;
      bestCost = cost;
    }
    return best;
  }

  /**
   * The least cost of a way from `start` back to it. Of those that cost no less than `limit`, only one that ends with a step
   * that is not free is looked for: every cycle has such a step, so it is found from the node behind that.
   */
  #wayBack(start: number, limit: number): number {
    const search = ++this.#searches;
    let least = limit;
    let level = [start];
    // The start is marked only when it is reached again.
    for (let spent = 0; level.length > 0 && spent < least; spent++) {
      const next: number[] = [];
      for (let i = 0; i < level.length; i++) {
        const node = level[i] as number;
        this.#visits++;
        if (node !== start && this.#cost[node] !== spent) continue;
        for (const layer of this.#layers) {
          const total = layer === this.#free ? spent : spent + 1;
          for (let e = layer.heads[node] as number; e < (layer.heads[node + 1] as number); e++) {
            const to = layer.targets[e] as number;
            if (this.#component[to] !== this.#component[start]) continue;
            if (this.#mark[to] === search && (this.#cost[to] as number) <= total) continue;
            this.#mark[to] = search;
            this.#cost[to] = total;
            this.#from[to] = node;
            if (to === start) least = total;
            else (total === spent ? level : next).push(to);
          }
        }
      }
      level = next;
    }
    return this.#mark[start] === search ? (this.#cost[start] as number) : Number.POSITIVE_INFINITY;
  }

  #walked(start: number): number[] {
    const cycle = [start];
    for (let node = this.#from[start] as number; node !== start; node = this.#from[node] as number) cycle.push(node);
    return cycle.reverse();
  }
}
