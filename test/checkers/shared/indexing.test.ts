import { describe, expect, it } from "vitest";
import { causal, causalCc } from "../../../checkers/causal/index.ts";
import { effectOf } from "../../../checkers/shared/effects.ts";
import { indexedChecker } from "../../../checkers/shared/history-checker.ts";
import { indexHistory } from "../../../checkers/shared/history-index.ts";
import { commonPrefix, Positions } from "../../../checkers/shared/positions.ts";
import { INITIAL, indexRegisters, NO_READ, THIN_AIR } from "../../../checkers/shared/registers.ts";
import type { DataType } from "../../../checkers/shared/values.ts";
import { DEFAULT_BUDGET, type Verdict } from "../../../src/core/checker.ts";
import type { Json } from "../../../src/core/json.ts";
import type { Operation, Outcome } from "../../../src/core/operation.ts";
import { history, type Sketch } from "../../support/histories.ts";

const seq = (...sketches: Omit<Sketch, "call">[]) =>
  history(sketches.map((sketch, i) => ({ ...sketch, call: 2 * i, ...("ret" in sketch ? { ret: 2 * i + 1 } : {}) })));

const operation = (f: string, input: Json, outcome: Outcome): Operation => ({
  index: 0,
  process: 0,
  node: "n1",
  f,
  input,
  callNs: 0,
  returnNs: 1,
  outcome,
});

const ok = (value?: Json): Outcome => ({ type: "ok", value }) as Outcome;
const info: Outcome = { type: "info", error: { name: "timeout" } };

describe("what an operation does", () => {
  it.each<[DataType, string, Json, Outcome, object]>([
    ["register", "read", null, ok(3), { saw: [3] }],
    ["register", "read", null, ok(null), { saw: [] }],
    ["register", "read", null, ok(), { saw: [] }],
    ["register", "read", null, info, {}],
    ["register", "write", 3, ok(null), { wrote: 3 }],
    ["register", "write", 3, info, { wrote: 3 }],
    ["register", "cas", [1, 2], ok(null), { saw: [1], wrote: 2 }],
    ["register", "cas", [null, 2], info, { saw: [], wrote: 2 }],
    ["register", "cas", [1, null], ok(null), { saw: [1], wrote: null }],
    ["register", "cas", [1], ok(null), { wrong: "the input of a cas must be [from, to]" }],
    ["register", "cas", [1, 2, 3], ok(null), { wrong: "the input of a cas must be [from, to]" }],
    ["register", "add", 3, ok(null), { wrong: "a register knows read, write and cas, but not add" }],
    ["list", "read", null, ok([1, 2]), { saw: [1, 2] }],
    ["list", "read", null, ok(null), { saw: [] }],
    ["list", "read", null, ok(), { saw: [] }],
    ["list", "read", null, info, {}],
    ["list", "read", null, ok("x"), { wrong: "a read of a list must yield a list or null" }],
    ["list", "append", 3, info, { wrote: 3 }],
    ["list", "append", [1], ok(null), { wrote: [1] }],
    ["list", "write", 3, ok(null), { wrong: "a list knows read and append, but not write" }],
    ["set", "read", null, ok([1, 2]), { saw: [1, 2] }],
    ["set", "read", null, ok(null), { saw: [] }],
    ["set", "read", null, ok(), { saw: [] }],
    ["set", "read", null, info, {}],
    ["set", "read", null, ok(3), { wrong: "a read of a set must yield a list or null" }],
    ["set", "contains", 3, ok(true), { saw: [3], asked: 3 }],
    ["set", "contains", 3, ok(false), { saw: [], asked: 3 }],
    ["set", "contains", 3, ok(null), { wrong: "contains must yield true or false" }],
    ["set", "contains", 3, info, {}],
    ["set", "add", 3, ok(null), { wrote: 3 }],
    ["set", "add", 3, ok(true), { wrote: 3 }],
    ["set", "add", 3, info, { wrote: 3 }],
    ["set", "add", 3, ok(false), { wrote: 3, doubt: "3 is said to have been there already" }],
    ["set", "remove", 3, ok(null), { removed: 3 }],
    ["set", "append", 3, ok(null), { wrong: "a set knows add, remove, contains and read, but not append" }],
  ])("to a %s: %s %j", (type, f, input, outcome, effect) => {
    expect(effectOf(type, operation(f, input, outcome))).toEqual(effect);
  });
});

