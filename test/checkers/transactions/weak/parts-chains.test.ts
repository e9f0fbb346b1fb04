import { describe, expect, it } from "vitest";
import { startsOf } from "../../../../checkers/shared/counts.ts";
import { Deadline, OutOfBudget } from "../../../../checkers/shared/deadline.ts";
import { chainsOf } from "../../../../checkers/transactions/weak/chains.ts";
import { EdgeList, type Layer, topologicalOrder } from "../../../../checkers/transactions/weak/layers.ts";
import { writesOf, wrote } from "../../../../checkers/transactions/weak/sessions.ts";
import { DEFAULT_BUDGET } from "../../../../src/core/checker.ts";
import { edgesOf, gathered } from "./gathered.ts";

/** The members of each row. */
const rows = (first: Int32Array, members: Int32Array): number[][] =>
  [...first].slice(1).map((end, i) => [...members.subarray(first[i], end)]);

describe("sessions", () => {
  it("hold the transactions that count, in their order", () => {
    const texts = ["5: w x 1", "6: w y 1", "5: w x 2", "6: r x 2", "5: w z 1", "7: w u 1", "5: r y 1", "8: w v 1"];
    const { sessions } = gathered(texts, { 0: "fail", 4: "fail", 5: "fail", 7: "info" });
    expect(sessions.count).toBe(4);
    expect(rows(sessions.first, sessions.txns)).toEqual([[2, 6], [1, 3], [], []]);
    expect([...sessions.of]).toEqual([0, 1, 0, 1, 0, 2, 0, 3]);
    expect([...sessions.place]).toEqual([0, 0, 0, 1, 0, 0, 1, 0]);
    expect([...sessions.previous]).toEqual([-1, -1, -1, 1, -1, -1, 2, -1]);
    expect(edgesOf(sessions.so)).toEqual([
      [1, 3],
      [2, 6],
    ]);
  });

  it("lead from each transaction to the next one, and never from one session to another", () => {
    const { sessions } = gathered(["0: w x 1", "1: w x 2", "0: w x 3", "1: w x 4", "0: w x 5", "2: w x 6"]);
    expect(edgesOf(sessions.so)).toEqual([
      [0, 2],
      [1, 3],
      [2, 4],
    ]);
    expect([...sessions.previous]).toEqual([-1, -1, 0, 1, 2, -1]);
    expect([...sessions.place]).toEqual([0, 0, 1, 1, 2, 0]);
  });

  it("are none where there are no transactions", () => {
    const { sessions } = gathered([]);
    expect(sessions.count).toBe(0);
    expect([...sessions.first]).toEqual([0]);
    expect([...sessions.txns]).toEqual([]);
  });
});

describe("writes", () => {
  it("are listed by transaction and by key, each key once a transaction, without reads and what does not count", () => {
    const texts = ["1: w x 1; w y 1", "0: w y 2; w x 2; w y 3", "0: r x 1; w z 1", "1: w z 2", "1: w x 4", "0: w y 5"];
    const { facts, sessions } = gathered(texts, { 3: "fail", 5: "info" });
    const { first, key, firstOfKey, txn } = writesOf(facts, sessions);
    expect(facts.txns.keyNames).toEqual(["x", "y", "z"]);
    expect(rows(first, key)).toEqual([[0, 1], [0, 1], [2], [], [0], []]);
    // By sessions, as these appeared, and not in order of time.
    expect(rows(firstOfKey, txn)).toEqual([[0, 4, 1], [0, 1], [2]]);
  });

  it("know whether a transaction wrote a key", () => {
    const { facts, sessions } = gathered([
      "0: r a null; r b null; r c null; r d null; r e null; w b 1; w d 1",
      "1: w e 1; w c 1; w a 1",
      "2: r a 1",
      "3: w a 2",
    ]);
    const writes = writesOf(facts, sessions);
    const written = [0, 1, 2, 3].map((t) => [0, 1, 2, 3, 4].filter((k) => wrote(writes, t, k)));
    expect(written).toEqual([[1, 3], [0, 2, 4], [], [0]]);
  });
});

