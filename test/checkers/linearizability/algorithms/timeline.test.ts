import { describe, expect, it } from "vitest";
import type { Algorithm, Decision } from "../../../../checkers/linearizability/algorithm.ts";
import { DistinctValues } from "../../../../checkers/linearizability/algorithms/distinct.ts";
import { fromInitial } from "../../../../checkers/linearizability/algorithms/shared/initial.ts";
import { shrink } from "../../../../checkers/linearizability/algorithms/shared/shrink.ts";
import { Spans } from "../../../../checkers/linearizability/algorithms/shared/spans.ts";
import {
  decideInTime,
  refuted,
  timesOf,
  untilsOf,
} from "../../../../checkers/linearizability/algorithms/shared/timeline.ts";
import { spansOf } from "../../../../checkers/linearizability/algorithms/spans.ts";
import { SPECS } from "../../../../checkers/specs/index.ts";
import type { Json } from "../../../../src/core/json.ts";
import type { Operation } from "../../../../src/core/operation.ts";
import type { Spec } from "../../../../src/core/spec.ts";
import { history } from "../../../support/histories.ts";

/** A process, and when it called and returned; never if absent. */
type Timed = readonly [p: number, call: number, ret?: number];

const opsOf = (timed: readonly Timed[]): readonly Operation[] =>
  history(timed.map(([p, call, ret]) => ({ p, f: "f", call, ...(ret === undefined ? {} : { ret }) }))).ops;

const untils = (ops: readonly Operation[]): Int32Array | undefined => {
  const times = timesOf(ops);
  return times && untilsOf(times);
};

const accepted: Decision = { type: "linearizable", placed: 0 };

describe("the time until which an operation runs", () => {
  it.each<[name: string, timed: readonly Timed[], expected: readonly number[]]>([
    ["of no operations", [], []],
    [
      "one after the other",
      [
        [0, 0, 1],
        [0, 2, 3],
        [0, 4, 5],
      ],
      [1, 2, 3],
    ],
    [
      "all at once",
      [
        [0, 0, 9],
        [1, 0, 9],
        [2, 0, 9],
      ],
      [3, 3, 3],
    ],
    [
      "of unknown outcome",
      [
        [0, 0],
        [1, 1, 2],
        [2, 3],
      ],
      [3, 2, 3],
    ],
    [
      "a return at the instant of a call counts as after it",
      [
        [0, 0, 1],
        [1, 1, 2],
        [2, 3, 4],
      ],
      [2, 2, 3],
    ],
    [
      "no time at all",
      [
        [0, 5, 5],
        [1, 5, 5],
        [2, 6, 6],
      ],
      [2, 2, 3],
    ],
    [
      "over ever more of the others",
      [
        [0, 0, 3],
        [1, 1, 4],
        [2, 2, 7],
        [3, 3, 8],
        [4, 4, 10],
        [5, 5, 6],
        [6, 6, 7],
        [7, 7, 8],
        [8, 8, 9],
        [9, 9, 9],
      ],
      [4, 5, 8, 9, 10, 7, 8, 9, 10, 10],
    ],
  ])("%s", (_, timed, expected) => expect([...(untils(opsOf(timed)) ?? [])]).toEqual(expected));

  it("is there only for operations in order of their calls", () => {
    const ops = opsOf([
      [0, 0, 9],
      [1, 1, 9],
      [2, 2, 9],
    ]);
    expect(untils(ops)).toBeDefined();
    const [first, second, third] = ops as [Operation, Operation, Operation];
    expect(untils([second, first, third])).toBeUndefined();
    expect(untils([first, third, second])).toBeUndefined();
    expect(decideInTime([second, first], () => accepted)).toEqual({
      type: "declined",
      why: "the operations are not in order of their calls",
    });
  });
});

it("an operation of unknown outcome never returns, whenever its client gave up", () => {
  const [op] = opsOf([[0, 3]]) as [Operation];
  const { calls, returns } = spansOf([{ ...op, returnNs: 5 }]);
  expect([[...calls], [...returns]]).toEqual([[3], [Number.POSITIVE_INFINITY]]);
});