describe("an index", () => {
  const accesses = (type: DataType, ...sketches: Omit<Sketch, "call">[]): unknown => {
    const index = indexHistory(seq(...sketches), type);
    if ("malformed" in index) return index;
    return {
      sessions: index.sessions.map((session) =>
        session.map(({ op, key, saw, wrote, asked }) => {
          const value = (id: number | undefined): Json | undefined => (id === undefined ? undefined : key.values[id]);
          return [op.index, saw ? [...saw].map(value) : undefined, value(wrote), value(asked)];
        }),
      ),
      leftOut: index.leftOut,
    };
  };

  it("has the sessions in turn, without what failed, what closes the run, and what left no trace", () => {
    expect(
      accesses(
        "register",
        { p: 7, f: "write", key: "x", input: 1, ret: 1 },
        { p: 5, f: "cas", key: "x", input: [1, 2] },
        { p: 7, f: "write", key: "x", input: 9, ret: 1, fail: "abort" },
        { p: 6, f: "cas", key: "x", input: [2, 3] },
        { p: 4, f: "cas", key: "x", input: [1, 4] },
        { p: 7, f: "read", key: "x", ret: 1, ok: 3 },
        { p: 3, f: "read", key: "x" },
        { p: 2, f: "write", key: "x", input: 8 },
        { p: 7, f: "read", key: "x", ret: 1, ok: 3, final: true },
      ),
    ).toEqual({
      sessions: [
        [
          [0, undefined, 1, undefined],
          [5, [3], undefined, undefined],
        ],
        [[1, [1], 2, undefined]],
        [[3, [2], 3, undefined]],
        [[7, undefined, 8, undefined]],
      ],
      leftOut: [],
    });
  });

  it("has no elements of a set that were removed, nor what is asked of them", () => {
    expect(
      accesses(
        "set",
        { p: 0, f: "add", key: "x", input: "b", ret: 1 },
        { p: 0, f: "add", key: "x", input: "a", ret: 1 },
        { p: 0, f: "remove", key: "x", input: "a", ret: 1 },
        { p: 0, f: "add", key: "x", input: "a", ret: 1 },
        { p: 0, f: "remove", key: "x", input: "b", ret: 1, fail: "abort" },
        { p: 0, f: "read", key: "x", ret: 1, ok: ["a", "b"] },
        { p: 0, f: "contains", key: "x", input: "a", ret: 1, ok: true },
        { p: 0, f: "contains", key: "x", input: "b", ret: 1, ok: true },
      ),
    ).toEqual({
      sessions: [
        [
          [0, undefined, "b", undefined],
          [5, ["b"], undefined, undefined],
          [7, ["b"], undefined, "b"],
        ],
      ],
      leftOut: ["elements of x were removed, and what reads show of those is not judged"],
    });
  });

  it("leaves out a set of which an add found the element there already, or to which it was added twice", () => {
    const add = { p: 0, f: "add", input: 1, ret: 1 };
    expect(accesses("set", { ...add, ok: false }, { ...add, key: "y" })).toEqual({
      sessions: [[[1, undefined, 1, undefined]]],
      leftOut: ["operation 0 on the object: 1 is said to have been there already"],
    });
    expect(accesses("set", { ...add, key: "x", ok: false }, { ...add, key: "x", input: 2, ok: false })).toEqual({
      sessions: [],
      leftOut: ["operation 0 on x: 1 is said to have been there already"],
    });
    expect(accesses("set", add, { ...add, p: 1 })).toEqual({
      sessions: [],
      leftOut: ["1 is written to the object by both operation 0 and operation 1; values must be unique per key"],
    });
  });

  it("takes null for a value of lists and sets, but not of registers", () => {
    const nothing = (f: string): Omit<Sketch, "call"> => ({ p: 0, f, key: "x", input: null, ret: 1 });
    for (const [type, f] of [
      ["list", "append"],
      ["set", "add"],
    ] as const)
      expect(accesses(type, nothing(f))).toEqual({ sessions: [[[0, undefined, null, undefined]]], leftOut: [] });
    const leftOut = ["operation 0 writes null to x, which also stands for the initial state"];
    expect(accesses("register", nothing("write"))).toEqual({ sessions: [], leftOut });
    expect(indexRegisters(seq(nothing("write")))).toMatchObject({ count: 0, keys: [], leftOut });
  });

  it("asks that a process does one operation after the other, closing reads apart", () => {
    const write = { p: 0, f: "write", key: "x" };
    const touching = history([
      { ...write, input: 1, call: 0, ret: 5 },
      { ...write, input: 2, call: 5, ret: 6 },
      { p: 1, f: "write", key: "x", input: 3, call: 6 },
    ]);
    const closing = touching.ops.map((op, i) => ({ ...op, index: 3 + i, f: "read", callNs: 1, final: true as const }));
    for (const ops of [touching.ops, [...closing, ...touching.ops], [...touching.ops, ...closing]]) {
      expect(indexHistory({ ...touching, ops }, "register")).toMatchObject({ leftOut: [] });
      expect(indexRegisters({ ...touching, ops })).toMatchObject({ count: 3, leftOut: [] });
    }
  });

  it("of registers tells of each operation what it saw, and of each key who wrote it", () => {
    const index = indexRegisters(
      seq(
        { p: 3, f: "write", key: "y", input: 1, ret: 1 },
        { p: 1, f: "write", key: "x", input: 1, ret: 1 },
        { p: 3, f: "write", key: "x", input: 2, ret: 1 },
        { p: 1, f: "read", key: "x", ret: 1, ok: 2 },
        { p: 1, f: "read", key: "x", ret: 1, ok: null },
        { p: 1, f: "read", key: "x", ret: 1, ok: 7 },
        { p: 1, f: "cas", key: "x", input: [1, 3], ret: 1 },
        { p: 3, f: "cas", key: "x", input: [3, 4] },
        { p: 0, f: "write", key: "z", input: 1, ret: 1 },
        { p: 0, f: "write", key: "z", input: 1, ret: 1 },
        { p: 0, f: "write", key: "z", input: 1, ret: 1 },
        { p: 0, f: "read", key: "u", ret: 1, ok: null },
      ),
    );
    if ("malformed" in index) throw new Error(index.malformed);
    const list = (values: ArrayLike<number>): number[] => Array.from(values);
    expect(list(index.op)).toEqual([0, 2, 1, 3, 4, 5, 6, 11]);
    expect(list(index.first)).toEqual([0, 2, 7, 8]);
    expect(list(index.source)).toEqual([NO_READ, NO_READ, NO_READ, 1, INITIAL, THIN_AIR, 2, INITIAL]);
    expect(list(index.writes)).toEqual([1, 1, 1, 0, 0, 0, 1, 0]);
    expect([index.keyNames, index.keys]).toEqual([
      ["y", "x", "z", "u"],
      ["y", "x", "u"],
    ]);
    expect(index.leftOut).toEqual([
      "1 is written to z by both operation 8 and operation 9; values must be unique per key",
    ]);
    // y by 3; x by 3 and by 1.
    expect(list(index.slots)).toEqual([0, 1, 3, 3, 3]);
    expect(list(index.slotSession)).toEqual([0, 0, 1]);
    expect(list(index.slotAt)).toEqual([0, 1, 2, 4]);
    expect(list(index.slotWrites)).toEqual([0, 1, 2, 6]);
    expect(list(index.slot)).toEqual([0, 1, 2, -1, -1, -1, 2, -1]);
    expect([0, 1, 2, 6].map((id) => index.slotPosition[id])).toEqual([0, 1, 2, 3]);
  });

  it("of registers has compare-and-sets of unknown outcome only if somebody who happened saw them", () => {
    const index = indexRegisters(
      seq(
        { p: 0, f: "launch", key: "x", ret: 1, fail: "not-supported" },
        { p: 7, f: "write", key: "x", input: 1, ret: 1 },
        { p: 4, f: "cas", key: "x", input: [1, 4] },
        { p: 6, f: "cas", key: "x", input: [2, 3] },
        { p: 5, f: "cas", key: "x", input: [1, 2] },
        { p: 3, f: "cas", key: "x", input: [4, 5] },
        { p: 2, f: "cas", key: "y", input: [null, 3] },
        { p: 7, f: "read", key: "x", ret: 1, ok: 3 },
        { p: 7, f: "read", key: "x", ret: 1, ok: 5, fail: "abort" },
        { p: 8, f: "read", key: "x" },
        { p: 9, f: "write", key: "x", input: 8 },
        { p: 7, f: "cas", key: "x", input: [2, 9], ret: 1 },
      ),
    );
    if ("malformed" in index) throw new Error(index.malformed);
    expect([...index.op]).toEqual([1, 7, 11, 3, 4, 10]);
    expect([...index.source]).toEqual([NO_READ, 3, 4, 4, 0, NO_READ]);
  });

  it("is made once for a history", () => {
    const made = seq({ p: 0, f: "write", key: "x", input: 1, ret: 1 });
    expect(indexRegisters(made)).toBe(indexRegisters(made));
  });
});

