import { describe, expect, it } from "vitest";
import { EdgeList, type Layer } from "../../../../checkers/transactions/weak/layers.ts";
import { CausalPaths } from "../../../../checkers/transactions/weak/paths.ts";
import { Random } from "../../../../src/core/random.ts";

type Edges = readonly (readonly [number, number])[];

const layerOf = (size: number, edges: Edges): Layer => {
  const list = new EdgeList();
  for (const [from, to] of edges) list.add(from, to);
  return list.layer(size);
};

const leads = (edges: Edges, from: number, to: number): boolean => edges.some(([a, b]) => a === from && b === to);

/** The least number of reads on a way between two transactions (Bellman and Ford); infinite if there is none. */
function leastReads(size: number, so: Edges, wr: Edges, start: number): number[] {
  const cost = new Array<number>(size).fill(Number.POSITIVE_INFINITY);
  cost[start] = 0;
  for (let round = 0; round < size; round++)
    for (const [edges, price] of [
      [so, 0],
      [wr, 1],
    ] as const)
      for (const [from, to] of edges) cost[to] = Math.min(cost[to] as number, (cost[from] as number) + price);
  return cost;
}

describe("how one transaction became a cause of another", () => {
  it("is told by a way of as few reads as possible, to the nearest of those asked for, one search after another", () => {
    let [ways, none] = [0, 0];
    for (let seed = 1; seed <= 500; seed++) {
      const random = new Random(seed, "paths");
      const size = 2 + random.below(7);
      const so = Array.from({ length: size - 2 }, (_, i) => [i, i + 2] as const).filter(() => random.chance(0.5));
      const wr = Array.from({ length: random.below(9) }, () => {
        const from = random.below(size - 1);
        return [from, from + 1 + random.below(size - 1 - from)] as const;
      });
      const paths = new CausalPaths(size, layerOf(size, so), layerOf(size, wr));
      for (let search = 0; search < 4; search++) {
        const start = random.below(size);
        const ends = new Set(Array.from({ length: 1 + random.below(2) }, () => random.below(size)));
        const cost = leastReads(size, so, wr, start);
        const least = Math.min(...[...ends].filter((end) => end !== start).map((end) => cost[end] as number));
        const path = paths.toNearest(start, ends);
        if (least === Number.POSITIVE_INFINITY) {
          expect(path).toEqual([]);
          none++;
          continue;
        }
        ways++;
        const steps = path.slice(1).map((to, i) => [path[i] as number, to] as const);
        expect(path[0]).toBe(start);
        expect(ends.has(path.at(-1) as number)).toBe(true);
        expect(steps.every(([from, to]) => leads(so, from, to) || leads(wr, from, to))).toBe(true);
        expect(steps.filter(([from, to]) => !leads(so, from, to))).toHaveLength(least);
      }
    }
    expect(Math.min(ways, none)).toBeGreaterThan(300);
  });
});
