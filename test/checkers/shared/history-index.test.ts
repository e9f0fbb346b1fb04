import { describe, expect, it } from "vitest";
import { causal } from "../../../checkers/causal/index.ts";
import {
  type DataType,
  monotonicReads,
  monotonicWrites,
  readYourWrites,
  writesFollowReads,
} from "../../../checkers/sessions/index.ts";
import { canonical, Interner, show, showSome } from "../../../checkers/shared/values.ts";
import { type Checker, DEFAULT_BUDGET, type Verdict } from "../../../src/core/checker.ts";
import type { History } from "../../../src/core/history.ts";
import type { Json } from "../../../src/core/json.ts";
import type { Operation } from "../../../src/core/operation.ts";
import { history, type Sketch } from "../../support/histories.ts";
import { largeHistory } from "./large.ts";

const checkers = (type: DataType): Checker[] =>
  [readYourWrites, monotonicReads, monotonicWrites, writesFollowReads, causal].map((make) => make(type));

const verdicts = (type: DataType, checked: History): Verdict[] =>
  checkers(type).map((checker) => checker.check(checked, DEFAULT_BUDGET));

/** Every checker of the family says that the history is malformed, for this reason. */
function expectMalformed(type: DataType, checked: History, detail: RegExp): void {
  for (const verdict of verdicts(type, checked)) {
    expect(verdict).toMatchObject({ valid: "unknown", why: "malformed" });
    expect("detail" in verdict && verdict.detail).toMatch(detail);
  }
}

const seq = (...sketches: Omit<Sketch, "call" | "ret">[]): History =>
  history(sketches.map((sketch, i) => ({ ...sketch, call: 2 * i, ret: 2 * i + 1 })));

describe("histories that cannot be judged", () => {
  it("are vacuous when empty", () => {
    for (const type of ["register", "list"] as const)
      for (const verdict of verdicts(type, history([]))) expect(verdict).toMatchObject({ why: "vacuous" });
  });

  it("have a value that was written twice", () => {
    const twice = seq(
      { p: 0, f: "write", key: "x", input: 5 },
      { p: 1, f: "write", key: "x", input: 5 },
      { p: 1, f: "read", key: "x", ok: 5 },
    );
    expectMalformed("register", twice, /5 is written to x by both operation 0 and operation 1/);
    const doubled = seq({ p: 0, f: "append", key: "x", input: [1] }, { p: 1, f: "append", key: "x", input: [1] });
    expectMalformed("list", doubled, /written to x by both/);
  });

  it("write the initial value of a register", () => {
    expectMalformed("register", seq({ p: 0, f: "write", key: "x", input: null }), /null.*initial state/);
  });

  it("have operations that the data type does not know, or misshapen ones", () => {
    expectMalformed("register", seq({ p: 0, f: "append", key: "x", input: 1 }), /operation 0.*append/);
    expectMalformed("list", seq({ p: 0, f: "cas", key: "x", input: [1, 2] }), /operation 0.*cas/);
    expectMalformed("register", seq({ p: 0, f: "cas", key: "x", input: 3 }), /\[from, to\]/);
    expectMalformed("list", seq({ p: 0, f: "read", key: "x", ok: 3 }), /must yield a list/);
  });

  it("have a process that overlaps itself or goes on after an unknown outcome", () => {
    const op = (index: number, callNs: number, returnNs: number): Operation => ({
      index,
      process: 0,
      node: "n1",
      f: "write",
      key: "x",
      input: index,
      callNs,
      returnNs,
      outcome:
        returnNs === Number.POSITIVE_INFINITY
          ? { type: "info", error: { name: "timeout" } }
          : { type: "ok", value: null },
    });
    const of = (...ops: Operation[]): History => ({ ops, faults: [], meta: { version: 1 } });
    expectMalformed("register", of(op(0, 0, 5), op(1, 3, 6)), /process 0 overlaps itself/);
    expectMalformed("register", of(op(0, 0, Number.POSITIVE_INFINITY), op(1, 3, 6)), /after the unknown outcome/);
  });

  it("are judged on their other keys: a violation there counts, but nothing else does", () => {
    const ambiguous: Omit<Sketch, "call" | "ret">[] = [
      { p: 0, f: "write", key: "bad", input: 1 },
      { p: 0, f: "write", key: "bad", input: 1 },
    ];
    const fine = seq(...ambiguous, { p: 0, f: "write", key: "x", input: 1 }, { p: 0, f: "read", key: "x", ok: 1 });
    expect(readYourWrites("register").check(fine, DEFAULT_BUDGET)).toMatchObject({
      valid: "unknown",
      why: "malformed",
      detail: expect.stringMatching(/written to bad by both.*other keys \(1\)/),
    });
    const broken = seq(...ambiguous, { p: 0, f: "write", key: "x", input: 1 }, { p: 0, f: "read", key: "x", ok: null });
    expect(readYourWrites("register").check(broken, DEFAULT_BUDGET).valid).toBe(false);
  });

  it("are too large for the budget", () => {
    const large = largeHistory(
      { type: "register", ops: 20_000, threads: 5, opsPerKey: 100, unknown: 0, copies: 2 },
      false,
    );
    const verdict = causal("register").check(large, { ...DEFAULT_BUDGET, timeMs: 0 });
    expect(verdict).toMatchObject({ valid: "unknown", why: "budget" });
  });
});

