import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Deadline, OutOfBudget } from "../../../../checkers/shared/deadline.ts";
import { causalDemands, type Limits } from "../../../../checkers/transactions/weak/causal.ts";
import { type Cycle, shortCycles } from "../../../../checkers/transactions/weak/cycles.ts";
import { EdgeList, type Layer, topologicalOrder } from "../../../../checkers/transactions/weak/layers.ts";
import { DEFAULT_BUDGET } from "../../../../src/core/checker.ts";
import { runs } from "../../../support/runs.ts";
import { gathered, told } from "./gathered.ts";

/** What transactions demand. */
function demanded(texts: readonly string[], limits: Limits | undefined, timeMs = DEFAULT_BUDGET.timeMs): string[] {
  const { facts, sessions, writes, order } = gathered(texts);
  const deadline = new Deadline({ ...DEFAULT_BUDGET, timeMs });
  return told(causalDemands(facts, writes, sessions, order, deadline, limits), facts.txns.keyNames);
}

const LIMITS: [string, Limits | undefined][] = [
  ["all sessions at once", undefined],
  ["one session at a time", { maxEntries: 1 }],
  ["two sessions of five transactions at a time", { maxEntries: 10 }],
];

/** Of each: what sessions demand, and what chains of sessions do if that is something else. */
const CASES: [string, string[], string[], string[]?][] = [
  ["nothing of no transactions", [], []],
  ["nothing of a read of the only write", ["0: w x 1", "1: r x 1"], []],
  ["nothing of what is no cause", ["0: w x 1", "1: w x 2", "2: r x 2"], []],
  ["nothing of what is no cause of a key found unwritten", ["0: w x 1", "1: r x null"], []],
  ["nothing of what comes before the writer anyway", ["0: w x 1", "1: r x 1; w x 2", "2: r x 2"], []],
  ["nothing of other keys", ["0: w x 1; w z 1", "1: w y 1", "2: r x 1; r y 1; r q null"], []],
  ["that a cause is not missed", ["0: w x 1", "1: w x 2; w y 1", "2: r y 1; r x 1"], ["1 < 0"]],
  ["the same whichever was read first", ["0: w x 1", "1: w x 2; w y 1", "2: r x 1; r y 1"], ["1 < 0"]],
  ["that a cause is not missed altogether", ["0: w x 1; w y 1", "1: r y 1; r x null"], ["0 missed by 1 of x"]],
  [
    "the same of a cause of a cause",
    ["0: w x 1", "0: w y 1", "1: r y 1; w z 1", "2: r z 1", "2: r x null"],
    ["0 missed by 4 of x"],
  ],
  ["that a session does not miss its own", ["0: w x 1", "1: w x 2", "0: r x 2"], ["0 < 1"]],
  ["only of the last write of a session", ["0: w x 1", "0: w x 3", "1: w x 2", "0: r x 2"], ["1 < 2"]],
  [
    "only of the last write that is a cause",
    ["0: w x 1", "0: w y 1", "0: w x 3", "1: w x 2", "2: r y 1; r x 2"],
    ["0 < 3"],
  ],
  [
    "of two sessions the last writes of both",
    ["0: w x 1; w a 1", "1: w x 2; w b 1", "2: w x 3", "3: r a 1; r b 1; r x 3"],
    ["0 < 2", "1 < 2"],
  ],
  [
    "of what any reader of a version knows only the last",
    ["0: w x 1; w y 1", "0: w x 2; w z 1", "1: w x 3", "2: r x 3; r y 1", "3: r x 3; r z 1"],
    ["1 < 2"],
  ],
  [
    "of those that found nothing only who knew the last",
    ["0: w x 1; w y 1", "0: w x 2; w z 1", "2: r x null; r y 1", "3: r x null; r z 1"],
    ["1 missed by 3 of x"],
  ],
  [
    "the same of all who knew it",
    ["0: w x 1; w y 1", "2: r x null; r y 1", "3: r y 1; r x null", "4: r x null"],
    ["0 missed by 1 of x", "0 missed by 2 of x"],
  ],
  ["of the first read of a key alone", ["0: w x 1", "1: w x 2", "2: r x 2; r x 1"], ["0 < 1"]],
  [
    "that a cause of a cause is not missed",
    ["0: w q 1", "1: w x 1; w y 1", "2: r y 1; w z 1", "3: r z 1; r x null"],
    ["1 missed by 3 of x"],
  ],
  ["that another key is not missed altogether", ["0: w x 1; w y 1", "1: r x 1; r y null"], ["0 missed by 1 of y"]],
  [
    "what was read late of a session, whatever is read early of it then",
    ["0: w x 1", "0: w y 1; w z 1", "1: r y 1; r x 1; r z null"],
    ["1 missed by 2 of z"],
  ],
  [
    "the same where that is read by way of another",
    ["0: w q 1", "1: w x 1", "1: w y 1; w z 1", "2: r x 1; w a 1", "3: r y 1; r a 1; r z null"],
    ["2 missed by 4 of z"],
  ],
  [
    "only of the last write of another session",
    ["0: w q 1", "1: w x 1", "1: w x 3", "2: w x 2", "1: r x 2"],
    ["2 < 3"],
  ],
  ["nothing of what the neighbour of a reader read", ["0: w x 1", "1: w y 1", "2: r y 1", "3: r y 1; r x null"], []],
  [
    "nothing of what neighbours of writers read",
    ["0: w a 1", "1: w x 1; w y 1", "2: w b 1", "3: r y 1", "4: r b 1", "5: r x null"],
    [],
  ],
  [
    "nothing of who read the same key again",
    ["0: r a 1", "1: w a 1; w x 1", "2: w x 5", "3: w x 6", "4: r x 6; r x 5"],
    ["2 < 3"],
  ],
  [
    "nothing of who read a neighbouring version again",
    ["0: w x 1; w a 1", "1: w x 5", "2: w x 6", "3: r x 6; r a 1", "4: r x 1; r x 5"],
    ["0 < 2", "1 < 0"],
  ],
  [
    "nothing of who found another key unwritten",
    ["0: w x 1; w a 1", "1: r a 1; r x null", "2: r a 1; r z null"],
    ["0 missed by 1 of x"],
  ],
  [
    "what each of many wrote",
    ["0: w x 1", "1: w y 1", "2: w z 1; w u 1", "3: r u 1; r z null"],
    ["2 missed by 3 of z"],
  ],
  ["nothing of what did not commit", ["0: w y 1", "0: ! w x 1", "0: w z 1", "1: r z 1; r x null"], []],
];

