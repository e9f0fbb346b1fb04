import { describe, expect, it } from "vitest";
import { Deadline } from "../../../../checkers/shared/deadline.ts";
import { transactionsOf } from "../../../../checkers/transactions/columns.ts";
import { causalDemands } from "../../../../checkers/transactions/weak/causal.ts";
import { chainsOf } from "../../../../checkers/transactions/weak/chains.ts";
import { shortCycles } from "../../../../checkers/transactions/weak/cycles.ts";
import { gather } from "../../../../checkers/transactions/weak/facts.ts";
import { EdgeList, type Layer, topologicalOrder } from "../../../../checkers/transactions/weak/layers.ts";
import { sessionsOf, writesOf } from "../../../../checkers/transactions/weak/sessions.ts";
import { DEFAULT_BUDGET } from "../../../../src/core/checker.ts";
import { Random } from "../../../../src/core/random.ts";
import { randomTxns, toHistory } from "./generate.ts";

const layerOf = (size: number, edges: readonly (readonly [number, number])[]): Layer => {
  const list = new EdgeList();
  for (const [from, to] of edges) list.add(from, to);
  return list.layer(size);
};

const edgesOf = ({ heads, targets }: Layer): string[] =>
  [...targets].map((to, e) => `${heads.findLastIndex((head) => head <= e)} ${to}`).sort();

describe("layers of edges", () => {
  it("keep every edge, also those beyond the first piece", () => {
    const edges = Array.from({ length: 3_000 }, (_, i) => [i % 7, (i * i) % 11] as const);
    const { heads, targets } = layerOf(11, edges);
    for (let node = 0; node < 11; node++)
      expect([...targets.subarray(heads[node], heads[node + 1])]).toEqual(
        edges.filter(([from]) => from === node).map(([, to]) => to),
      );
  });

  it("are sorted, but for what is on a cycle or behind one", () => {
    const layers = [
      layerOf(6, [
        [4, 1],
        [1, 0],
      ]),
      layerOf(6, [
        [0, 1],
        [0, 2],
        [4, 3],
      ]),
    ];
    const { order, left } = topologicalOrder(6, layers);
    expect([[...order], [...left]]).toEqual([
      [4, 5, 3],
      [0, 1, 2],
    ]);
  });
});

describe("short cycles", () => {
  /** The least cost of a closed walk through `start`; infinite if there is none. */
  function cheapest(size: number, edges: readonly (readonly [number, number, number])[], start: number): number {
    const cost = new Array<number>(size).fill(Number.POSITIVE_INFINITY);
    for (const [from, to, price] of edges) if (from === start) cost[to] = Math.min(cost[to] as number, price);
    for (let round = 0; round < size; round++)
      for (const [from, to, price] of edges) cost[to] = Math.min(cost[to] as number, (cost[from] as number) + price);
    return cost[start] as number;
  }

  it("are the shortest of their components, steps along a session being free", () => {
    let cyclic = 0;
    for (let seed = 1; seed <= 2_000; seed++) {
      const random = new Random(seed);
      const size = 2 + random.below(7);
      // Two sessions, of the even and the odd nodes.
      const so = Array.from({ length: size - 2 }, (_, i) => [i, i + 2] as const).filter(() => random.chance(0.8));
      const wr = Array.from({ length: random.below(10) }, () => [random.below(size), random.below(size)] as const);
      const others = wr.filter(([from, to]) => from !== to);
      const layers = [layerOf(size, so), layerOf(size, others)];
      const { left } = topologicalOrder(size, layers);
      const cycles = shortCycles(size, left, layers, layers[0], 8);
      const edges = [...so.map(([a, b]) => [a, b, 0] as const), ...others.map(([a, b]) => [a, b, 1] as const)];
      const onCycles = [...new Array(size).keys()].filter((node) => cheapest(size, edges, node) !== Infinity);
      expect(cycles.length > 0).toBe(onCycles.length > 0);
      if (cycles.length > 0) cyclic++;
      const reach = new Map(onCycles.map((node) => [node, reachable(edges, node)]));
      for (const cycle of cycles) {
        const steps = cycle.map((from, i) => [from, cycle[(i + 1) % cycle.length] as number] as const);
        const prices = steps.map(([a, b]) =>
          Math.min(...edges.filter(([c, d]) => a === c && b === d).map(([, , p]) => p)),
        );
        const [start = 0] = cycle;
        const component = onCycles.filter((node) => reach.get(start)?.has(node) && reach.get(node)?.has(start));
        expect(prices.reduce((a, b) => a + b, 0)).toBe(
          Math.min(...component.map((node) => cheapest(size, edges, node))),
        );
      }
      // One of each component.
      const components = new Set(
        onCycles.map((a) => onCycles.filter((b) => reach.get(a)?.has(b) && reach.get(b)?.has(a)).join()),
      );
      expect(cycles.length).toBe(components.size);
    }
    expect(cyclic).toBeGreaterThan(500);
  });

  function reachable(edges: readonly (readonly [number, number, number])[], start: number): Set<number> {
    const found = new Set([start]);
    for (const node of found) for (const [from, to] of edges) if (from === node) found.add(to);
    return found;
  }
});