describe("what does not count", () => {
  it("is a closing read, a failed operation, and a value that only failed operations wrote twice", () => {
    const ignored = history([
      { p: 0, f: "write", key: "x", input: 1, call: 0, ret: 1, fail: "abort" },
      { p: 0, f: "write", key: "x", input: 1, call: 2, ret: 3 },
      { p: 0, f: "launch", key: "x", call: 4, ret: 5, fail: "not-supported" },
      { p: 0, f: "read", key: "x", call: 6, ret: 7, ok: null, final: true },
      { p: 0, f: "read", key: "x", call: 8, ret: 9, ok: 1 },
    ]);
    expect(readYourWrites("register").check(ignored, DEFAULT_BUDGET)).toEqual({ valid: true, checked: 1 });
  });

  it("is a compare-and-set of unknown outcome, unless its value was seen", () => {
    const ops: Sketch[] = [
      { p: 0, f: "write", key: "x", input: 1, call: 0, ret: 1 },
      { p: 1, f: "cas", key: "x", input: [1, 2], call: 2 },
      { p: 2, f: "cas", key: "x", input: [2, 3], call: 4 },
      { p: 3, f: "read", key: "x", call: 6, ret: 7, ok: 3 },
    ];
    const back: Sketch = { p: 3, f: "read", key: "x", call: 8, ret: 9, ok: 1 };
    // The read of 3 proves both swaps, and so that 3 is newer than 1.
    expect(monotonicReads("register").check(history([...ops, back]), DEFAULT_BUDGET).valid).toBe(false);
    const unseen = ops.map((op) => (op.f === "read" ? { ...op, ok: 1 } : op));
    expect(monotonicReads("register").check(history([...unseen, back]), DEFAULT_BUDGET)).toMatchObject({ valid: true });
  });
});

describe("values", () => {
  it("are the same whatever the order of an object's keys", () => {
    expect(canonical({ a: 1, b: [null, { c: "x", d: 2 }] })).toBe(canonical({ b: [null, { d: 2, c: "x" }], a: 1 }));
    expect(canonical("1")).not.toBe(canonical(1));
    const objects = seq(
      { p: 0, f: "write", key: "x", input: { a: 1, b: 2 } },
      { p: 0, f: "read", key: "x", ok: { b: 2, a: 1 } },
    );
    expect(causal("register").check(objects, DEFAULT_BUDGET)).toEqual({ valid: true, checked: 1 });
  });

  it("are the same as JSON, where a property may be undefined", () => {
    expect(canonical({ a: undefined, b: 1 } as unknown as Json)).toBe('{"b":1}');
    expect(canonical({ b: [1, { d: 2, c: null }], a: "x", ab: true })).toBe(
      '{"a":"x","ab":true,"b":[1,{"c":null,"d":2}]}',
    );
    expect([canonical(null), canonical([]), canonical({})]).toEqual(["null", "[]", "{}"]);
  });

  it("get a number each, in order of first use", () => {
    const interner = new Interner();
    const values: Json[] = [3, "3", null, [1], { a: 1, b: 2 }, 3, [1], { b: 2, a: 1 }, false, "[1]", null];
    expect(values.map((value) => interner.id(value))).toEqual([0, 1, 2, 3, 4, 0, 3, 4, 5, 6, 2]);
    expect(interner.values).toEqual([3, "3", null, [1], { a: 1, b: 2 }, false, "[1]"]);
  });

  it("are shown short", () => {
    expect([show(null), show(undefined), show([]), show("a"), show({ b: 1, a: null })]).toEqual([
      "nothing",
      "nothing",
      "[]",
      '"a"',
      '{"a":null,"b":1}',
    ]);
    expect(show([1, 2, 3, 4, 5, 6, 7, 8])).toBe("[1, 2, 3, 4, 5, 6, 7, 8]");
    expect([show("x".repeat(38)), show("x".repeat(39))]).toEqual([`"${"x".repeat(38)}"`, `"${"x".repeat(38)}…`]);
    expect(show(["x".repeat(39)])).toBe(`["${"x".repeat(38)}…]`);
    expect([showSome([1, 2, 3, 4, 5, 6, 7, 8]), showSome([])]).toEqual(["1, 2, 3, 4, 5, 6, 7, 8", ""]);
    expect(show([1, 2])).toBe("[1, 2]");
    expect(show([...Array(20).keys()])).toBe("[… 12 more, 12, 13, 14, 15, 16, 17, 18, 19]");
    expect(show("x".repeat(100)).length).toBeLessThan(50);
    expect(showSome([1, 2, 3, 4, 5, 6, 7, 8, 9])).toBe("1, 2, 3, 4, 5, 6, 7, 8 and 1 more");
  });
});
