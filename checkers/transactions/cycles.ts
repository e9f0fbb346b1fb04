import { nodeOf, type Part, placeOf, step } from "./components.ts";
import { type Code, HUB, isAnti } from "./graph.ts";
import { ints } from "./memory.ts";

/** One step of a circle of transactions. */
export interface CycleEdge {
  readonly from: number;
  readonly to: number;
  readonly code: Code;
}

export type Cycle = readonly CycleEdge[];

/** From how many places of a component `shortestCycle` looks for a way back. */
const MAX_STARTS = 64;
/** How many edges a search for short cycles in one component may look at; a cycle is found long before. */
const MAX_STEPS = 4_000_000;

/** Breadth-first search over places, made once for a graph and used often. */
export class CycleSearch {
  readonly #part: Part;
  /** The edge by which a place was reached; meaningful where `#round` is the present one. */
  readonly #by: Int32Array;
  readonly #from: Int32Array;
  readonly #round: Int32Array;
  /** The component of each place, numbered from 1. */
  readonly #component: Int32Array;
  #rounds = 0;
  #components = 0;
  steps = 0;

  constructor(part: Part) {
    const places = 2 * part.graph.nodes;
    this.#part = part;
    this.#by = ints(places);
    this.#from = ints(places);
    this.#round = ints(places);
    this.#component = ints(places);
  }

  /** A cycle of a component of `cyclicComponents`, the shortest one through any of its first places. */
  shortest(component: Int32Array): Cycle {
    const number = ++this.#components;
    for (const place of component) this.#component[place] = number;
    let best: Cycle = [];
    const until = this.steps + MAX_STEPS;
    for (const start of component.subarray(0, MAX_STARTS)) {
      // Each transaction is passed at most once by a shortest way back, hubs aside.
      const cycle = this.#wayBack(start, this.#part.mask, (place) => this.#component[place] === number, start);
      if (cycle !== undefined && (best.length === 0 || cycle.length < best.length)) best = cycle;
      if (best.length === 2 || (this.steps > until && best.length > 0)) break;
    }
    return best;
  }

  /**
   * A shortest cycle of a component with exactly one anti-dependency, all other edges in the mask `base`. `undefined` if
   * there is none; "given up" if looking everywhere would take too long.
   */
  single(component: Int32Array, base: number): Cycle | undefined | "given up" {
    const { offsets, to, code, transactions } = this.#part.graph;
    const number = ++this.#components;
    for (const place of component) this.#component[place] = this.#component[place ^ 1] = number;
    const isInside = (place: number): boolean => this.#component[place] === number;
    const until = this.steps + MAX_STEPS;
    let best: Cycle | undefined;
    let tried = 0;
    for (const place of component) {
      const node = nodeOf(place);
      // A hub's anti-dependencies are those of the transactions that lead into it.
      if (node >= transactions || place !== placeOf(node, 1)) continue;
      for (let e = offsets[node] as number; e < (offsets[node + 1] as number); e++) {
        if (!isAnti(code[e] as Code) || (this.#part.mask & (1 << (code[e] as number))) === 0) continue;
        if (this.steps > until) return best ?? "given up";
        for (const target of this.#beyondHub(to[e] as number)) {
          if (!isInside(placeOf(target, 1)) || target === node) continue;
          const back = this.#wayBack(placeOf(target, 1), base, isInside, placeOf(node, 1));
          if (back === undefined) continue;
          const cycle = [{ from: node, to: target, code: code[e] as Code }, ...back];
          if (best === undefined || cycle.length < best.length) best = cycle;
          if (best.length === 2 || ++tried > MAX_STARTS) return best;
        }
      }
    }
    return best;
  }

  #beyondHub(node: number): readonly number[] {
    const { offsets, to, transactions } = this.#part.graph;
    if (node < transactions) return [node];
    return [...to.subarray(offsets[node], offsets[node + 1])];
  }

  /** A shortest way of at least one edge from one place to another, as steps between transactions. */
  #wayBack(start: number, mask: number, isInside: (place: number) => boolean, end: number): Cycle | undefined {
    const { graph, ways, nodes } = this.#part;
    const { offsets, to, code } = graph;
    const round = ++this.#rounds;
    const queue = [start];
    for (const place of queue) {
      const node = nodeOf(place);
      for (let e = offsets[node] as number; e < (offsets[node + 1] as number); e++) {
        this.steps++;
        const target = to[e] as number;
        if ((mask & (1 << (code[e] as number))) === 0 || (nodes !== undefined && nodes[target] === 0)) continue;
        const reached = step(ways, place, target, code[e] as number);
        if (reached < 0 || !isInside(reached) || this.#round[reached] === round) continue;
        this.#round[reached] = round;
        this.#by[reached] = e;
        this.#from[reached] = place;
        if (reached === end) return this.#trace(start, end);
        queue.push(reached);
      }
    }
    return undefined;
  }

  #trace(start: number, end: number): Cycle {
    const { code, transactions } = this.#part.graph;
    const edges: CycleEdge[] = [];
    let place = end;
    do {
      const from = this.#from[place] as number;
      edges.push({ from: nodeOf(from), to: nodeOf(place), code: code[this.#by[place] as number] as Code });
      place = from;
    } while (place !== start);
    return withoutHubs(edges.reverse(), transactions);
  }
}

/** Steps over hubs made into one step each; a cycle that began at a hub is turned to begin at a transaction. */
function withoutHubs(edges: readonly CycleEdge[], transactions: number): Cycle {
  const start = edges.findIndex(({ from }) => from < transactions);
  const turned = [...edges.slice(start), ...edges.slice(0, start)];
  const steps: CycleEdge[] = [];
  for (const edge of turned) {
    const last = steps.at(-1);
    if (edge.code === HUB && last !== undefined) steps[steps.length - 1] = { ...last, to: edge.to };
    else steps.push(edge);
  }
  return steps;
}
