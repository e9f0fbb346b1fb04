import { describe, expect, it } from "vitest";
import { monotonicReads, readYourWrites } from "../../../checkers/sessions/index.ts";
import { type Anomaly, type Checker, DEFAULT_BUDGET, type Verdict } from "../../../src/core/checker.ts";
import type { Json } from "../../../src/core/json.ts";
import { history, type Sketch } from "../../support/histories.ts";
import { sequence } from "../shared/tiny.ts";

type Step = readonly [process: number, f: string, value: Json, key?: string];

/** One operation after the other; the value is the input, or what a read yields. */
const check = (checker: Checker, ...steps: readonly Step[]): Verdict =>
  checker.check(
    sequence(
      steps.map(([p, f, value, key]) => ({
        ...{ p, f, ret: 1, ...(key === undefined ? {} : { key }) },
        ...(f === "read" ? { ok: value } : { input: value }),
      })),
    ),
    DEFAULT_BUDGET,
  );

function only(checker: Checker, ...steps: readonly Step[]): Anomaly {
  const verdict = check(checker, ...steps);
  if (verdict.valid !== false) throw new Error(`expected a violation, got ${JSON.stringify(verdict)}`);
  expect(verdict.anomalies).toHaveLength(1);
  return verdict.anomalies[0];
}

const [own, growing] = [readYourWrites("counter"), monotonicReads("counter")];

