import { describe, expect, it } from "vitest";
import { linearizability } from "../../../checkers/linearizability/index.ts";
import { counts } from "../../../checkers/linearizability/problem.ts";
import { casRegister, register } from "../../../checkers/specs/index.ts";
import { type Anomaly, DEFAULT_BUDGET } from "../../../src/core/checker.ts";
import type { History } from "../../../src/core/history.ts";
import type { Operation } from "../../../src/core/operation.ts";
import type { Spec } from "../../../src/core/spec.ts";
import { history, type Sketch } from "../../support/histories.ts";
import { runs } from "../../support/runs.ts";
import { bruteForce } from "./oracle.ts";
import { forSmallHistories } from "./small-histories.ts";

const anomaliesOf = (spec: Spec, recorded: History): readonly Anomaly[] => {
  const verdict = linearizability(spec).check(recorded, DEFAULT_BUDGET);
  return verdict.valid === false ? verdict.anomalies : [];
};

const write = (p: number, input: number, call: number, ret: number): Sketch => ({
  p,
  f: "write",
  key: "x",
  input,
  call,
  ret,
});
const read = (p: number, ok: number | null, call: number, ret: number): Sketch => ({
  p,
  f: "read",
  key: "x",
  ok,
  call,
  ret,
});

describe("how far the operations shown can be put in order", () => {
  it("is told with each next step and why it is impossible there", () => {
    const [anomaly] = anomaliesOf(
      register as Spec,
      history([write(0, 1, 0, 10), write(0, 2, 20, 30), read(1, 1, 40, 50)]),
    );
    expect(anomaly?.attempts).toEqual([
      { placed: [0, 1], state: "2", next: [{ op: 2, why: "process 1 read x = 1, but here x is 2" }] },
    ]);
  });

  it("is told for each state in which it can end", () => {
    const writes = [write(2, 2, 20, 30), write(3, 3, 20, 30)];
    const [anomaly] = anomaliesOf(register as Spec, history([write(0, 1, 0, 10), ...writes, read(1, 1, 40, 50)]));
    for (const { placed, state, next } of anomaly?.attempts ?? []) {
      expect(placed.length).toBe((anomaly?.ops.length ?? 0) - 1);
      expect(next).toEqual([{ op: 3, why: `process 1 read x = 1, but here x is ${state}` }]);
    }
    expect(anomaly?.attempts?.length).toBeGreaterThan(0);
  });

  it("begins before anything happened where nothing can", () => {
    const [anomaly] = anomaliesOf(register as Spec, history([read(1, 7, 20, 30)]));
    expect(anomaly?.attempts).toEqual([
      { placed: [], state: "nothing", next: [{ op: 0, why: "process 1 read x = 7, but here x is nothing" }] },
    ]);
  });

  it("is an order that the specification allows, and none is longer (property)", () => {
    const spec = casRegister as Spec;
    let attempts = 0;
    forSmallHistories(
      { kind: "cas-register", minOps: 5, maxOps: 8, repeated: 0.3, spoils: 16 },
      runs(2_000),
      (recorded) => {
        for (const anomaly of anomaliesOf(spec, recorded)) {
          const shown = recorded.ops.filter(({ index }) => anomaly.ops.includes(index));
          expect(bruteForce(spec, { ...recorded, ops: shown })).toBe(false);
          for (const { placed, state, next } of anomaly.attempts ?? []) {
            attempts++;
            const end = replay(
              spec,
              placed.map((index) => recorded.ops[index] as Operation),
            );
            expect(end === undefined ? undefined : spec.describe(end)).toBe(state);
            expect(next.length).toBeGreaterThan(0);
            for (const { op } of next) {
              const { outcome, ...invocation } = recorded.ops[op] as Operation;
              expect(spec.step(end, invocation, outcome)).toBeUndefined();
            }
          }
        }
      },
    );
    expect(attempts).toBeGreaterThan(runs(2_000) / 4);
  });
});

function replay(spec: Spec, ops: readonly Operation[]): unknown {
  let state: unknown = spec.init();
  for (const op of ops) if (state !== undefined) state = spec.step(state, op, op.outcome);
  return state;
}

describe("long histories that no special algorithm decides", () => {
  /** Values that repeat; one client writes, another one reads what was written last. */
  const long = (pairs: number): Sketch[] =>
    Array.from({ length: pairs }, (_, i) => [
      write(0, i % 50, 10 * i, 10 * i + 3),
      read(1, i % 50, 10 * i + 5, 10 * i + 8),
    ]).flat();

  it("are told by the few operations about the place", () => {
    const recorded = history([...long(8_000), read(2, 3, 80_000, 80_010), ...long(100).map((op) => later(op, 80_020))]);
    const [anomaly] = anomaliesOf(register as Spec, recorded);
    expect(anomaly?.kind).toBe("stale-read");
    expect(anomaly?.ops).toContain(16_000);
    expect(anomaly?.ops.length).toBeLessThan(6);
    const shown = recorded.ops.filter(({ index }) => anomaly?.ops.includes(index));
    expect(shown.every((op) => counts(register as Spec, op))).toBe(true);
    expect(bruteForce(register as Spec, { ...recorded, ops: shown })).toBe(false);
    expect(anomaly?.explanation).toMatch(/^Process 2 read x = 3 \(op 16000\), but by the other operations shown x was/);
  });
});

const later = (sketch: Sketch, ns: number): Sketch => ({
  ...sketch,
  call: sketch.call + ns,
  ...(sketch.ret === undefined ? {} : { ret: sketch.ret + ns }),
});