describe("the positions of values in a list", () => {
  const key = { name: "x", values: [5, 6, 7, 8], writers: [], failed: new Map(), accesses: [] };

  it("are those of the list last loaded, and of what occurs twice the first", () => {
    const positions = new Positions(key);
    const all = (): number[] => [0, 1, 2, 3].map((value) => positions.of(value));
    positions.load(Int32Array.of(2, 0, 2, 3));
    expect(all()).toEqual([1, -1, 0, 3]);
    positions.load(Int32Array.of(1));
    expect(all()).toEqual([-1, 0, -1, -1]);
    positions.load(Int32Array.of());
    expect(all()).toEqual([-1, -1, -1, -1]);
  });

  it("that two lists have in common are counted from the front", () => {
    const common = (a: number[], b: number[]): number => commonPrefix(Int32Array.from(a), Int32Array.from(b));
    expect(common([], [])).toBe(0);
    expect(common([], [1])).toBe(0);
    expect(common([1, 2, 3], [1, 2, 4])).toBe(2);
    expect(common([1, 2], [1, 2, 3])).toBe(2);
    expect(common([1, 2, 3], [1, 2, 3])).toBe(3);
    expect(common([2, 2], [1, 2])).toBe(0);
  });
});

describe("values out of thin air", () => {
  it.each([
    ["list", "append", [7]],
    ["set", "add", [7]],
    ["register", "write", 7],
  ] as const)("of a %s are told with the %s that failed", (type, f, value) => {
    const failed = { p: 0, f, key: "x", input: 7, ret: 1, fail: "abort" };
    const read = { p: 1, f: "read", key: "x", ret: 1, ok: value };
    const verdict = causal(type).check(seq(failed, read), DEFAULT_BUDGET);
    expect(verdict).toMatchObject({ valid: false, anomalies: [{ kind: "ThinAirRead", ops: [0, 1] }] });
    const other = seq(failed, { ...failed, key: "y" }, { ...read, key: "z" }, { ...read, key: "z" });
    expect(causal(type).check(other, DEFAULT_BUDGET)).toMatchObject({
      anomalies: [{ kind: "ThinAirRead", key: "z", ops: [2], because: [] }],
    });
  });
});

