import { cyclicComponents, nodeOf, type Ways } from "./components.ts";
import { type Cycle, CycleSearch } from "./cycles.ts";
import {
  CAUSES,
  type Graph,
  GraphBuilder,
  IN_REAL_TIME,
  IN_SESSIONS,
  isAnti,
  maskOf,
  OF_ITEMS,
  OF_READS,
  OF_READS_IN_SESSIONS,
  OF_WRITES,
  RW,
  RW_SO,
} from "./graph.ts";

import { bytes, ints } from "./memory.ts";

/** How many cycles of one search are looked at closely. */
const MAX_CYCLES = 8;

/** What the searches for cycles came to. */
export interface Found {
  /** Each is the shortest of its component and search, as far as that was cheap to find out. */
  readonly cycles: readonly Cycle[];
  /** False if cycles with a single anti-dependency, or such of writers, may have been missed. */
  readonly isComplete: boolean;
}

/** What a search needs to know of transactions. */
export interface Nature {
  readonly committed: Uint8Array;
  readonly writes: Uint8Array;
}

/**
 * A cycle of every kind that rules a model out and is there, component by component. Searches go from all edges to few:
 * what is in no cycle of a search is in none of a narrower one.
 */
export function findCycles(graph: Graph, nature: Nature): Found {
  const cyclic = membersOf(graph, cyclicComponents({ graph, mask: IN_REAL_TIME, ways: "any" }));
  if (!cyclic.includes(1)) return { cycles: [], isComplete: true };
  const { part, original } = induced(graph, cyclic);
  const natureOf = (of: Uint8Array): Uint8Array =>
    Uint8Array.from(original.subarray(0, part.transactions), (t) => of[t] as number);
  const search = new Search(part, { committed: natureOf(nature.committed), writes: natureOf(nature.writes) });
  search.run();
  const cycles = search.cycles.map((cycle) =>
    cycle.map(({ from, to, code }) => ({ from: original[from] as number, to: original[to] as number, code })),
  );
  return { cycles: inOrder(cycles), isComplete: search.isComplete };
}

class Search {
  readonly #graph: Graph;
  readonly #nature: Nature;
  readonly cycles: Cycle[] = [];
  isComplete = true;

  constructor(graph: Graph, nature: Nature) {
    this.#graph = graph;
    this.#nature = nature;
  }

  run(): void {
    this.#search(IN_REAL_TIME, "any");
    this.#search(IN_REAL_TIME, "apart");
    const sessions = this.#search(IN_SESSIONS, "any");
    if (sessions === undefined) return;
    this.#search(IN_SESSIONS, "apart", sessions);
    this.#search(OF_READS_IN_SESSIONS, "any", sessions);
    this.#search(CAUSES, "any", sessions);
    this.#single(CAUSES | maskOf(RW, RW_SO), CAUSES, sessions);
    const all = this.#search(OF_ITEMS, "any", sessions);
    if (all === undefined) return;
    if (this.#search(OF_ITEMS, "apart", all) !== undefined) this.#single(OF_ITEMS, OF_READS, all);
    this.#search(OF_ITEMS, "read-then-anti", all);
    this.#search(OF_READS, "any", all);
    this.#search(OF_WRITES, "any", both(all, this.#nature.committed));
    this.#searchWriters(all);
  }

  /** Returns the nodes of components that hold a cycle; `undefined` if there are none. */
  #search(mask: number, ways: Ways, nodes?: Uint8Array): Uint8Array | undefined {
    const part = { graph: this.#graph, mask, ways, nodes };
    const components = cyclicComponents(part);
    if (components.length === 0) return undefined;
    const closely = new CycleSearch(part);
    for (const component of components.slice(0, MAX_CYCLES)) this.cycles.push(closely.shortest(component));
    return membersOf(this.#graph, components);
  }

  #single(mask: number, base: number, nodes: Uint8Array): void {
    const part = { graph: this.#graph, mask, ways: "apart" as const, nodes };
    const closely = new CycleSearch(part);
    let found = 0;
    for (const component of cyclicComponents(part)) {
      const cycle = closely.single(component, base);
      if (cycle === "given up") this.isComplete = false;
      else if (cycle !== undefined) {
        this.cycles.push(cycle);
        if (++found >= MAX_CYCLES) return;
      }
    }
  }

  /** Cycles of writers, and of writers with a single transaction that only reads. */
  #searchWriters(all: Uint8Array): void {
    const { writes } = this.#nature;
    const writers = both(all, writes);
    if (this.#search(OF_ITEMS, "any", writers) !== undefined) return;
    let tried = 0;
    for (let t = 0; t < this.#graph.transactions; t++) {
      if (all[t] === 0 || writes[t] === 1) continue;
      if (++tried > MAX_READERS) {
        this.isComplete = false;
        return;
      }
      writers[t] = 1;
      if (this.#search(OF_ITEMS, "any", writers) !== undefined) return;
      writers[t] = 0;
    }
  }
}

/** How many transactions that only read are put among the writers, one at a time. */
const MAX_READERS = 200;

/** The graph of the nodes that are in, numbered anew in the same order, and what they were before. */
function induced(graph: Graph, nodes: Uint8Array): { part: Graph; original: Int32Array } {
  const number = ints(graph.nodes).fill(-1);
  const original: number[] = [];
  let transactions = 0;
  for (let n = 0; n < graph.nodes; n++) {
    if (nodes[n] === 0) continue;
    number[n] = original.push(n) - 1;
    if (n < graph.transactions) transactions++;
  }
  const builder = new GraphBuilder(transactions, 4 * original.length);
  builder.nodes = original.length;
  for (const [from, n] of original.entries())
    for (let e = graph.offsets[n] as number; e < (graph.offsets[n + 1] as number); e++) {
      const to = number[graph.to[e] as number] as number;
      if (to >= 0) builder.add(from, to, graph.code[e] as number);
    }
  return { part: builder.build(), original: Int32Array.from(original) };
}

/** The weakest kinds first, and short ones before long ones: the order in which they are best told. */
const inOrder = (cycles: readonly Cycle[]): Cycle[] => {
  const antis = (cycle: Cycle): number => cycle.filter(({ code }) => isAnti(code)).length;
  return cycles.filter((cycle) => cycle.length > 0).sort((a, b) => antis(a) - antis(b) || a.length - b.length);
};

/** The nodes of components, hubs too. */
function membersOf(graph: Graph, components: readonly Int32Array[]): Uint8Array {
  const nodes = bytes(graph.nodes);
  for (const component of components) for (const place of component) nodes[nodeOf(place)] = 1;
  return nodes;
}

/** Nodes that are in, but of transactions only the chosen ones. */
function both(nodes: Uint8Array, chosen: Uint8Array): Uint8Array {
  const result = nodes.slice();
  for (let t = 0; t < chosen.length; t++) if (chosen[t] === 0) result[t] = 0;
  return result;
}