describe("chains of sessions", () => {
  const chained = (texts: readonly string[], fate: Readonly<Record<number, "fail" | "info">> = {}): number[][] => {
    const { facts, sessions, order } = gathered(texts, fate);
    const chains = chainsOf(facts, sessions, order, new Deadline(DEFAULT_BUDGET));
    const members = rows(chains.first, chains.txns);
    expect(chains.count).toBe(members.length);
    expect(chains.first[0]).toBe(0);
    expect(chains.so).toBe(sessions.so);
    expect(chains.previous).toBe(sessions.previous);
    // Whoever is in a chain knows where; the others are in none.
    for (let t = 0; t < facts.txns.count; t++) {
      const c = members.findIndex((chain) => chain.includes(t));
      expect(chains.of[t]).toBe(c);
      if (c !== -1) expect(chains.place[t]).toBe(members[c]?.indexOf(t));
    }
    return members;
  };

  it.each<[string, string[], number[][]]>([
    ["nothing at all", [], []],
    ["nobody whom nobody read", ["0: w x 1", "1: r x null"], []],
    ["a session that was read", ["0: w x 1", "1: r x 1"], [[0]]],
    ["two sessions, the one after what it read of the other", ["0: w x 1", "1: r x 1; w y 1", "2: r y 1"], [[0, 1]]],
    ["two sessions that know nothing of each other", ["0: w x 1", "1: w y 1", "2: r x 1; r y 1"], [[0], [1]]],
    ["a session that knows nothing and is not read, nowhere", ["0: w x 1", "1: r x 1", "2: w y 1"], [[0]]],
    ["a session up to the last transaction that was read", ["0: w x 1", "0: w y 1", "0: w z 1", "1: r y 1"], [[0, 1]]],
    [
      "a session after all of another that was ever read",
      ["0: w x 1", "0: w y 1", "0: w z 1", "1: r y 1; w u 1", "2: r u 1"],
      [[0, 1, 3]],
    ],
    [
      "a session not after another of which it knows but the beginning",
      ["0: w x 1", "0: w y 1", "1: r x 1; w u 1", "2: r u 1; r y 1"],
      [[0, 1], [2]],
    ],
    [
      "a session with all that the session before it wrote",
      ["0: w x 1", "1: r x 1", "1: w y 1", "2: r y 1; w z 1", "3: r z 1"],
      [[0, 1, 2, 3]],
    ],
    [
      "a session after what those before knew of by their sessions",
      ["0: w x 1", "1: w q 1", "1: r x 1", "1: w y 1", "2: r y 1; w z 1", "3: r z 1"],
      [
        [0, 4],
        [1, 2, 3],
      ],
    ],
    [
      "a session by what its first transaction knows, whatever it learns later",
      ["0: w x 1", "1: w q 1", "1: r x 1; w y 1", "2: r y 1; r q 1"],
      [[0], [1, 2]],
    ],
    [
      "the first chain that fits, of several",
      ["0: w x 1", "1: w y 1", "2: r y 1; r x 1; w z 1", "3: r z 1"],
      [[0, 2], [1]],
    ],
    [
      "another chain where the first has gone on",
      ["0: w x 1", "1: w y 1", "2: r x 1; w z 1", "3: r y 1; r x 1; w u 1", "4: r z 1; r u 1"],
      [
        [0, 2],
        [1, 3],
      ],
    ],
    [
      "a third session at the end of the first two",
      ["0: w x 1", "1: r x 1; w y 1", "2: r x 1; w z 1", "3: r y 1; w u 1", "4: r u 1; r z 1"],
      [[0, 1, 3], [2]],
    ],
    [
      "what was read late in one session and early in another, without forgetting",
      ["0: w x 1", "0: w y 1", "1: r y 1; r x 1; w z 1", "2: r z 1"],
      [[0, 1, 2]],
    ],
    [
      "the same of a further chain",
      ["0: w q 1", "1: w x 1", "1: w y 1", "2: r x 1; w a 1", "3: r y 1; r a 1; w z 1", "4: r z 1; r q 1"],
      [[0], [1, 2, 4], [3]],
    ],
    [
      "what others read of a further chain",
      ["0: w q 1", "1: w x 1", "2: w p 1", "2: r x 1; w y 1", "3: r y 1; w z 1", "4: r z 1; r q 1; r p 1"],
      [[0], [1, 4], [2, 3]],
    ],
    [
      "what was read itself and not what its neighbours read",
      ["0: w x 1", "1: w y 1", "2: r x 1", "3: r y 1", "4: r y 1; w v 1", "5: r v 1"],
      [[0], [1, 4]],
    ],
  ])("hold %s", (_, texts, chains) => {
    expect(chained(texts)).toEqual(chains);
  });

  it("leave out what does not count", () => {
    expect(chained(["0: w x 1", "0: w y 1", "1: r y 1"], { 0: "fail" })).toEqual([[1]]);
    expect(chained(["0: w x 1", "1: w y 1", "2: r y 1"], { 0: "info", 1: "info" })).toEqual([[1]]);
  });

  it("are tracked as far as the clocks are wide, and are of one session each beyond that", () => {
    const writers = Array.from({ length: 70 }, (_, i) => `${i}: w k${i} 1`);
    const all = writers.map((_, i) => `r k${i} 1`).join("; ");
    const readers = ["70: r k63 1; w a 1", "71: r k64 1; w b 1", "72: r a 1; w c 1", `73: ${all}; r a 1; r b 1; r c 1`];
    const chains = chained([...writers, ...readers]);
    const alone = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => [from + i]);
    expect(chains).toEqual([...alone(0, 62), [63, 70, 72], ...alone(64, 69), [71]]);
  });

  it("are not mistaken for those that are tracked", () => {
    const writers = Array.from({ length: 70 }, (_, i) => `${i}: w k${i} 1`);
    const all = writers.map((_, i) => `r k${i} 1`).join("; ");
    const each = writers.map((_, i) => i);
    // Whoever comes next to a transaction, in number, knows of other chains.
    expect(chained([...writers, "70: r k66 1; w b 1", "71: r k0 1", `72: ${all}; r b 1`])).toEqual(
      [...each, 70].map((t) => [t]),
    );
    const alone = "80: r q null";
    expect(chained([alone, ...writers, "71: r k65 1; w c 1", alone, `72: ${all}; r c 1`])).toEqual(
      [...each, 70].map((t) => [t + 1]),
    );
  });

  it("take no longer than there is time", () => {
    const { facts, sessions, order } = gathered(["0: w x 1", "1: r x 1"]);
    const late = new Deadline({ ...DEFAULT_BUDGET, timeMs: -1 });
    expect(() => chainsOf(facts, sessions, order, late)).toThrow(OutOfBudget);
  });
});

