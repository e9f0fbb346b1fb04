import { describe, expect, it } from "vitest";
import { classify } from "../../../checkers/transactions/classify.ts";
import { cyclicComponents, nodeOf, type Ways } from "../../../checkers/transactions/components.ts";
import { type Cycle, type CycleEdge, CycleSearch } from "../../../checkers/transactions/cycles.ts";
import {
  CAUSES,
  type Code,
  GraphBuilder,
  IN_REAL_TIME,
  IN_SESSIONS,
  OF_ITEMS,
  OF_READS,
  OF_READS_IN_SESSIONS,
  RW,
  WR,
  WW,
  WW_OVER,
} from "../../../checkers/transactions/graph.ts";
import { findCycles } from "../../../checkers/transactions/searches.ts";
import { type ConsistencyModel, strongerOrEqual } from "../../../src/core/consistency.ts";
import { Random } from "../../../src/core/random.ts";
import { distance, isAnti, type PlainGraph, plainGraph, relation, shortestOf } from "./graphs.ts";
import { closure, has, isAcyclic, maybe, type Relation, union } from "./oracle.ts";

const GRAPHS = 1500;

const isIn = (mask: number, code: Code): boolean => ((mask >> code) & 1) === 1;
const FOLLOWS: Readonly<Record<Ways, (edge: CycleEdge, before: CycleEdge) => boolean>> = {
  any: () => true,
  apart: (edge, before) => !(isAnti(edge.code) && isAnti(before.code)),
  "read-then-anti": (edge, before) => !isAnti(edge.code) || before.code === WR,
};

/** What is wrong with a cycle that should go along these edges and follow these ways. */
function faultOf(cycle: Cycle, edges: readonly CycleEdge[], ways: Ways): string | undefined {
  const words = JSON.stringify(cycle);
  if (cycle.length === 0) return "no cycle";
  for (const [i, edge] of cycle.entries()) {
    const before = cycle.at(i - 1) as CycleEdge;
    if (before.to !== edge.from) return `${words} does not close`;
    if (!edges.some(({ from, to, code }) => from === edge.from && to === edge.to && code === edge.code))
      return `${words} goes along an edge that is not there`;
    if (!FOLLOWS[ways](edge, before)) return `${words} is not ${ways}`;
  }
  return undefined;
}

describe("components of a graph of transactions", () => {
  it.each<Ways>(["any", "apart", "read-then-anti"])("hold a cycle, and a shortest one is found: %s", (ways) => {
    for (let seed = 0; seed < GRAPHS; seed++) {
      const random = new Random(seed, "part");
      const { graph, edges, writes } = plainGraph(seed);
      const mask = random.pick([OF_READS, OF_ITEMS, IN_SESSIONS, IN_REAL_TIME, CAUSES]);
      const nodes = random.chance(0.3) ? new Uint8Array(graph.nodes).fill(1) : undefined;
      if (nodes !== undefined) nodes.set(writes);
      const within = edges.filter(({ from, to, code }) => isIn(mask, code) && nodes?.[from] !== 0 && nodes?.[to] !== 0);
      const part = { graph, mask, ways, nodes };
      const components = cyclicComponents(part);
      const search = new CycleSearch(part);
      const cycles = components.map((component) => search.shortest(component));
      const least = shortestOf(within, FOLLOWS[ways]);
      const faults = cycles.flatMap((cycle) => faultOf(cycle, within, ways) ?? []);
      if (faults.length > 0) expect.fail(`seed ${seed}: ${faults}`);
      if (components.length > 0 !== Number.isFinite(least))
        expect.fail(`seed ${seed}: ${components.length} components`);
      // Steps through hubs count twice in the search.
      const found = Math.min(...cycles.map(({ length }) => length));
      if (graph.nodes === graph.transactions && found !== least) expect.fail(`seed ${seed}: ${found}, not ${least}`);
      if (ways === "any")
        expectGroups(
          components,
          relation(within, graph.transactions, () => true),
          seed,
        );
    }
  });

  it("and a shortest cycle with a single anti-dependency is found where there is one", () => {
    for (let seed = 0; seed < GRAPHS; seed++) {
      const { graph, edges } = plainGraph(seed);
      const [mask, base] = seed % 2 === 0 ? [OF_ITEMS, OF_READS] : [IN_SESSIONS, OF_READS_IN_SESSIONS];
      const part = { graph, mask, ways: "apart" as const };
      const search = new CycleSearch(part);
      const cycles = cyclicComponents(part).flatMap((component) => {
        const cycle = search.single(component, base);
        if (cycle === "given up") throw new Error(`seed ${seed}: given up`);
        return cycle === undefined ? [] : [cycle];
      });
      const within = edges.filter(({ code }) => isIn(mask, code));
      const others = relation(within, graph.transactions, ({ code }) => !isAnti(code));
      const antis = within.filter(({ code }) => isAnti(code));
      const least = Math.min(...antis.map(({ from, to }) => 1 + distance(others, to, from)));
      for (const cycle of cycles) {
        const fault = faultOf(cycle, within, "any");
        if (fault !== undefined) expect.fail(`seed ${seed}: ${fault}`);
        if (cycle.filter(({ code }) => isAnti(code)).length !== 1)
          expect.fail(`seed ${seed}: ${JSON.stringify(cycle)}`);
      }
      const found = Math.min(...cycles.map(({ length }) => length));
      if (Number.isFinite(found) !== Number.isFinite(least)) expect.fail(`seed ${seed}: ${found}, not ${least}`);
      if (graph.nodes === graph.transactions && found !== least) expect.fail(`seed ${seed}: ${found}, not ${least}`);
    }
  });
});

