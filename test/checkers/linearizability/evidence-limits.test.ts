import { describe, expect, it } from "vitest";
import { attemptsAt } from "../../../checkers/linearizability/attempts.ts";
import { explain } from "../../../checkers/linearizability/evidence.ts";
import { linearizability } from "../../../checkers/linearizability/index.ts";
import { Prover } from "../../../checkers/linearizability/refutation.ts";
import { Removal } from "../../../checkers/linearizability/removal.ts";
import { shrink } from "../../../checkers/linearizability/shrink.ts";
import { counter, register } from "../../../checkers/specs/index.ts";
import { type Anomaly, DEFAULT_BUDGET } from "../../../src/core/checker.ts";
import type { Spec } from "../../../src/core/spec.ts";
import { history, type Sketch } from "../../support/histories.ts";

const LIMITS = { deadlineMs: Number.POSITIVE_INFINITY, maxConfigurations: 10_000 };

const read = (p: number, ok: number, call: number, ret: number): Sketch => ({ p, f: "read", key: "x", ok, call, ret });
const add = (p: number, input: number, call: number, ret?: number): Sketch =>
  ret === undefined ? { p, f: "add", key: "x", input, call } : { p, f: "add", key: "x", input, call, ret };

function only(sketches: readonly Sketch[]): Anomaly {
  const verdict = linearizability(counter as Spec).check(history(sketches), DEFAULT_BUDGET);
  if (verdict.valid !== false || verdict.anomalies.length !== 1) throw new Error("expected exactly one anomaly");
  return verdict.anomalies[0];
}

describe("an explanation stays short", () => {
  it("where the object can have been in many states", () => {
    const lost = [1, 2, 4].map((input, p) => add(p, input, 0));
    expect(only([...lost, read(9, 100, 10, 20)]).explanation).toMatch(
      /^Process 9 read x = 100 \(op 3\), but .* x was \d, \d, \d or one of 5 other states at every moment/,
    );
    expect(only([...lost.slice(0, 2), read(9, 100, 10, 20)]).explanation).toMatch(
      /x was \d, \d, \d or \d at every moment/,
    );
    expect(only([add(0, 1, 0), read(9, 100, 10, 20)]).explanation).toMatch(/x was (0 or 1|1 or 0) at every moment/);
  });

  it("where many operations are shown: of their order only what the one that cannot be placed takes part in", () => {
    const adds = (count: number): Sketch[] => Array.from({ length: count }, (_, i) => add(0, 1, 10 * i, 10 * i + 5));
    const few = only([...adds(20), read(9, 100, 1_000, 1_010)]);
    expect(few.ops).toHaveLength(21);
    expect(few.because.map(({ from, to }) => [from, to])).toEqual(Array.from({ length: 20 }, (_, i) => [i, i + 1]));
    const many = only([...adds(40), read(9, 100, 1_000, 1_010)]);
    expect(many.ops).toHaveLength(41);
    expect(many.because.map(({ from, to }) => [from, to])).toEqual([[39, 40]]);
  });

  it("where there are too many operations to search again: with those about the last one, and as no proof", () => {
    const spec = register as Spec;
    const { ops } = history(
      Array.from({ length: 200 }, (_, i) => ({ p: i, f: "write", input: i, call: 10 * i, ret: 10 * i + 25 })),
    );
    const anomaly = explain(spec, "x", { ops }, LIMITS);
    expect(anomaly).toMatchObject({ kind: "nonlinearizable", key: "x", because: [], ops: [197, 198, 199] });
    expect(anomaly.explanation).toMatch(
      /^There is no order of the 200 operations on x .* ended at the return of operation 199, where process 199 wrote 199/,
    );
    expect(anomaly.explanation).toMatch(/The 3 operations shown are only those about it, and no proof\.$/);
    const some = explain(spec, undefined, { ops: ops.slice(0, 64) }, LIMITS);
    expect(some.ops).toHaveLength(64);
    expect(some.explanation).not.toContain("no proof");
    expect(some).not.toHaveProperty("key");
    const crowd = history(Array.from({ length: 100 }, (_, p) => ({ p, f: "write", input: p, call: 0, ret: 10 }))).ops;
    expect(explain(spec, undefined, { ops: crowd }, LIMITS).ops).toHaveLength(64);
  });
});

describe("the searches on behalf of an explanation", () => {
  const spec = register as Spec;
  const write = (input: number, call: number): Sketch => ({ p: 0, f: "write", input, call, ret: call + 5 });
  const good = history([write(1, 0), write(2, 10)]).ops;
  const bad = history([write(1, 0), write(2, 10), { ...read(1, 1, 20, 25), key: "" }]).ops;

  it("say for certain, or nothing once the allowance or the time is used up", () => {
    const prover = new Prover(spec, LIMITS, 4);
    expect([prover.accepts(good), prover.exhausted]).toEqual([true, false]);
    expect([prover.refutes(bad), prover.accepts(bad), prover.exhausted]).toEqual([true, false, true]);
    expect([prover.accepts(good), prover.refutes(bad)]).toEqual([false, false]);
    const fresh = new Prover(spec, LIMITS, 1_000);
    expect([fresh.refutes(good), fresh.accepts(bad), fresh.accepts(good)]).toEqual([false, false, true]);
    const late = new Prover(spec, { ...LIMITS, deadlineMs: performance.now() - 1 }, 1_000);
    expect([late.exhausted, late.refutes(bad)]).toEqual([true, false]);
    expect(new Prover(spec, LIMITS, 0).exhausted).toBe(true);
  });

  it("leave all but the last operations out of a long history at first", () => {
    const noise = Array.from({ length: 60 }, (_, i) => [
      write(1_000 + i, 20 * i),
      { ...read(9, 1_000 + i, 20 * i + 10, 20 * i + 15), key: "" },
    ]).flat();
    const { ops } = history([...noise, write(1, 9_000), write(2, 9_010), { ...read(1, 1, 9_020, 9_025), key: "" }]);
    const culprit = ops.at(-1);
    if (culprit === undefined) throw new Error("expected operations");
    const core = (allowance: number): number =>
      shrink(new Prover(spec, LIMITS, allowance), new Removal(spec, ops), { ops, culprit }).length;
    expect(core(100)).toBe(2);
    expect(core(0)).toBe(ops.length);
  });

  it("try orders only of operations that are few enough", () => {
    const writes = (count: number): Sketch[] => Array.from({ length: count }, (_, i) => write(1, 10 * i));
    const attempts = (sketches: readonly Sketch[]) => attemptsAt(spec, undefined, history(sketches).ops);
    const last = { ...read(1, 7, 1_000, 1_005), key: "" };
    expect(attempts([...writes(29), last])).toHaveLength(1);
    expect(attempts([...writes(30), last])).toEqual([]);
    const together = (count: number): Sketch[] =>
      Array.from({ length: count }, (_, p) => ({ p, f: "write", input: p, call: 0, ret: 5 }));
    expect(attempts([...together(6), { ...last, ok: 9 }]).map(({ placed }) => placed.length)).toEqual([6, 6, 6, 6]);
    expect(attempts([...together(16), { ...last, ok: 99 }])).toEqual([]);
  });
});