describe.each(LIMITS)("causal consistency, %s", (_, limits) => {
  it.each(CASES)("demands %s", (_, texts, demands) => {
    expect(demanded(texts, limits)).toEqual(demands);
  });

  it("demands nothing after its time", () => {
    expect(() => demanded(["0: w x 1", "1: r x 1"], limits, -1)).toThrow(OutOfBudget);
  });
});

describe("causal consistency by chains of sessions", () => {
  it.each(CASES)("demands %s", (_, texts, demands, ofChains) => {
    expect(demanded(texts, { maxSessions: 0 })).toEqual(ofChains ?? demands);
    expect(demanded(texts, { maxSessions: 0, maxEntries: 1 })).toEqual(ofChains ?? demands);
  });

  it("is asked for where there are more sessions than that", () => {
    // In a chain the earlier of two writes is not told, as it comes before the later one anyway.
    const texts = ["0: w x 1", "1: r x 1; w x 2; w y 1", "2: w x 3", "3: r x 3; r y 1"];
    expect(demanded(texts, { maxSessions: 4 })).toEqual(["0 < 2", "1 < 2"]);
    expect(demanded(texts, { maxSessions: 3 })).toEqual(["1 < 2"]);
    // Ordinarily that is where there are more than 64.
    const others = (count: number): string[] => Array.from({ length: count }, (_, i) => `${4 + i}: w z ${i}`);
    expect(demanded([...texts, ...others(60)], undefined)).toEqual(["0 < 2", "1 < 2"]);
    expect(demanded([...texts, ...others(61)], undefined)).toEqual(["1 < 2"]);
  });
});

type Edges = readonly (readonly [number, number])[];

