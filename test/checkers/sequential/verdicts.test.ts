import { describe, expect, it } from "vitest";
import { sequential } from "../../../checkers/sequential/index.ts";
import { appendList, casRegister, fifoQueue, register, set } from "../../../checkers/specs/index.ts";
import { DEFAULT_BUDGET, type Verdict } from "../../../src/core/checker.ts";
import type { History } from "../../../src/core/history.ts";
import type { Json } from "../../../src/core/json.ts";
import type { Spec } from "../../../src/core/spec.ts";
import { history, type Sketch } from "../../support/histories.ts";
import { sequence } from "../shared/tiny.ts";

type Step = readonly [process: number, f: string, input: Json, output?: Json, more?: Partial<Sketch>];

/** One operation after the other, on `x` unless they say otherwise. */
const of = (...steps: readonly Step[]): History =>
  sequence(steps.map(([p, f, input, ok = null, more]) => ({ p, key: "x", f, input, ok, ret: 1, ...more })));

const check = <S>(spec: Spec<S>, ...steps: readonly Step[]): Verdict =>
  sequential(spec as Spec).check(of(...steps), DEFAULT_BUDGET);

const vacuous = { valid: "unknown", why: "vacuous", detail: "no operation shows a state that others made" };

describe("sequential consistency", () => {
  it("has nothing to find where something stronger holds", () => {
    expect(sequential(register as Spec)).toMatchObject({
      ...{ name: "sequential", tests: ["sequential"], impliedByStronger: true },
    });
  });

  it("is not told by updates alone, nor by what nobody changed", () => {
    expect(check(register, [0, "write", 1], [1, "write", 2])).toEqual(vacuous);
    expect(check(register, [0, "read", null, null])).toEqual(vacuous);
    expect(check(fifoQueue, [0, "enqueue", 1], [0, "enqueue", 2])).toEqual(vacuous);
    expect(check(fifoQueue, [0, "enqueue", 1], [0, "dequeue", null, 1])).toEqual({ valid: true, checked: 2 });
    // A failure that proves something tells as much as a read.
    const failed: Step = [1, "cas", [1, 2], null, { fail: "precondition-failed" }];
    expect(check(casRegister, [0, "write", 3], failed)).toEqual({ valid: true, checked: 2 });
    expect(check(casRegister, [0, "write", 3], [1, "cas", [1, 2], null, { fail: "abort" }])).toEqual(vacuous);
    expect(check(casRegister, [0, "read", null], failed)).toEqual(vacuous);
  });

  it("leaves closing reads out, and what only may have happened where nothing shows it", () => {
    expect(check(register, [0, "write", 1], [1, "read", null, 1], [2, "read", null, 7, { final: true }])).toEqual({
      ...{ valid: true, checked: 1 },
    });
    expect(check(set, [0, "add", 1], [0, "remove", 1], [1, "read", null, [7], { final: true }])).toEqual(vacuous);
  });

  it("is refuted by the keys that can be judged, whatever the others are, and once is enough", () => {
    const twice: Step[] = [
      [3, "write", 1, null, { key: "y" }],
      [3, "write", 1, null, { key: "y" }],
    ];
    const turned: Step[] = [
      [0, "write", 1],
      [0, "cas", [1, 2]],
      [1, "read", null, 2],
      [1, "read", null, 1],
    ];
    const verdict = check(casRegister, ...twice, ...turned);
    expect(verdict).toMatchObject({ valid: false, checked: 3, anomalies: [{ kind: "cyclic-order" }] });
    expect(verdict.valid === false && verdict.anomalies).toHaveLength(1);
    expect(check(casRegister, ...twice, ...turned.slice(0, 3))).toEqual({ valid: true, checked: 5 });
    const added: Step[] = [
      [0, "add", 1],
      [1, "add", 2],
      [2, "read", null, [1]],
      [3, "read", null, [2]],
    ];
    expect(check(set, ...added)).toMatchObject({ valid: false, checked: 2, anomalies: [{ kind: "cyclic-order" }] });
    // The index of a set knows no failures, and those of an add tell nothing.
    expect(check(set, [0, "add", 1], [1, "add", 2, null, { fail: "abort" }], [2, "read", null, [1]])).toEqual({
      ...{ valid: true, checked: 1 },
    });
  });

  it("is unknown of what is no history of the specification", () => {
    expect(check(appendList, [0, "append", 1], [0, "read", null, 7])).toMatchObject({
      ...{ valid: "unknown", why: "malformed", detail: expect.stringContaining("not 7") },
    });
    const { ops, ...rest } = of([0, "write", 1], [0, "read", null, 1]);
    const overlapping = { ...rest, ops: ops.map((op) => ({ ...op, returnNs: 100 })) };
    expect(sequential(register as Spec).check(overlapping, DEFAULT_BUDGET)).toMatchObject({
      ...{ valid: "unknown", why: "malformed", detail: expect.stringContaining("overlaps itself") },
    });
    const broken = { ...fifoQueue, step: () => expect.fail("a mistake in a specification") } as Spec;
    expect(() => sequential(broken).check(of([0, "enqueue", 1]), DEFAULT_BUDGET)).toThrow("a mistake");
  });

  it("is refuted by what was found before the budget ran out", () => {
    const thinAir = of([0, "append", 1], [0, "read", null, [9]]);
    const verdict = sequential(appendList as Spec).check(thinAir, { ...DEFAULT_BUDGET, timeMs: -1 });
    expect(verdict).toMatchObject({ valid: false, checked: 1 });
    const plain = history([
      { p: 0, f: "read", call: 0, ret: 1, ok: [1] },
      ...[1].map((p) => ({ p, f: "append", input: 1, call: 2, ret: 3 })),
    ]);
    expect(sequential(appendList as Spec).check(plain, { ...DEFAULT_BUDGET, timeMs: -1 })).toMatchObject({
      ...{ valid: "unknown", why: "budget", detail: expect.stringContaining("not enough") },
    });
  });
});
