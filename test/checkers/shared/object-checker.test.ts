import { describe, expect, it } from "vitest";
import { malformed, objectChecker } from "../../../checkers/shared/object-checker.ts";
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
