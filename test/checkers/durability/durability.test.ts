import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DataType, durability } from "../../../checkers/durability/index.ts";
import { DEFAULT_BUDGET, type Verdict } from "../../../src/core/checker.ts";
import type { History, HistoryMeta } from "../../../src/core/history.ts";
import type { Json } from "../../../src/core/json.ts";
import type { Operation } from "../../../src/core/operation.ts";
import { history, type Sketch } from "../../support/histories.ts";
import { runs } from "../../support/runs.ts";
import { forgetful, historyWithEnding, honest } from "./generate.ts";

const check = (type: DataType | "set", sketches: readonly Sketch[], meta: Partial<HistoryMeta> = {}): Verdict =>
  durability(type).check(history(sketches, meta), DEFAULT_BUDGET);

const S = 1_000_000_000;
const update = (f: "write" | "append" | "cas" | "add" | "remove", input: Json, call: number, ret?: number): Sketch => ({
  p: call,
  node: "n1",
  f,
  key: "x",
  input,
  call: call * S,
  ...(ret === undefined ? {} : { ret: ret * S }),
});
const finals = (...values: Json[]): Sketch[] =>
  values.map((ok, i) => ({
    p: 1000 + i,
    node: `n${i + 1}`,
    f: "read",
    key: "x",
    call: (100 + i) * S,
    ret: (100 + i) * S,
    final: true,
    ok,
  }));

describe("durability of lists", () => {
  it("holds where some copy has every acknowledged append", () => {
    const appends = [update("append", 1, 0, 1), update("append", 2, 2, 3), update("append", 3, 4)];
    expect(check("list", [...appends, ...finals([1], [2, 1])])).toEqual({ valid: true, checked: 2 });
  });

  it("is broken where none has it, and tells who acknowledged it and when", () => {
    const verdict = check("list", [update("append", 1, 0, 1), update("append", 2, 2, 3), ...finals([1], [1])]);
    expect(verdict).toMatchObject({
      valid: false,
      checked: 2,
      anomalies: [{ kind: "lost-write", rulesOut: ["durable"], key: "x", ops: [1, 2, 3] }],
    });
    expect(verdict.valid === false && verdict.anomalies[0].explanation).toMatch(
      /appended 2 to x and n1 acknowledged it at 3\.000 s.*n1 holds \[1\]; n2 holds \[1\]/,
    );
  });

  it("takes a read through the system at the end for evidence too", () => {
    const plain: Sketch = { p: 5000, f: "read", key: "x", call: 200 * S, ret: 201 * S, ok: [1] };
    expect(check("list", [update("append", 1, 0, 1), ...finals(null, []), plain])).toEqual({ valid: true, checked: 1 });
  });

  it("says nothing where less than a majority answered, or nobody did", () => {
    const lost = [update("append", 1, 0, 1), ...finals([])];
    expect(check("list", lost, { nodes: ["n1", "n2", "n3"] })).toMatchObject({ valid: "unknown", why: "vacuous" });
    expect(check("list", lost)).toMatchObject({ valid: false });
    expect(check("list", lost.slice(0, 1))).toMatchObject({ why: "vacuous" });
  });
});

describe("durability of sets", () => {
  it("asks for every acknowledged element that nobody can have removed after it", () => {
    const adds = [update("add", 1, 0, 1), update("add", 2, 2, 3), update("add", 3, 4)];
    expect(check("set", [...adds, ...finals([1], [2])])).toEqual({ valid: true, checked: 2 });
    const verdict = check("set", [...adds, ...finals([1], [1])]);
    expect(verdict).toMatchObject({
      valid: false,
      checked: 2,
      anomalies: [{ kind: "lost-write", rulesOut: ["durable"], key: "x", ops: [1, 3, 4] }],
    });
    expect(verdict.valid === false && verdict.anomalies[0].explanation).toMatch(
      /added 2 to x and n1 acknowledged it at 3\.000 s, and nobody removed 2 after that/,
    );
  });

  it("excuses an element that a remove may have taken out", () => {
    const [add, remove] = [update("add", 1, 0, 5), update("remove", 1, 6, 7)];
    expect(check("set", [add, remove, ...finals([], [])])).toMatchObject({ why: "vacuous" });
    expect(check("set", [add, update("remove", 1, 3), ...finals([], [])])).toMatchObject({ why: "vacuous" });
    expect(check("set", [remove, update("add", 1, 8, 9), ...finals([], [])])).toMatchObject({ valid: false });
    expect(check("set", [add, { ...remove, fail: "abort" }, ...finals([], [])])).toMatchObject({ valid: false });
  });
});

