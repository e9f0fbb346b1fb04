import { afterEach, describe, expect, it, vi } from "vitest";
import type { Algorithm, Decision } from "../../../checkers/linearizability/algorithm.ts";
import { decideAll } from "../../../checkers/linearizability/check.ts";
import { decide } from "../../../checkers/linearizability/decide.ts";
import { linearizability } from "../../../checkers/linearizability/index.ts";
import type { Part } from "../../../checkers/linearizability/parts.ts";
import { casRegister, register } from "../../../checkers/specs/index.ts";
import { DEFAULT_BUDGET, type Verdict } from "../../../src/core/checker.ts";
import type { Spec } from "../../../src/core/spec.ts";
import { history, type Sketch } from "../../support/histories.ts";

const write = (p: number, input: number, call: number, ret: number, key = "x"): Sketch => ({
  ...{ p, f: "write", key, input, call, ret },
});
const read = (p: number, ok: number, call: number, ret: number, key = "x"): Sketch => ({
  ...{ p, f: "read", key, ok, call, ret },
});
const algorithm = (decides: (deadlineMs: number) => Decision): Algorithm => ({
  name: "test",
  specs: ["register"],
  source: "this test",
  decide: (_spec, _ops, deadlineMs) => decides(deadlineMs),
});

describe("the time for a check", () => {
  afterEach(() => vi.restoreAllMocks());

  /** Until when each of four parts may be decided, in turn, by a clock that stands at 1,000 ms; the second one is slow. */
  function deadlines(deadlineMs: number): readonly number[] {
    vi.spyOn(performance, "now").mockReturnValue(1_000);
    const { ops } = history([write(0, 1, 0, 10)]);
    const parts = [..."abcd"].map((key): Part => ({ key, ops: [...ops], decided: undefined }));
    const asked: number[] = [];
    const slow = algorithm((untilMs) => {
      asked.push(untilMs);
      return asked.length === 2 ? { type: "time", placed: 0 } : { type: "linearizable", placed: 1 };
    });
    decideAll(register as Spec, parts, { algorithms: [slow], search: true }, { deadlineMs, maxConfigurations: 10 });
    return asked;
  }

  it("is shared by the keys, and what is left goes to those that need more", () => {
    expect(deadlines(1_240)).toEqual([1_060, 1_080, 1_120, 1_240, 1_240]);
  });

  it("does not begin again once it is over", () => {
    expect(deadlines(1_000)).toEqual([1_000, 1_000, 1_000, 1_000]);
  });
});

describe("what a special algorithm finds to be wrong", () => {
  it("is proved by those operations alone", () => {
    const { ops } = history([write(0, 1, 0, 10), write(0, 2, 20, 30), write(0, 3, 32, 34), read(1, 1, 40, 50)]);
    const limits = { deadlineMs: Number.POSITIVE_INFINITY, maxConfigurations: 1_000 };
    const decided = (culprits: readonly number[]) =>
      decide(register as Spec, ops, [algorithm(() => ({ type: "not-linearizable", culprits }))], limits, true);
    expect(decided([0, 1, 3])).toMatchObject({ placed: 1, proof: { ops: [{ index: 0 }, { index: 1 }, { index: 3 }] } });
    // By themselves these are fine; the search finds others.
    expect(decided([0, 3])).toMatchObject({
      ...{ type: "not-linearizable", proof: { ops: { length: 4 }, stuckAt: { outcome: { type: "ok" } } } },
    });
  });
});

describe("a verdict that is unknown", () => {
  const check = (sketches: readonly Sketch[], spec = casRegister as Spec, maxConfigurations = 100_000): Verdict =>
    linearizability(spec).check(history(sketches), { ...DEFAULT_BUDGET, maxConfigurations });
  const swap = (p: number, from: number | null, to: number, call: number, ret?: number): Sketch => {
    const cas = { p, f: "cas", key: "x", input: [from, to], call };
    return ret === undefined ? cas : { ...cas, ret };
  };
  const or = (value: number): number | null => (value === 0 ? null : value);
  /** More than three configurations at once. */
  const crowd: Sketch[] = [
    ...Array.from({ length: 40 }, (_, p) => ({ ...swap(p, 0, 0, 0), input: [or(p % 5), or((p * 3) % 5)] })),
    ...Array.from({ length: 30 }, (_, i) => read(100, [1, 3, 4, 2][i % 4] as number, 10 * i + 10, 10 * i + 15)),
    write(101, 1, 0, 5),
    read(102, 99, 310, 320),
  ];
  const good = (key: string): Sketch[] =>
    [write(200, 1, 0, 10, key), read(201, 1, 20, 30, key)].map((op, i) => ({
      ...op,
      p: op.p + 10 * (key.charCodeAt(0) + i),
    }));

  it("tells how many keys were decided all the same", () => {
    const alone = check(crowd, casRegister as Spec, 3);
    expect(alone.valid === "unknown" && alone.detail).toMatch(
      /^more than 3 configurations were possible at once: on x \d+ of 32 operations were placed, and operation \d+ was next$/,
    );
    const among = check([...good("a"), ...crowd, ...good("z")], casRegister as Spec, 3);
    expect(among.valid === "unknown" && among.detail).toMatch(
      /: on x \d+ of 32 operations were placed, and operation \d+ was next; 2 of 3 keys are linearizable$/,
    );
  });

  it("tells how far it came in the time that it had", () => {
    const many = Array.from({ length: 2_000 }, (_, i) =>
      i % 2 === 0 ? write(0, i % 6, 10 * i, 10 * i + 5) : read(0, (i - 1) % 6, 10 * i, 10 * i + 5),
    );
    const checker = linearizability(register as Spec, { algorithm: "search" });
    const verdict = checker.check(history(many), { ...DEFAULT_BUDGET, timeMs: 0 });
    expect(verdict.valid === "unknown" && verdict.detail).toMatch(
      /^0 ms were not enough: on x ([1-9]\d*) of 2000 operations were placed, and operation \1 was next$/,
    );
  });

  it("tells what is missing where nothing shows the state", () => {
    const detail = (verdict: Verdict): unknown => verdict.valid === "unknown" && [verdict.why, verdict.detail];
    expect(detail(check([swap(0, null, 1, 0)]))).toEqual(["vacuous", "no operation completed"]);
    expect(detail(check([swap(0, null, 1, 0), write(1, 1, 0, 10), write(2, 1, 0, 10)]))).toEqual([
      "vacuous",
      "2 operations completed, but none of them shows the state; there must be reads",
    ]);
    // One that succeeded shows what was there.
    expect(check([swap(0, null, 1, 0, 10)])).toEqual({ valid: true, checked: 1 });
  });

  it("does not hide how many operations were placed where one was wrong", () => {
    const wrong = [write(0, 1, 0, 10), read(1, 7, 20, 30)];
    expect(check([...wrong, ...good("a"), ...good("b")], register as Spec)).toMatchObject({ valid: false, checked: 5 });
  });
});