describe("the orders of time that are asked about", () => {
  const asked = (decisions: readonly Decision[], timed: readonly Timed[]): [number[][], Decision] => {
    const seen: number[][] = [];
    const decision = decideInTime(opsOf(timed), (until) => {
      seen.push([...until]);
      return decisions[seen.length - 1] ?? accepted;
    });
    return [seen, decision];
  };

  it.each<[name: string, timed: readonly Timed[], orders: readonly (readonly number[])[]]>([
    [
      "one if nothing touches",
      [
        [0, 0, 1],
        [0, 2, 3],
      ],
      [[1, 2]],
    ],
    [
      "one if only others touch",
      [
        [0, 0, 5],
        [1, 5, 5],
        [2, 5, 9],
      ],
      [[3, 3, 3]],
    ],
    ["one for an operation that takes no time, which does not touch itself", [[0, 5, 5]], [[1]]],
    [
      "one if it takes no time and the next one touches it",
      [
        [0, 5, 5],
        [0, 5, 6],
      ],
      [[1, 2]],
    ],
    [
      "one if the other was called before it touches itself",
      [
        [0, 0, 5],
        [1, 5, 9],
        [0, 5, 9],
      ],
      [[2, 3, 3]],
    ],
    [
      "one if the other was called later",
      [
        [0, 0, 5],
        [0, 5, 9],
        [1, 6, 9],
      ],
      [[1, 3, 3]],
    ],
    [
      "one if it touches itself twice",
      [
        [0, 0, 5],
        [0, 5, 5],
        [0, 5, 9],
      ],
      [[1, 2, 3]],
    ],
    [
      "one if it touches itself at two instants",
      [
        [0, 0, 5],
        [0, 5, 7],
        [0, 7, 9],
        [1, 8, 9],
      ],
      [[1, 2, 4, 4]],
    ],
    [
      "two if another was called after it",
      [
        [0, 0, 5],
        [0, 5, 9],
        [1, 5, 9],
      ],
      [
        [3, 3, 3],
        [1, 3, 3],
      ],
    ],
    [
      "two if another was called between it touching itself twice",
      [
        [0, 0, 5],
        [0, 5, 5],
        [1, 5, 9],
        [0, 5, 9],
      ],
      [
        [4, 4, 4, 4],
        [1, 3, 4, 4],
      ],
    ],
    [
      "two if the first of several instants needs it",
      [
        [0, 0, 5],
        [0, 5, 7],
        [1, 5, 9],
        [0, 7, 9],
      ],
      [
        [3, 4, 4, 4],
        [1, 3, 4, 4],
      ],
    ],
  ])("are %s", (_, timed, orders) => expect(asked([], timed)).toEqual([orders, accepted]));

  const wrong: Decision = { type: "not-linearizable", culprits: [0] };
  const time: Decision = { type: "time", placed: 0 };
  const depends: Decision = {
    type: "declined",
    why: "whether it is linearizable depends on operations of one process that only touch",
  };
  it.each([
    { name: "both accept", decisions: [{ type: "linearizable", placed: 7 }, accepted], orders: 2, given: 0 },
    { name: "the loose one refutes", decisions: [wrong, accepted], orders: 1, given: 0 },
    { name: "the loose one has no time", decisions: [time, accepted], orders: 1, given: 0 },
    { name: "the strict one refutes", decisions: [accepted, wrong, depends], orders: 2, given: 2 },
    { name: "the strict one has no time", decisions: [accepted, time, depends], orders: 2, given: 2 },
  ] as { name: string; decisions: Decision[]; orders: number; given: number }[])(
    "give a decision where $name",
    ({ decisions, orders, given }) => {
      const [seen, decision] = asked(decisions, [
        [0, 0, 5],
        [0, 5, 9],
        [1, 5, 9],
      ]);
      expect([seen.length, decision]).toEqual([orders, decisions[given]]);
    },
  );

  it("give the decision of the strict one alone where that is exact", () => {
    expect(
      asked(
        [wrong],
        [
          [0, 0, 5],
          [0, 5, 9],
        ],
      ),
    ).toEqual([[[1, 2]], wrong]);
  });
});