describe("durability of registers", () => {
  it("is broken by an older value than one acknowledged later", () => {
    const verdict = check("register", [update("write", 1, 0, 1), update("write", 2, 2, 3), ...finals(1, 1)]);
    expect(verdict).toMatchObject({ valid: false, checked: 2, anomalies: [{ kind: "lost-write", ops: [0, 1, 2, 3] }] });
    expect(verdict.valid === false && verdict.anomalies[0].explanation).toMatch(
      /wrote 2 to x and n1 acknowledged it at 3\.000 s.*holds 1, which process 0 had written before: n1 acknowledged it at 1\.000 s/,
    );
  });

  it("is broken by nothing where something was acknowledged, compare-and-sets included", () => {
    expect(check("register", [update("cas", [null, 1], 0, 1), ...finals(null, null)])).toMatchObject({ valid: false });
  });

  it("is not broken by what may have come last", () => {
    const older = update("write", 1, 0, 1);
    expect(check("register", [older, update("write", 2, 2, 3), update("write", 3, 1), ...finals(3, 3)])).toMatchObject({
      why: "vacuous",
    });
    const concurrent = [update("write", 1, 0, 3), update("write", 2, 2, 5)];
    expect(check("register", [...concurrent, ...finals(1, 1)])).toEqual({ valid: true, checked: 2 });
  });

  it("takes a list that nobody wrote for siblings: what was written after all of them is lost", () => {
    const siblings = [update("write", 1, 0, 3), update("write", 2, 2, 4)];
    const lost = check("register", [...siblings, update("write", 3, 5, 6), ...finals([1, 2], [1, 2])]);
    expect(lost).toMatchObject({ valid: false, checked: 3, anomalies: [{ kind: "lost-write", ops: [0, 1, 2, 3, 4] }] });
    expect(lost.valid === false && lost.anomalies[0].explanation).toMatch(
      /wrote 3 to x .*holds \[1, 2\], all of which had been acknowledged before that/,
    );
    const beside = [...siblings, update("write", 3, 4, 6)];
    expect(check("register", [...beside, ...finals([1, 2], [1, 2])])).toEqual({ valid: true, checked: 3 });
    expect(check("register", [...beside, ...finals([1, 7], [1, 7])])).toMatchObject({ why: "vacuous" });
    expect(check("register", [...beside, ...finals([], [])])).toMatchObject({ why: "vacuous" });
    const list = update("write", [1, 2], 7, 8);
    expect(check("register", [...beside, list, ...finals([1, 2], [1, 2])])).toEqual({ valid: true, checked: 4 });
  });

  it("says nothing where the copies differ or the value cannot be traced", () => {
    const writes = [update("write", 1, 0, 1), update("write", 2, 2, 3)];
    for (const values of [
      [1, 2],
      [7, 7],
    ])
      expect(check("register", [...writes, ...finals(...values)])).toMatchObject({ why: "vacuous" });
    expect(check("register", [...writes, update("write", 1, 4, 5), ...finals(1, 1)])).toMatchObject({ why: "vacuous" });
  });
});

/** Some order of the writes that keeps to real time, with or without those of unknown outcome, ends with this value. */
function canEndWith(value: Json, { ops }: History): boolean {
  const writes = ops.filter(({ f, final, outcome }) => f !== "read" && !final && outcome.type !== "fail");
  const walk = (left: readonly Operation[], last: Json): boolean => {
    if (last === value && left.every(({ outcome }) => outcome.type === "info")) return true;
    return left.some((next) => {
      const others = left.filter((other) => other !== next);
      if (others.some(({ returnNs }) => returnNs < next.callNs)) return false;
      return walk(others, next.f === "cas" ? ((next.input as readonly Json[])[1] ?? null) : next.input);
    });
  };
  return walk(writes, null);
}