describe("checkers of an index", () => {
  const nothing = history([]);
  const [op] = seq({ p: 0, f: "read", key: "x", ret: 1, ok: 1 }).ops as [Operation];
  const found = () => ({ rulesOut: ["causal-cc"] as const, explanation: "wrong", ops: [op], because: [] });

  const verdict = (keys: number, leftOut: readonly string[], checked: number, isWrong = false): Verdict =>
    indexedChecker({
      model: "pram",
      index: () => ({ keys: Array.from({ length: keys }), leftOut }),
      judge: (_, anomalies) => {
        if (isWrong) anomalies.add("wrong", found);
        return checked;
      },
      vacuous: "nothing was read",
    }).check(nothing, DEFAULT_BUDGET);

  it("speak for their model", () => {
    expect(causalCc("list")).toMatchObject({ name: "causal-cc", tests: ["causal-cc"], impliedByStronger: true });
  });

  it("say how much was judged, and what is wrong with it", () => {
    expect(verdict(1, [], 5)).toEqual({ valid: true, checked: 5 });
    expect(verdict(1, [], 0)).toEqual({ valid: "unknown", why: "vacuous", detail: "nothing was read" });
    expect(verdict(1, [], 5, true)).toMatchObject({
      valid: false,
      checked: 5,
      anomalies: [{ kind: "wrong", ops: [0] }],
    });
    expect(verdict(1, [], 0, true)).toMatchObject({ valid: false, checked: 1 });
  });

  it("do not say that all is well if they left out a key", () => {
    const detail = (keys: number, ...leftOut: string[]): unknown => verdict(keys, leftOut, 5);
    const malformed = (told: string): object => ({ valid: "unknown", why: "malformed", detail: told });
    expect(detail(0, "a")).toEqual(malformed("a"));
    expect(detail(2, "a")).toEqual(malformed("a; nothing wrong was found on the other keys (2)"));
    expect(detail(0, "a", "b", "c")).toEqual(malformed("a; b; c"));
    expect(detail(1, "a", "b", "c", "d", "e")).toEqual(
      malformed("a; b; c; and 2 more keys like that; nothing wrong was found on the other keys (1)"),
    );
    expect(verdict(2, ["a"], 5, true)).toMatchObject({ valid: false, checked: 5 });
  });

  it("keep what was found before the budget ran out, and do not hide mistakes of their own", () => {
    const failing = (isWrong: boolean, error?: Error) =>
      indexedChecker({
        model: "pram",
        index: () => ({ keys: [1], leftOut: [] }),
        judge: (_, anomalies, deadline) => {
          if (isWrong) anomalies.add("wrong", found);
          if (error) throw error;
          return deadline.giveUp("too much");
        },
        vacuous: "",
      });
    expect(failing(false).check(nothing, DEFAULT_BUDGET)).toEqual({
      valid: "unknown",
      why: "budget",
      detail: "too much",
    });
    expect(failing(true).check(nothing, DEFAULT_BUDGET)).toMatchObject({ valid: false, checked: 1 });
    expect(() => failing(true, new RangeError("a mistake")).check(nothing, DEFAULT_BUDGET)).toThrow(RangeError);
  });
});
