import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cheapestPath, cyclicComponents, Digraph, type Edge, shortestCycle } from "../../../checkers/shared/graph.ts";

const SIZE = 7;

const node = fc.nat(SIZE - 1);
const NODES = [...Array(SIZE).keys()];
const graphs = fc
  .tuple(
    fc.array(fc.record({ from: node, to: node, cost: fc.constantFrom<0 | 1>(0, 1, 1) }), { maxLength: 16 }),
    fc.shuffledSubarray(NODES, { minLength: SIZE }),
  )
  .map(([edges, rank]) => {
    const graph = new Digraph<0 | 1>(SIZE);
    // Edges of cost 0 lead upwards only, by some order, so that they never form a cycle.
    for (const { from, to, cost } of edges) graph.add(from, to, rank.indexOf(from) < rank.indexOf(to) ? cost : 1);
    return graph;
  });

/** The least cost of any way from one node to another, by relaxing all edges over and over. */
function distances(graph: Digraph<0 | 1>, members: readonly number[] = NODES): number[][] {
  const all = Array.from({ length: SIZE }, (_, from) =>
    Array.from({ length: SIZE }, (_, to) =>
      Math.min(
        Number.POSITIVE_INFINITY,
        ...(graph.out[from] ?? []).filter((edge) => edge.to === to && members.includes(to)).map(({ label }) => label),
      ),
    ),
  );
  for (let via = 0; via < SIZE; via++)
    for (const row of all)
      for (let to = 0; to < SIZE; to++)
        row[to] = Math.min(row[to] as number, (row[via] as number) + ((all[via] as number[])[to] as number));
  return all;
}

describe("cycles in a graph", () => {
  it("finds the nodes that reach themselves, grouped by who reaches whom", () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const far = distances(graph);
        const reach = (from: number, to: number): boolean => Number.isFinite(far[from]?.[to]);
        const nodes = NODES.filter((node) => reach(node, node));
        const components = cyclicComponents(graph);
        expect(components.flat().sort()).toEqual(nodes);
        for (const component of components)
          for (const node of nodes) {
            const together = component.every((other) => reach(node, other) && reach(other, node));
            expect(component.includes(node)).toBe(together);
          }
      }),
      { numRuns: 1000 },
    );
  });

  it("gives a cycle of least cost in each component", () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const far = distances(graph);
        for (const component of cyclicComponents(graph)) {
          const cycle = shortestCycle(graph, component, (cost) => cost);
          expect(closes(cycle)).toBe(true);
          const least = Math.min(...component.map((node) => far[node]?.[node] as number));
          expect(cycle.reduce((sum, { label }) => sum + label, 0)).toBe(least);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("gives the shorter one of two that cost the same, and none where there is none", () => {
    const of = (...edges: [from: number, to: number, cost: 0 | 1][]): [number, number][] => {
      const graph = new Digraph<0 | 1>(3);
      for (const edge of edges) graph.add(...edge);
      return shortestCycle(graph, [0, 1, 2], (cost) => cost).map(({ from, to }) => [from, to]);
    };
    const line: [number, number, 0][] = [
      [0, 1, 0],
      [1, 2, 0],
    ];
    expect(of(...line, [1, 0, 1], [2, 0, 1])).toEqual([
      [1, 0],
      [0, 1],
    ]);
    expect(of(...line, [2, 0, 1], [2, 1, 1])).toEqual([
      [2, 1],
      [1, 2],
    ]);
    expect(of(...line)).toEqual([]);
  });

  it("gives a path of least cost among the members, where it costs no more than it may", () => {
    fc.assert(
      fc.property(graphs, node, node, fc.subarray(NODES), fc.constantFrom(0, 1, 2, Infinity), (graph, ...rest) => {
        const [from, to, members, limit] = rest;
        const least = from === to ? 0 : distances(graph, members)[from]?.[to];
        const path = cheapestPath(graph, from, to, new Set(members), (cost) => cost, limit);
        expect(path !== undefined).toBe(least !== undefined && Number.isFinite(least) && least <= limit);
        if (path === undefined) return;
        expect([path.cost, path.edges.reduce((sum, { label }) => sum + label, 0)]).toEqual([least, least]);
        const way = [from, ...path.edges.map((edge) => edge.to)];
        expect(path.edges.map((edge) => edge.from)).toEqual(way.slice(0, -1));
        expect([way.at(-1), way.slice(1).filter((passed) => !members.includes(passed))]).toEqual([to, []]);
      }),
      { numRuns: 1000 },
    );
  });

  it("goes along edges in the order in which they were added", () => {
    const graph = new Digraph<string>(3);
    graph.add(2, 0, "first");
    graph.add(1, 2, "other");
    graph.add(2, 1, "second");
    expect([graph.size, graph.out]).toEqual([
      3,
      [
        [],
        [{ from: 1, to: 2, label: "other" }],
        [
          { from: 2, to: 0, label: "first" },
          { from: 2, to: 1, label: "second" },
        ],
      ],
    ]);
  });

  it("is not afraid of depth", () => {
    const size = 200_000;
    const graph = new Digraph<null>(size);
    for (let node = 0; node < size; node++) graph.add(node, (node + 1) % size, null);
    expect(cyclicComponents(graph).map(({ length }) => length)).toEqual([size]);
  });
});

const closes = (cycle: readonly Edge<unknown>[]): boolean =>
  cycle.length > 0 && cycle.every(({ to }, i) => to === cycle[(i + 1) % cycle.length]?.from);