describe("cycles of every kind", () => {
  it("are found and told apart: together they rule out what the relations do", () => {
    const count = new Map<ConsistencyModel, number>();
    for (let seed = 0; seed < GRAPHS; seed++) {
      const plain = plainGraph(seed);
      const { cycles, isComplete } = findCycles(plain.graph, plain);
      for (const cycle of cycles) {
        const fault = faultOf(cycle, plain.edges, "any");
        if (fault !== undefined) expect.fail(`seed ${seed}: ${fault}`);
      }
      const order = cycles.map((cycle) => [cycle.filter(({ code }) => isAnti(code)).length, cycle.length]);
      expect(order).toEqual([...order].sort(([a = 0, b = 0], [c = 0, d = 0]) => a - c || b - d));
      const ordersAreSeen = seed % 2 === 0;
      const found = new Set(strongerOrEqual(cycles.flatMap((cycle) => classify(cycle, plain, ordersAreSeen).rulesOut)));
      const held = heldBy(plain, ordersAreSeen);
      for (const model of MODELS) {
        count.set(model, (count.get(model) ?? 0) + (found.has(model) ? 1 : 0));
        if (held[model] !== "either" && found.has(model) === held[model])
          expect.fail(`seed ${seed}: ${model}, ${[...found]}`);
      }
      expect(isComplete).toBe(true);
    }
    for (const model of MODELS) expect(count.get(model)).toBeGreaterThan(GRAPHS / 200);
  });

  const graphOf = (size: number, edges: readonly CycleEdge[], readers: readonly number[] = []) => {
    const builder = new GraphBuilder(size, edges.length);
    for (const { from, to, code } of edges) builder.add(from, to, code);
    const writes = new Uint8Array(size).fill(1);
    for (const t of readers) writes[t] = 0;
    return findCycles(builder.build(), { committed: new Uint8Array(size).fill(1), writes });
  };

  it.each([0, 1, 2])(
    "of writers are found behind shorter ones of readers, with %i that only read among them",
    (count) => {
      for (let seed = 0; seed < 40; seed++) {
        const [w, u, a, b, ...long] = new Random(seed, "fork").shuffle(Array.from({ length: 9 }, (_, t) => t));
        const circle = (...nodes: readonly (number | undefined)[]): CycleEdge[] =>
          nodes.map((from = 0, i) => ({ from, to: nodes[(i + 1) % nodes.length] ?? 0, code: i % 2 === 0 ? WR : RW }));
        const edges = [...circle(w, a, u, b), ...circle(w, ...long)];
        const readers = [a, b, ...[long[0], long[2]].slice(0, count)].flatMap((t) => t ?? []);
        const writes = Uint8Array.from({ length: 9 }, (_, t) => (readers.includes(t) ? 0 : 1));
        const nature = { committed: new Uint8Array(9).fill(1), writes };
        const found = graphOf(9, edges, readers).cycles.flatMap((cycle) => classify(cycle, nature, true).rulesOut);
        expect(found.includes("update-serializable")).toBe(count < 2);
      }
    },
  );

  it("are so many only where there are very many", () => {
    const pairs = Array.from({ length: 300 }, (_, i): CycleEdge[] => [
      { from: 2 * i, to: 2 * i + 1, code: WR },
      { from: 2 * i + 1, to: 2 * i, code: RW },
    ]);
    const { cycles, isComplete } = graphOf(600, pairs.flat());
    expect([cycles.length > 8, cycles.length < 100, isComplete]).toEqual([true, true, true]);
  });

  it("may be missed where many transactions that only read saw two writes in different orders", () => {
    const forks = (count: number): boolean => {
      const readers = Array.from({ length: count }, (_, i) => i + 2);
      const edges = readers.flatMap((r): CycleEdge[] => [
        { from: r % 2, to: r, code: WR },
        { from: r, to: 1 - (r % 2), code: RW },
      ]);
      return graphOf(count + 2, edges, readers).isComplete;
    };
    expect([forks(2), forks(150), forks(300)]).toEqual([true, true, false]);
  });

  it("may be missed where very many anti-dependencies lead from one long chain to another and back", () => {
    const chains = (length: number): boolean => {
      const edges = Array.from({ length }, (_, i): CycleEdge[] => [
        { from: i, to: i + 1, code: WW },
        { from: length + 1 + i, to: length + 2 + i, code: WW },
        { from: i + 1, to: length + 1, code: RW },
        { from: length + 2 + i, to: 0, code: RW },
      ]);
      return graphOf(2 * length + 2, edges.flat()).isComplete;
    };
    expect([chains(100), chains(3000)]).toEqual([true, false]);
  });
});