describe("layers of edges", () => {
  const layerOf = (size: number, edges: readonly (readonly [number, number])[]): Layer => {
    const list = new EdgeList();
    for (const [from, to] of edges) list.add(from, to);
    return list.layer(size);
  };

  it.each([0, 1, 255, 256, 257, 511, 512, 767, 768, 769])("hold %d edges, none twice", (count) => {
    const edges = Array.from({ length: count }, (_, i) => [i, count - i] as const);
    expect(edgesOf(layerOf(count, edges))).toEqual(edges);
  });

  it("keep the edges of one tail in the order in which they came, and doubles", () => {
    const layer = layerOf(3, [
      [2, 0],
      [0, 2],
      [2, 1],
      [0, 1],
      [0, 2],
    ]);
    expect(layer).toEqual({ heads: Int32Array.of(0, 3, 3, 5), targets: Int32Array.of(2, 1, 2, 0, 1) });
  });

  it("turn counts into starts", () => {
    const counts = Int32Array.of(0, 3, 0, 2);
    startsOf(counts);
    expect([...counts]).toEqual([0, 3, 3, 5]);
  });

  it.each<[string, number, [number, number][][], number[], number[]]>([
    ["no nodes", 0, [], [], []],
    ["nodes without edges", 3, [[]], [0, 1, 2], []],
    ["a line against the numbers", 3, [[[2, 1]], [[1, 0]]], [2, 1, 0], []],
    ["a node that waits for both layers", 3, [[[0, 1]], [[2, 1]]], [0, 2, 1], []],
    ["an edge given twice", 2, [[[0, 1]], [[0, 1]]], [0, 1], []],
    ["two layers from one node", 3, [[[0, 2]], [[0, 1]]], [0, 2, 1], []],
    [
      "nothing but a circle",
      2,
      [
        [
          [0, 1],
          [1, 0],
        ],
      ],
      [],
      [0, 1],
    ],
    ["a circle of two layers", 3, [[[1, 2]], [[2, 1]]], [0], [1, 2]],
    [
      "what is behind a circle",
      4,
      [
        [[2, 1]],
        [
          [1, 2],
          [1, 0],
        ],
      ],
      [3],
      [0, 1, 2],
    ],
  ])("are sorted: %s", (_, size, layers, sorted, rest) => {
    const { order, left } = topologicalOrder(
      size,
      layers.map((edges) => layerOf(size, edges)),
    );
    expect([[...order], [...left]]).toEqual([sorted, rest]);
  });
});