/** All orders of operations that keep to real time. */
function ordersOf(ops: readonly Operation[]): Operation[][] {
  if (ops.length === 0) return [[]];
  return ops.flatMap((first) => {
    const others = ops.filter((other) => other !== first);
    return others.some(({ returnNs }) => returnNs < first.callNs)
      ? []
      : ordersOf(others).map((order) => [first, ...order]);
  });
}

const isAfter = (one: Operation, values: readonly Json[], order: readonly Operation[]): boolean =>
  order.every((other, i) => !values.includes(other.input) || i < order.indexOf(one));

const answersOf = ({ ops }: History): Json[] =>
  ops.flatMap(({ final, outcome }) => (final && outcome.type === "ok" ? [outcome.value] : []));

describe("durability against its definition", () => {
  it.each(["register", "list"] as const)("never accuses a linearizable %s whose copies are up to date", (type) => {
    let exercised = 0;
    fc.assert(
      fc.property(historyWithEnding(type, 30, honest), (checked) => {
        const verdict = durability(type).check(checked, DEFAULT_BUDGET);
        expect(verdict.valid, JSON.stringify(verdict)).not.toBe(false);
        if (verdict.valid) exercised++;
      }),
      { numRuns: runs(1_000) },
    );
    expect(exercised).toBeGreaterThan(runs(1_000) / 4);
  });

  it("accuses a register exactly if no order of the writes can end with what was found", () => {
    let broken = 0;
    fc.assert(
      fc.property(historyWithEnding("register", 7, forgetful), (checked) => {
        const verdict = durability("register").check(checked, DEFAULT_BUDGET);
        const [found = null, ...rest] = answersOf(checked);
        const agreed = rest.every((value) => value === found);
        const lost = agreed && !canEndWith(found, checked);
        if (lost) broken++;
        expect(verdict.valid === false, JSON.stringify(verdict)).toBe(lost);
      }),
      { numRuns: runs(12_000) },
    );
    expect(broken).toBeGreaterThan(runs(12_000) / 3);
  });

  it("accuses siblings exactly if every order of the writes puts some acknowledged write after all of them", () => {
    const span = fc.tuple(fc.nat(12), fc.nat(5));
    let broken = 0;
    fc.assert(
      fc.property(fc.array(span, { minLength: 2, maxLength: 5 }), fc.nat(), (spans, pick) => {
        // No two instants are the same.
        const writes = spans.map(([call, length], i) =>
          update("write", i + 1, call + i / 10, call + length + 0.05 + i / 10),
        );
        const found = spans.map((_, i) => i + 1).filter((i) => (pick >> i) % 2 === 0);
        if (found.length < 2) return;
        const { ops } = history([...writes]);
        const alwaysLast = ops.some(
          (one) => !found.includes(Number(one.input)) && ordersOf(ops).every((order) => isAfter(one, found, order)),
        );
        if (alwaysLast) broken++;
        expect(check("register", [...writes, ...finals(found, found)]).valid).toBe(!alwaysLast);
      }),
      { numRuns: runs(3_000) },
    );
    expect(broken).toBeGreaterThan(runs(3_000) / 20);
  });

  it("accuses a list exactly if an acknowledged append is nowhere to be found", () => {
    let broken = 0;
    fc.assert(
      fc.property(historyWithEnding("list", 10, forgetful), (checked) => {
        const found = answersOf(checked).flatMap((list) => (list ?? []) as readonly Json[]);
        const lost = checked.ops.some(
          ({ f, outcome, input }) => f === "append" && outcome.type === "ok" && !found.includes(input),
        );
        if (lost) broken++;
        expect(durability("list").check(checked, DEFAULT_BUDGET).valid === false).toBe(lost);
      }),
      { numRuns: runs(8_000) },
    );
    expect(broken).toBeGreaterThan(runs(8_000) / 3);
  });
});