const MODELS = [
  "strict-serializable",
  "strong-session-serializable",
  "repeatable-read",
  "strong-snapshot-isolation",
  "strong-session-snapshot-isolation",
  "snapshot-isolation",
  "prefix",
  "consistent-view",
  "update-serializable",
  "causal-ccv",
  "strong-session-read-committed",
  "read-committed",
  "read-uncommitted",
] as const satisfies ConsistencyModel[];

/** Whether the dependencies agree with the models, by their definitions as relations without cycles. */
function heldBy(
  { edges, committed, writes }: PlainGraph,
  ordersAreSeen: boolean,
): Record<(typeof MODELS)[number], boolean | "either"> {
  const size = committed.length;
  const deps = (mask: number): Relation => relation(edges, size, ({ code }) => isIn(mask, code) && !isAnti(code));
  const antis = (mask: number): Relation => relation(edges, size, ({ code }) => isIn(mask, code) && isAnti(code));
  const all = (mask: number): Relation => union(deps(mask), antis(mask));
  const apart = (mask: number): Relation => maybe(deps(mask), antis(mask));
  /** No anti-dependency closes a circle of others. */
  const noSingle = (base: Relation, anti: Relation): boolean =>
    closure(base).every((_, a, reach) => anti.every((_, b) => !(has(reach, a, b) && has(anti, b, a))));
  const ww = relation(edges, size, ({ from, to, code }) => {
    return (code === WW || code === WW_OVER) && committed[from] === 1 && committed[to] === 1;
  });
  const among = (isChosen: (t: number) => boolean): Relation =>
    relation(edges, size, ({ from, to, code }) => isIn(OF_ITEMS, code) && isChosen(from) && isChosen(to));
  const wr = relation(edges, size, ({ code }) => code === WR);
  // Of circles without session order, which contradict causality too, only what the stronger models say is told.
  const isCausal =
    isAcyclic(deps(OF_READS_IN_SESSIONS)) &&
    (noSingle(deps(CAUSES), antis(IN_SESSIONS)) || (noSingle(wr, antis(IN_SESSIONS)) ? false : "either"));
  return {
    "strict-serializable": isAcyclic(all(IN_REAL_TIME)),
    "strong-session-serializable": isAcyclic(all(IN_SESSIONS)),
    "repeatable-read": isAcyclic(all(OF_ITEMS)),
    "strong-snapshot-isolation": isAcyclic(apart(IN_REAL_TIME)),
    "strong-session-snapshot-isolation": isAcyclic(apart(IN_SESSIONS)),
    "snapshot-isolation": isAcyclic(apart(OF_ITEMS)),
    prefix: isAcyclic(union(deps(OF_ITEMS), maybe(wr, antis(OF_ITEMS)))),
    "consistent-view": isAcyclic(deps(OF_READS)) && noSingle(deps(OF_READS), antis(OF_ITEMS)),
    "update-serializable": [-1, ...writes.keys()].every((t) => isAcyclic(among((a) => writes[a] === 1 || a === t))),
    "causal-ccv": isCausal,
    "strong-session-read-committed": isAcyclic(deps(CAUSES)) && isAcyclic(deps(OF_READS)),
    "read-committed": isAcyclic(deps(OF_READS)),
    "read-uncommitted": !ordersAreSeen || isAcyclic(ww),
  };
}

/** Each component is of nodes that reach one another, and all that reach themselves are in one. */
function expectGroups(components: readonly Int32Array[], direct: Relation, seed: number): void {
  const reach = closure(direct);
  const ascending = (nodes: readonly number[]): string => [...nodes].sort((a, b) => a - b).join();
  const found = components.map((places) => ascending([...places].map(nodeOf).filter((node) => node < direct.length)));
  const cyclic = direct.flatMap((_, t) => (has(reach, t, t) ? [t] : []));
  const groups = new Set(
    cyclic.map((t) => ascending(cyclic.filter((other) => has(reach, t, other) && has(reach, other, t)))),
  );
  const [one, other] = [found.sort().join(" | "), [...groups].sort().join(" | ")];
  if (one !== other) expect.fail(`seed ${seed}: ${one}, not ${other}`);
}