describe("short cycles", () => {
  const layerOf = (size: number, edges: Edges): Layer => {
    const list = new EdgeList();
    for (const [from, to] of edges) list.add(from, to);
    return list.layer(size);
  };

  /** From the least of its nodes on. */
  const turned = (cycle: Cycle): number[] => {
    const at = cycle.indexOf(Math.min(...cycle));
    return [...cycle.slice(at), ...cycle.slice(0, at)];
  };

  function cycles(size: number, free: Edges, others: Edges, limit = 8): number[][] {
    const layers = [layerOf(size, free), layerOf(size, others)];
    const { left } = topologicalOrder(size, layers);
    return shortCycles(size, left, layers, layers[0], limit).map(turned);
  }

  /** What a step costs; nothing if it is free, even if it is there twice. */
  function stepCost(free: Edges, others: Edges, from: number, to: number): number {
    const leads = (edges: Edges): boolean => edges.some(([a, b]) => a === from && b === to);
    return leads(free) ? 0 : leads(others) ? 1 : Number.POSITIVE_INFINITY;
  }

  /** The least cost of a way of at least one step between any two nodes (Floyd, 1962). */
  function leastCosts(size: number, free: Edges, others: Edges): number[][] {
    const cost = Array.from({ length: size }, (_, from) =>
      Array.from({ length: size }, (_, to) => stepCost(free, others, from, to)),
    );
    for (let by = 0; by < size; by++)
      for (const row of cost)
        for (let to = 0; to < size; to++)
          row[to] = Math.min(row[to] as number, (row[by] as number) + (cost[by]?.[to] as number));
    return cost;
  }

  // biome-ignore format: one graph a line
  it.each<[string, number, Edges, Edges, number[][]]>([
    ["none of no nodes", 0, [], [], []],
    ["none of a line", 3, [[0, 1]], [[1, 2]], []],
    ["none of two ways to a node", 4, [[0, 1], [0, 2]], [[1, 3], [2, 3]], []],
    ["two nodes", 2, [], [[0, 1], [1, 0]], [[0, 1]]],
    ["two nodes by different layers", 2, [[0, 1]], [[1, 0]], [[0, 1]]],
    ["a circle in its order", 4, [], [[0, 2], [2, 1], [1, 3], [3, 0]], [[0, 2, 1, 3]]],
    ["no way out of a circle", 3, [], [[0, 1], [1, 0], [1, 2]], [[0, 1]]],
    ["one of each component", 4, [], [[0, 1], [1, 0], [1, 2], [2, 3], [3, 2]], [[2, 3], [0, 1]]],
    ["one of two that share a node", 3, [], [[0, 1], [1, 0], [1, 2], [2, 1]], [[0, 1]]],
    ["the shorter one, found first", 4, [], [[0, 1], [1, 0], [1, 2], [2, 3], [3, 0]], [[0, 1]]],
    ["the shorter one, found last", 4, [], [[0, 1], [1, 2], [2, 3], [3, 0], [3, 2]], [[2, 3]]],
    ["the shorter of two ways", 3, [], [[0, 1], [1, 2], [0, 2], [2, 0]], [[0, 2]]],
    ["free steps rather than few", 3, [[0, 1], [1, 2]], [[0, 2], [2, 0]], [[0, 1, 2]]],
    ["free steps behind others rather than few", 4, [[1, 2], [2, 3]], [[0, 1], [0, 3], [3, 0], [1, 3]], [[0, 3]]],
    ["free steps rather than few, twice", 6, [[0, 1], [1, 2], [3, 4], [4, 5]], [[2, 3], [5, 0], [0, 2], [3, 5]], [[0, 1, 2, 3, 4, 5]]],
    ["few steps where they cost the same", 3, [[0, 1], [1, 2]], [[2, 0], [1, 0]], [[0, 1]]],
    ["fewer steps that cost the same, found later", 5, [[0, 1], [1, 2], [3, 4]], [[2, 0], [2, 3], [4, 0], [4, 3]], [[3, 4]]],
    ["more steps that cost the same, found later", 5, [[0, 1], [2, 3], [3, 4]], [[1, 0], [1, 2], [4, 2], [4, 0]], [[0, 1]]],
    ["as many steps that cost the same, found later", 4, [[0, 1], [2, 3]], [[1, 0], [1, 2], [3, 2], [3, 0]], [[0, 1]]],
    ["a circle entered from a node that is on none", 4, [], [[0, 2], [2, 3], [3, 2], [1, 0]], [[2, 3]]],
    ["a circle whose first node is not the first of all", 3, [], [[1, 2], [2, 1]], [[1, 2]]],
    ["a circle that is left and entered again", 6, [], [[0, 1], [1, 2], [2, 0], [2, 3], [3, 4], [4, 3], [5, 0], [4, 5]], [[3, 4]]],
    ["two circles, one behind the other, entered apart", 5, [], [[0, 1], [1, 0], [4, 0], [4, 3], [3, 4]], [[0, 1], [3, 4]]],
  ])("are %s", (_, size, free, others, found) => {
    expect(cycles(size, free, others)).toEqual(found);
  });

  it("are as many as were asked for", () => {
    const pairs: Edges = [0, 2, 4].flatMap(
      (a): Edges => [
        [a, a + 1],
        [a + 1, a],
      ],
    );
    expect(cycles(6, [], pairs, 3)).toEqual([
      [0, 1],
      [2, 3],
      [4, 5],
    ]);
    expect(cycles(6, [], pairs, 2)).toEqual([
      [0, 1],
      [2, 3],
    ]);
    expect(cycles(6, [], pairs, 0)).toEqual([]);
  });

  it("are walks of least cost, one through each component, by what can be reached from where", () => {
    const SIZE = 7;
    const node = fc.nat({ max: SIZE - 1 });
    const edge = fc.tuple(node, node).filter(([from, to]) => from !== to);
    // Free steps alone make no circle: they are the order of sessions.
    const graphs = fc.record({
      free: fc.uniqueArray(edge, { maxLength: 6 }).map((all): Edges => all.filter(([from, to]) => from < to)),
      others: fc.uniqueArray(edge, { maxLength: 12 }),
    });
    let circles = 0;
    fc.assert(
      fc.property(graphs, ({ free, others }) => {
        const cost = leastCosts(SIZE, free, others);
        const costOf = (from: number, to: number): number => cost[from]?.[to] ?? Number.POSITIVE_INFINITY;
        const nodes = Array.from({ length: SIZE }, (_, i) => i);
        const onCircles = nodes.filter((i) => costOf(i, i) < Number.POSITIVE_INFINITY);
        const together = (a: number, b: number): boolean => costOf(a, b) + costOf(b, a) < Number.POSITIVE_INFINITY;
        const components = onCircles.filter((a) => !onCircles.some((b) => b < a && together(a, b)));

        const found = cycles(SIZE, free, others);
        expect(found).toHaveLength(components.length);
        for (const first of components) {
          const members = onCircles.filter((i) => together(i, first));
          const [cycle, ...more] = found.filter((one) => one.some((i) => members.includes(i)));
          if (cycle === undefined) throw new Error(`no cycle through ${members.join()}`);
          expect(more).toEqual([]);
          expect(new Set(cycle).size).toBe(cycle.length);
          const spent = cycle.map((from, i) => stepCost(free, others, from, cycle[(i + 1) % cycle.length] as number));
          expect(spent.reduce((sum, one) => sum + one, 0)).toBe(Math.min(...members.map((i) => costOf(i, i))));
          circles++;
        }
      }),
      { numRuns: runs(2_000) },
    );
    expect(circles).toBeGreaterThan(runs(2_000) / 4);
  });

  it("are none of no layers", () => {
    expect(shortCycles(2, Int32Array.of(0, 1), [], undefined, 1)).toEqual([]);
  });

  it("are the shortest where a component is small, and the best of the first few searches where it is not", () => {
    /** So many rings of ten nodes, each with a short cycle at its end. */
    const rings = (count: number, maxVisits: number): number[][] => {
      const edges = Array.from({ length: 10 * count }, (_, i): Edges => {
        const first = i - (i % 10);
        return [[i, first + ((i + 1) % 10)], ...(i % 10 === 9 ? [[i, i - 1] as const] : [])];
      });
      const layer = layerOf(10 * count, edges.flat());
      const { left } = topologicalOrder(10 * count, [layer]);
      return shortCycles(10 * count, left, [layer], undefined, 8, maxVisits).map(turned);
    };
    const whole = (first: number): number[] => Array.from({ length: 10 }, (_, i) => first + i);
    // From each node but the last two the way back is around the whole ring.
    expect(rings(1, 0)).toEqual([whole(0)]);
    expect(rings(1, 79)).toEqual([whole(0)]);
    expect(rings(1, 80)).toEqual([[8, 9]]);
    // Each component anew.
    expect(rings(3, 80)).toEqual([8, 18, 28].map((node) => [node, node + 1]));
    expect(rings(3, 79)).toEqual([0, 10, 20].map(whole));
  });
});