describe("causal demands", () => {
  it("are the same, however many columns of the clocks are held at once", () => {
    let demands = 0;
    for (let seed = 1; seed <= 1_000; seed++) {
      const history = toHistory(randomTxns(seed, { txns: 20, sessions: 6, micros: 4, doubtful: false }));
      const txns = transactionsOf(history, "rw-register");
      if ("malformed" in txns) throw new Error(txns.malformed);
      const deadline = new Deadline(DEFAULT_BUDGET);
      const facts = gather(txns, deadline);
      const sessions = sessionsOf(facts);
      const writes = writesOf(facts, sessions);
      const { order, left } = topologicalOrder(txns.count, [sessions.so, facts.wr]);
      if (left.length > 0) continue;
      const [whole, ...parts] = [undefined, 1, 2 * txns.count, 3 * txns.count].map((entries) => {
        const { layer, missed } = causalDemands(facts, writes, sessions, order, deadline, {
          maxEntries: entries ?? 1 << 20,
        });
        demands += layer.targets.length;
        return [edgesOf(layer), missed.map(({ writer, reader, key }) => `${writer} ${reader} ${key}`).sort()];
      });
      // Only the first few writes that were missed are kept, so there must not be more.
      if ((whole?.[1]?.length ?? 0) < 8) for (const part of parts) expect(part).toEqual(whole);
    }
    expect(demands).toBeGreaterThan(1_000);
  });

  it("say the same of chains of sessions as of sessions", () => {
    const tally = { valid: 0, invalid: 0, shorter: 0 };
    for (let seed = 1; seed <= 3_000; seed++) {
      const txns = randomTxns(seed, { txns: 20, sessions: 8, micros: 4, doubtful: false });
      const columns = transactionsOf(toHistory(txns), "rw-register");
      if ("malformed" in columns) throw new Error(columns.malformed);
      const deadline = new Deadline(DEFAULT_BUDGET);
      const facts = gather(columns, deadline);
      const sessions = sessionsOf(facts);
      const { order, left } = topologicalOrder(columns.count, [sessions.so, facts.wr]);
      if (left.length > 0) continue;
      const chains = chainsOf(facts, sessions, order, deadline);
      const writes = writesOf(facts, sessions);
      const [valid, again] = [{}, { maxSessions: 0 }].map((limits) => {
        const { layer, missed } = causalDemands(facts, writes, sessions, order, deadline, limits);
        return missed.length === 0 && topologicalOrder(columns.count, [sessions.so, facts.wr, layer]).left.length === 0;
      });
      expect(again, `seed ${seed}`).toBe(valid);
      tally[valid ? "valid" : "invalid"]++;
      const used = new Set(sessions.txns.map((t) => sessions.of[t] as number)).size;
      expect(chains.count).toBeLessThanOrEqual(used);
      if (chains.count < used) tally.shorter++;
    }
    for (const count of Object.values(tally)) expect(count).toBeGreaterThan(300);
  });
});