describe("of positions", () => {
  const ops = opsOf([
    [0, 0, 1],
    [1, 1],
    [2, 2, 3],
    [3, 3, 4],
    [4, 4],
  ]).map((op) => ({ ...op, index: op.index + 10 }));

  it("a refutation names each once, in order, by its index", () => {
    expect(refuted(ops, [4, 2, 4, 0])).toEqual({ type: "not-linearizable", culprits: [10, 12, 14] });
    const many = [...ops, ...ops, ...ops].map((op, index) => ({ ...op, index }));
    expect(refuted(many, [10, 9, 1])).toEqual({ type: "not-linearizable", culprits: [1, 9, 10] });
  });

  it("those of unknown outcome need no place", () => {
    const completed = (some: readonly Operation[]): number | undefined => timesOf(some)?.completed;
    expect([completed([]), completed(ops), completed(ops.slice(1, 2))]).toEqual([0, 3, 0]);
    const failed = { ...(ops[0] as Operation), outcome: { type: "fail", error: { name: "x" } } } as Operation;
    expect(completed([failed])).toBe(1);
  });
});

describe("an algorithm for objects in their usual state", () => {
  const seen: unknown[][] = [];
  const always: Algorithm = {
    name: "always",
    specs: ["set"],
    source: "nowhere",
    decide: (...args) => {
      seen.push(args);
      return accepted;
    },
  };
  const guarded = fromInitial(always);
  const set = SPECS.set as Spec;
  const unusual = { type: "declined", why: "the object is not in its usual state at first" };

  it("keeps its name and is asked with the same arguments", () => {
    expect([guarded.name, guarded.specs, guarded.source]).toEqual(["always", ["set"], "nowhere"]);
    const ops = opsOf([[0, 0, 1]]);
    expect(guarded.decide(set, ops, 17)).toBe(accepted);
    expect(seen).toEqual([[set, ops, 17]]);
    // Another specification object that begins in the same state.
    expect(guarded.decide({ ...set }, ops, 17)).toBe(accepted);
  });

  it("declines others, and specifications it does not know", () => {
    expect(guarded.decide({ ...set, key: (state) => `${set.key(state)}!` }, [], 0)).toEqual(unusual);
    expect(guarded.decide({ ...set, name: "counter" }, [], 0)).toEqual(unusual);
    expect(guarded.decide({ ...set, name: "something else" }, [], 0)).toEqual(unusual);
  });
});

describe("making a list smaller", () => {
  const looked = (count: number, needed: readonly number[], maxWork = 1_000): [string[], readonly number[]] => {
    const lists: string[] = [];
    const items = Array.from({ length: count }, (_, i) => i);
    const kept = shrink(
      items,
      (some) => {
        lists.push(some.join(""));
        return needed.every((item) => some.includes(item));
      },
      maxWork,
    );
    return [lists, kept];
  };

  it.each([
    { count: 0, needed: [], lists: [], kept: [] },
    { count: 1, needed: [], lists: [], kept: [0] },
    { count: 2, needed: [], lists: ["1"], kept: [1] },
    { count: 2, needed: [0, 1], lists: ["1", "0"], kept: [0, 1] },
    { count: 3, needed: [2], lists: ["2"], kept: [2] },
    { count: 5, needed: [4], lists: ["34", "4"], kept: [4] },
    { count: 5, needed: [0, 4], lists: ["34", "012", "234", "014", "01", "14", "04", "0"], kept: [0, 4] },
  ])("of $count items of which $needed are needed", ({ count, needed, lists, kept }) => {
    expect(looked(count, needed)).toEqual([lists, kept]);
  });

  it("does as much as it may, and then keeps what it has", () => {
    expect(looked(5, [4], 1)).toEqual([[], [0, 1, 2, 3, 4]]);
    expect(looked(5, [4], 2)).toEqual([["34"], [3, 4]]);
    expect(looked(5, [4], 3)).toEqual([["34", "4"], [4]]);
    expect(looked(4, [0, 1, 2, 3], 6)).toEqual([
      ["23", "01"],
      [0, 1, 2, 3],
    ]);
  });
});

