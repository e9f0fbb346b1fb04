import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cyclicComponents, Digraph, type Edge, shortestCycle } from "../../../checkers/shared/graph.ts";

const SIZE = 7;

const graphs = fc
  .array(fc.record({ from: fc.nat(SIZE - 1), to: fc.nat(SIZE - 1), cost: fc.constantFrom<0 | 1>(0, 1, 1) }), {
    maxLength: 16,
  })
  .map((edges) => {
    const graph = new Digraph<0 | 1>(SIZE);
    // Edges of cost 0 lead upwards only, so that they never form a cycle.
    for (const { from, to, cost } of edges) graph.add(from, to, from < to ? cost : 1);
    return graph;
  });

/** The least cost of any way from one node to another, by relaxing all edges over and over. */
function distances(graph: Digraph<0 | 1>): number[][] {
  const all = Array.from({ length: SIZE }, (_, from) =>
    Array.from({ length: SIZE }, (_, to) =>
      Math.min(
        Number.POSITIVE_INFINITY,
        ...(graph.out[from] ?? []).filter((edge) => edge.to === to).map(({ label }) => label),
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
        const nodes = [...Array(SIZE).keys()].filter((node) => reach(node, node));
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

  it("is not afraid of depth", () => {
    const size = 200_000;
    const graph = new Digraph<null>(size);
    for (let node = 0; node < size; node++) graph.add(node, (node + 1) % size, null);
    expect(cyclicComponents(graph).map(({ length }) => length)).toEqual([size]);
  });
});

const closes = (cycle: readonly Edge<unknown>[]): boolean =>
  cycle.length > 0 && cycle.every(({ to }, i) => to === cycle[(i + 1) % cycle.length]?.from);
