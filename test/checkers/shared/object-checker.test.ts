import { describe, expect, it } from "vitest";
import {
  isInteger,
  listOf,
  Malformed,
  malformed,
  objectChecker,
  operationsByKey,
} from "../../../checkers/shared/object-checker.ts";
import { did } from "../../../checkers/shared/phrases.ts";
import { DEFAULT_BUDGET } from "../../../src/core/checker.ts";
import { history, type Sketch } from "../../support/histories.ts";

/** Reads of 1 are wrong, reads of 2 malformed; the others are counted. */
const checker = objectChecker({
  name: "no-one",
  tests: [],
  judge: ({ ops }, anomalies, deadline) => {
    let checked = 0;
    for (const op of ops) {
      deadline.step();
      const value = op.outcome.type === "ok" ? op.outcome.value : null;
      if (value === 2) malformed(op, "must not be 2");
      if (value === 1)
        anomalies.add("one", () => ({ rulesOut: ["linearizable"], explanation: "one", ops: [op], because: [] }));
      checked++;
    }
    return checked > 0 ? checked : "nothing was read";
  },
});
const read = (ok: number, call: number): Sketch => ({ p: 0, f: "read", call, ret: call + 1, ok });

describe("checkers of objects", () => {
  it("say how much was checked, what is wrong, or why nobody knows", () => {
    expect(checker.check(history([read(0, 0), read(0, 2)]), DEFAULT_BUDGET)).toEqual({ valid: true, checked: 2 });
    expect(checker.check(history([read(0, 0), read(1, 2)]), DEFAULT_BUDGET)).toMatchObject({
      valid: false,
      checked: 2,
      anomalies: [{ ops: [1] }],
    });
    expect(checker.check(history([]), DEFAULT_BUDGET)).toEqual({
      valid: "unknown",
      why: "vacuous",
      detail: "nothing was read",
    });
    expect(checker.check(history([read(2, 0)]), DEFAULT_BUDGET)).toEqual({
      valid: "unknown",
      why: "malformed",
      detail: "operation 0 (read by process 0): must not be 2",
    });
    expect(checker.check(history([read(1, 0)]), { ...DEFAULT_BUDGET, timeMs: -1 })).toMatchObject({
      valid: "unknown",
      why: "budget",
    });
  });

  it("keep what was found before the end of a check that could not go on", () => {
    expect(checker.check(history([read(1, 0), read(2, 2)]), DEFAULT_BUDGET)).toMatchObject({
      valid: false,
      checked: 1,
      anomalies: [{ kind: "one" }],
    });
  });

  it("say that the budget ran out where they had found that there is nothing to check, and what is wrong all the same", () => {
    const told = objectChecker({
      name: "told",
      tests: [],
      judge: ({ ops }, anomalies) => {
        for (const op of ops)
          anomalies.add("one", () => ({ rulesOut: ["linearizable"], explanation: "one", ops: [op], because: [] }));
        return "nothing was read";
      },
    });
    expect(told.check(history([read(0, 0)]), DEFAULT_BUDGET)).toMatchObject({ valid: false, checked: 1 });
  });

  it("do not hide mistakes of their own", () => {
    const broken = objectChecker({
      name: "broken",
      tests: [],
      judge: () => {
        throw new RangeError("a mistake");
      },
    });
    expect(() => broken.check(history([]), DEFAULT_BUDGET)).toThrow(RangeError);
  });
});

describe("what checkers of objects read", () => {
  const [op] = history([{ p: 3, f: "read", call: 0, ret: 1 }]).ops;
  if (!op) throw new Error("no operation");

  it("are lists, or nothing for the empty one", () => {
    expect([listOf(op, [1, null]), listOf(op, []), listOf(op, null), listOf(op, undefined)]).toEqual([
      [1, null],
      [],
      [],
      [],
    ]);
    expect(() => listOf(op, 0)).toThrow(Malformed);
    expect(() => listOf(op, "ab")).toThrow('operation 0 (read by process 3): must yield a list or null, not "ab"');
  });

  it("are integers that a double holds exactly", () => {
    expect([0, -3, 2 ** 53 - 1].every(isInteger)).toBe(true);
    expect([0.5, 2 ** 53, "1", null, undefined].some(isInteger)).toBe(false);
  });

  it("are the operations of each key in turn; a single object has none", () => {
    const { ops } = history([read(0, 0), { ...read(1, 2), key: "x" }, read(2, 4), { ...read(3, 6), key: "" }]);
    const byKey = operationsByKey({ ops, faults: [], meta: { version: 1 } });
    expect([...byKey].map(([key, of]) => [key, of.map(({ index }) => index)])).toEqual([
      ["", [0, 2, 3]],
      ["x", [1]],
    ]);
  });
});

describe("what an operation did, in words", () => {
  it.each([
    [{ f: "add", input: 3, key: "x" }, "added 3 to x"],
    [{ f: "remove", input: 3, key: "x" }, "removed 3 from x"],
    [{ f: "dequeue", ok: 5 }, "dequeued 5"],
    [{ f: "acquire", ok: 5, key: "l" }, "acquired the lock 5 on l"],
    [{ f: "frobnicate", input: [1], ok: 2 }, "did frobnicate [1] 2"],
  ])("%j: %s", (sketch, told) => {
    const [op] = history([{ p: 0, call: 0, ret: 1, ok: null, ...sketch }]).ops;
    expect(op && did(op)).toBe(told);
  });
});