describe("numbers of values", () => {
  // About the size of the table of small numbers: 4 * 1 + 64, and 4 * 1 + 16.
  const values: Json[] = [
    0,
    1,
    19,
    20,
    21,
    67,
    68,
    69,
    1e9,
    -1,
    0.5,
    "0",
    "",
    null,
    true,
    false,
    [1],
    [1, 2],
    { a: 1 },
  ];

  it("are given once to each different one", () => {
    const distinct = new DistinctValues(1);
    for (const [i, value] of values.entries()) {
      expect([distinct.find(value), distinct.size]).toEqual([-1, i]);
      expect([distinct.add(value), distinct.find(value), distinct.size]).toEqual([i, i, i + 1]);
      expect([distinct.add(value), distinct.find(value), distinct.size]).toEqual([-1, i, i + 1]);
    }
    expect(values.map((value) => distinct.find(value))).toEqual(values.map((_, i) => i));
    expect(values.toReversed().map((value) => distinct.find(value))).toEqual(values.map((_, i) => i).reverse());
    expect([distinct.find({ a: 2 }), distinct.find(66), distinct.find(70), distinct.find("1")]).toEqual([
      -1, -1, -1, -1,
    ]);
  });

  it("are given to texts of all lengths, also to those of equal hash, as to any others", () => {
    // The first two pairs have the same FNV-1a hash.
    const texts = ["costarring", "liquid", "declinate", "macallums"];
    for (let i = 0; i < 1_000; i++) texts.push(`v${i}`, String(i).repeat(20), `${"x".repeat(60 + (i % 8))}${i}`);
    const different = [...new Set(texts)];
    const distinct = new DistinctValues(1);
    for (const [i, text] of different.entries()) {
      expect([distinct.find(text), distinct.add(text), distinct.add(text)]).toEqual([-1, i, -1]);
      expect([distinct.find(different[i >> 1] as string), distinct.id(text)]).toEqual([i >> 1, i]);
    }
    expect(different.map((text) => distinct.find(text))).toEqual(different.map((_, i) => i));
    expect(distinct.size).toBe(different.length);
  });

  it("are given in order of first use, and then again", () => {
    const ids = new DistinctValues(1);
    for (const [i, value] of values.entries()) {
      expect([ids.size, ids.id(value), ids.size]).toEqual([i, i, i + 1]);
      expect([ids.id(value), ids.size]).toEqual([i, i + 1]);
    }
    expect(values.map((value) => ids.id(value))).toEqual(values.map((_, i) => i));
  });
});

describe("spans of items", () => {
  it("are open at both ends, and the first that fits is found", () => {
    const spans = new Spans(Int32Array.of(2, 1, 1), Int32Array.of(5, 6, 7));
    const from = (start: number, end: number, low = 0, high = 2): number => spans.find(low, high, start, end);
    expect([from(1, 0), from(2, 0), from(3, 0), from(3, 5), from(3, 6), from(3, 7)]).toEqual([-1, 1, 0, 1, 2, -1]);
    expect([from(3, 0, 1), from(3, 0, 2), from(3, 0, 0, 0), from(2, 0, 0, 0), from(3, 0, 3, 9)]).toEqual([
      1, 2, 0, -1, -1,
    ]);
  });

  it("are gone when they are removed, also one at position 0", () => {
    const spans = new Spans(Int32Array.of(0, 0), Int32Array.of(0, 0));
    expect([spans.has(0), spans.has(1), spans.find(0, 1, 1, -1)]).toEqual([true, true, 0]);
    spans.remove(0);
    expect([spans.has(0), spans.has(1), spans.find(0, 1, 1, -1)]).toEqual([false, true, 1]);
    spans.remove(1);
    expect([spans.has(1), spans.find(0, 1, 1, -1), spans.find(0, 1, 1, -2)]).toEqual([false, -1, -1]);
  });
});