describe("sessions on counters", () => {
  it("miss an own increment where less is read, or no sum with all of them", () => {
    const less = only(own, [1, "add", 9], [0, "add", 2], [0, "increment", null], [0, "read", 2]);
    expect(less).toMatchObject({ kind: "missed-own-write", rulesOut: ["read-your-writes"], ops: [1, 2, 3] });
    expect(less.explanation).toMatch(
      /^process 0 had increased the object by 3 in all \(last: process 0 .*read 2, which is less\.$/,
    );
    const other = only(own, [1, "add", 9, "x"], [0, "add", 2, "x"], [0, "read", 9, "x"]);
    expect(other.explanation).toMatch(
      /had increased x by 2 .*read 9, which is no sum of increments with all of its own\.$/,
    );
    expect(other.key).toBe("x");
    // Just its own increments are a sum, too; what is none at all says nothing.
    expect(check(own, [1, "add", 9], [0, "add", 2], [0, "read", 2], [0, "read", 5])).toEqual({
      valid: true,
      checked: 1,
    });
  });

  it("are told with the last four of many increments", () => {
    const steps = Array.from({ length: 6 }, (): Step => [0, "increment", null]);
    expect(only(own, ...steps, [0, "read", 5]).ops).toEqual([2, 3, 4, 5, 6]);
  });

  it("fall", () => {
    const anomaly = only(growing, [1, "add", 3], [1, "add", 4], [0, "read", 7], [0, "read", 3]);
    expect(anomaly).toMatchObject({ kind: "non-monotonic-read", rulesOut: ["monotonic-reads"], ops: [2, 3] });
    expect(anomaly.explanation).toContain("process 0 read 7 from the object at");
    expect(anomaly.explanation).toContain("and only 3 at");
    // Six are three twos, but looked for with the five first; that they fall to four is plain all the same.
    const adds = [5, 2, 2, 2].map((by): Step => [1, "add", by]);
    expect(only(growing, ...adds, [0, "read", 6], [0, "read", 4]).ops).toEqual([4, 5]);
    expect(check(growing, ...adds, [0, "read", 6])).toMatchObject({ valid: "unknown" });
  });

  it("keep keys apart", () => {
    const steps: Step[] = [
      [0, "add", 3, "x"],
      [0, "read", 0, "y"],
      [0, "read", 3, "x"],
      [0, "read", 0, "y"],
    ];
    expect(check(own, ...steps)).toEqual({ valid: true, checked: 1 });
    expect(check(growing, ...steps)).toEqual({ valid: true, checked: 1 });
  });

  it("are unknown where it is not plain which increments were seen, unless something else is wrong", () => {
    // 6 is 2 + 4, and neither 5 nor 2 + 3 goes on to that; but not all choices are tried.
    const doubtful: Step[] = [...[5, 3, 2, 4].map((by): Step => [1, "add", by]), [0, "read", 5], [0, "read", 6]];
    expect(check(growing, ...doubtful)).toMatchObject({
      valid: "unknown",
      why: "budget",
      detail: expect.stringContaining("whether 5 and then 6 can be read from the object"),
    });
    const verdict = check(growing, ...doubtful, [2, "read", 7], [2, "read", 5]);
    expect(verdict).toMatchObject({ valid: false, checked: 2 });
  });

  it("can be judged only if they grow in whole steps; other keys are judged all the same", () => {
    const good: Step[] = [
      [0, "add", 1, "x"],
      [0, "read", 1, "x"],
    ];
    for (const [f, by, told] of [
      ["add", -1, "-1"],
      ["decrement", null, "-1"],
      ["decrement", 2, "-2"],
      ["add", 0.5, "0.5"],
      ["add", 2 ** 60, `${2 ** 60}`],
    ] as const)
      expect(check(own, ...good, [1, f, by, "y"], [1, f, by, "y"])).toMatchObject({
        valid: "unknown",
        why: "malformed",
        detail: `operation 2 changes y by ${told}; only counters that grow in whole steps can be judged; nothing wrong was found on the other keys (1)`,
      });
    expect(check(own, ...good, [1, "add", 0, "y"])).toEqual({ valid: true, checked: 1 });
    expect(check(own, [0, "add", 2, "x"], [0, "read", 1, "x"], [1, "add", -1, "y"])).toMatchObject({ valid: false });
    expect(check(own, [0, "add", -2, "y"], [0, "read", 1, "y"])).toMatchObject({ valid: "unknown", why: "malformed" });
  });

  it("know their functions, inputs and outputs", () => {
    for (const [f, value, told] of [
      ["write", 1, "a counter knows increment, decrement, add and read, but not write"],
      ["add", null, "the input of add must be a number"],
      ["add", "1", "the input of add must be a number"],
      ["increment", "1", "the input of increment must be a number"],
      ["read", "1", "a read of a counter must yield a number"],
    ] as const)
      expect(check(own, [3, f, value])).toEqual({
        valid: "unknown",
        why: "malformed",
        detail: `operation 0 (${f} by process 3): ${told}`,
      });
    expect(check(own, [0, "increment", 4], [0, "read", 4])).toEqual({ valid: true, checked: 1 });
  });

  it("look over failures, closing reads and reads of unknown outcome, and take unknown increments for possible", () => {
    const op = (call: number, rest: Omit<Sketch, "call">): Sketch => ({ call: 2 * call, ret: 2 * call + 1, ...rest });
    const checked = (...sketches: Sketch[]): Verdict => own.check(history(sketches), DEFAULT_BUDGET);
    const add = op(0, { p: 0, f: "add", input: 2 });
    const read = (call: number, ok: Json): Sketch => op(call, { p: 0, f: "read", ok });
    expect(checked(add, op(1, { p: 0, f: "add", input: 7, fail: "abort" }), read(2, 2))).toEqual({
      valid: true,
      checked: 1,
    });
    expect(checked(add, read(1, 2), { ...read(2, 0), final: true })).toEqual({ valid: true, checked: 1 });
    const { ret: _, ...unknown } = read(2, 0);
    expect(checked(add, read(1, 2), unknown)).toEqual({ valid: true, checked: 1 });
    const { ret: __, ...maybe } = op(1, { p: 1, f: "add", input: 5 });
    expect(checked(add, maybe, read(2, 7))).toEqual({ valid: true, checked: 1 });
    expect(checked(add, op(1, { p: 0, f: "write", input: 2, fail: "abort" }), read(2, 2))).toMatchObject({
      valid: true,
    });
    const { ops, ...rest } = history([add, read(1, 2)]);
    const overlapping = { ...rest, ops: ops.map((op) => ({ ...op, returnNs: 100 })) };
    expect(own.check(overlapping, DEFAULT_BUDGET)).toMatchObject({
      why: "malformed",
      detail: expect.stringContaining("overlaps itself"),
    });
  });
});
