import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { linearizability } from "../../../checkers/linearizability/index.ts";
import { appendList, casRegister, kv, register } from "../../../checkers/specs/index.ts";
import { type Anomaly, DEFAULT_BUDGET } from "../../../src/core/checker.ts";
import type { History } from "../../../src/core/history.ts";
import type { Json } from "../../../src/core/json.ts";
import type { Spec } from "../../../src/core/spec.ts";
import { type HistoryShape, history, mutatedHistory, type Sketch } from "../../support/histories.ts";
import { bruteForce } from "./oracle.ts";

const anomaliesOf = (spec: Spec, recorded: History): readonly Anomaly[] => {
  const verdict = linearizability(spec).check(recorded, DEFAULT_BUDGET);
  return verdict.valid === false ? verdict.anomalies : [];
};

function only(spec: Spec, sketches: readonly Sketch[]): Anomaly {
  const [anomaly, ...others] = anomaliesOf(spec, history(sketches));
  if (anomaly === undefined || others.length > 0) throw new Error("expected exactly one anomaly");
  return anomaly;
}

const MS = 1_000_000;
const op = (p: number, f: string, call: number, ret: number, rest: Partial<Sketch>): Sketch => ({
  p,
  f,
  key: "x",
  call: call * MS,
  ret: ret * MS,
  ...rest,
});
const write = (p: number, input: Json, call: number, ret: number): Sketch => op(p, "write", call, ret, { input });
const read = (p: number, ok: Json, call: number, ret: number): Sketch => op(p, "read", call, ret, { ok });
const append = (p: number, input: Json, call: number, ret: number): Sketch => op(p, "append", call, ret, { input });

/** Operations that have nothing to do with the anomaly. */
const noise = (from: number, to: number): Sketch[] =>
  Array.from({ length: to - from }, (_, i) => from + i).flatMap((i) => [
    write(8, 1000 + i, 10 * i, 10 * i + 2),
    read(9, 1000 + i, 10 * i + 4, 10 * i + 6),
  ]);

describe("a stale read", () => {
  const find = (): Anomaly =>
    only(register, [
      ...noise(0, 50),
      write(1, 1, 510, 520),
      write(2, 2, 530, 540),
      read(3, 1, 550, 560),
      ...noise(57, 90),
    ]);

  it("is named, with the few operations that pin it out of many", () => {
    expect(find()).toMatchObject({ kind: "stale-read", rulesOut: ["linearizable"], key: "x", ops: [100, 101, 102] });
  });

  it("is explained by what the value was instead", () => {
    expect(find().explanation).toBe(
      "Process 3 read x = 1 (op 102), but by the other operations shown x was 2 at every moment between its call at 0.550 s and its return at 0.560 s.",
    );
  });

  it("is tied to the write that it saw and the one that it missed", () => {
    expect(find().because).toEqual([
      { from: 100, to: 101, reason: "process 1 wrote 1 to x before process 2 wrote 2 to x" },
      { from: 101, to: 102, reason: "process 2 wrote 2 to x before process 3 read x = 1" },
      { from: 100, to: 102, reason: "process 3 saw that process 1 wrote 1 to x" },
    ]);
  });
});

describe("what cannot be placed", () => {
  it("is not a stale read if the value never was there", () => {
    const anomaly = only(register, [write(0, 1, 0, 10), read(1, 7, 20, 30)]);
    expect(anomaly.kind).toBe("nonlinearizable");
    expect(anomaly.explanation).toContain("nothing that had been called by then leads to a state that allows it");
    expect(anomaly.ops).toEqual([1]);
  });

  it("is not a stale read if the value came only later", () => {
    const anomaly = only(register, [write(0, 1, 0, 10), read(1, 2, 20, 30), write(0, 2, 40, 50), read(1, 2, 60, 70)]);
    expect(anomaly.kind).toBe("nonlinearizable");
  });

  it("is the first operation that shows it, not the first at which a search can tell", () => {
    // The read of 1 is hopeless as soon as the write of 2 has returned, but only the read shows it.
    const anomaly = only(register, [write(0, 1, 0, 10), write(0, 2, 20, 30), write(0, 3, 40, 50), read(1, 1, 60, 70)]);
    expect(anomaly.explanation).toMatch(/^Process 1 read x = 1 \(op 3\)/);
  });

  it("can be a compare-and-set that succeeded", () => {
    const cas = op(1, "cas", 40, 50, { input: [5, 6] });
    const anomaly = only(casRegister, [write(0, 5, 0, 10), write(0, 1, 20, 30), cas]);
    expect(anomaly).toMatchObject({ kind: "nonlinearizable", ops: [0, 1, 2] });
    expect(anomaly.explanation).toMatch(/^Process 1 swapped 5 for 6 in x \(op 2\), but by .* x was 1 at every moment/);
  });

  it("can be a compare-and-set that failed", () => {
    const cas = op(1, "cas", 20, 30, { input: [1, 6], fail: "precondition-failed" });
    const anomaly = only(casRegister, [write(0, 1, 0, 10), cas, read(2, 1, 40, 50)]);
    expect(anomaly.ops).toEqual([0, 1]);
    expect(anomaly.explanation).toContain(
      "takes that it was not 1 (op 1), but by the other operations shown x was 1 at",
    );
  });

  it("is told with several states that were possible", () => {
    const writes = [2, 3, 4].map((value) => write(value, value, 20, 30));
    const anomaly = only(register, [write(0, 1, 0, 10), ...writes, read(1, 1, 40, 50)]);
    expect(anomaly.explanation).toMatch(/x was [234](, [234])* or [234] at every moment|x was [234] at every moment/);
  });

  it("is told without the states before the last operation of the same process, even where they touch", () => {
    const anomaly = only(register, [write(1, 1, 0, 5), write(0, 2, 6, 10), read(0, 1, 10, 20)]);
    expect(anomaly.explanation).toMatch(/^Process 0 read x = 1 .* x was 2 at every moment/);
  });

  it("is told without the states that it would lead to itself", () => {
    const swap = (p: number, from: number, to: number, call: number, ret: number): Sketch =>
      op(p, "cas", call, ret, { input: [from, to] });
    const anomaly = only(casRegister, [write(0, 1, 0, 10), swap(1, 1, 3, 20, 30), swap(2, 1, 4, 25, 40)]);
    expect(anomaly.explanation).toMatch(/^Process 2 swapped 1 for 4 in x .* x was (1 or 3|3) at every moment/);
  });

  it("tells no times where the history has only an order", () => {
    const sketches: Sketch[] = [
      { p: 0, f: "write", input: 1, call: 0, ret: 1 },
      { p: 0, f: "read", ok: null, call: 2, ret: 3 },
    ];
    expect(only(register, sketches).explanation).toBe(
      "Process 0 read the object = nothing (op 1), but by the other operations shown the object was 1 at every moment between its call and its return.",
    );
  });
});

describe("lists", () => {
  const many = Array.from({ length: 60 }, (_, i) => append(0, i, 10 * i, 10 * i + 5));
  const all = many.map(({ input }) => input as number);

  it("are told by the values in question: one that is missing", () => {
    const missing = all.filter((item) => item !== 40);
    const anomaly = only(appendList, [...many, read(1, missing, 700, 710)]);
    expect(anomaly.kind).toBe("nonlinearizable");
    expect(anomaly.ops).toEqual([40, 60]);
    expect(anomaly.explanation).toContain(
      "of the values that the operations shown wrote that is [], but of these x was [40]",
    );
  });

  it("are told by the values in question: two in the wrong order", () => {
    const swapped = all.map((item) => (item === 20 ? 30 : item === 30 ? 20 : item));
    const anomaly = only(appendList, [...many, read(1, swapped, 700, 710)]);
    expect(anomaly.ops).toHaveLength(3);
    expect(anomaly.ops.at(-1)).toBe(60);
  });

  it("are stale if they are an earlier state", () => {
    const anomaly = only(appendList, [...many, read(1, all.slice(0, 50), 700, 710)]);
    expect(anomaly).toMatchObject({
      kind: "stale-read",
      ops: [expect.toSatisfy((i: number) => i >= 50 && i < 60), 60],
    });
  });
});

describe("the core (property)", () => {
  const shapes: readonly (HistoryShape & { readonly spec: Spec })[] = [
    { spec: register, kind: "register", minOps: 6, maxOps: 9 },
    { spec: register, kind: "register", minOps: 6, maxOps: 9, values: 3 },
    { spec: casRegister, kind: "cas-register", minOps: 6, maxOps: 9, values: 3 },
    { spec: kv as Spec, kind: "kv", minOps: 6, maxOps: 8 },
  ];

  it.each(shapes)("proves the violation by itself: $kind, values $values", ({ spec, ...shape }) => {
    let cores = 0;
    fc.assert(
      fc.property(mutatedHistory(shape), (recorded) => {
        for (const { ops, because } of anomaliesOf(spec, recorded)) {
          cores++;
          expect(bruteForce(spec, { ...recorded, ops: recorded.ops.filter(({ index }) => ops.includes(index)) })).toBe(
            false,
          );
          for (const { from, to } of because) expect(ops).toEqual(expect.arrayContaining([from, to]));
        }
      }),
      { numRuns: 500 },
    );
    expect(cores).toBeGreaterThan(100);
  });

  it("never blames a read for the lack of a write that was left out", () => {
    // Every value read in the core is written in it, or the read is wrong because nobody ever wrote it.
    fc.assert(
      fc.property(mutatedHistory({ kind: "register", minOps: 6, maxOps: 12 }), (recorded) => {
        const happened = recorded.ops.filter(({ outcome }) => outcome.type !== "fail");
        for (const { ops } of anomaliesOf(register, recorded)) {
          const core = happened.filter(({ index }) => ops.includes(index));
          for (const { f, outcome, returnNs } of core) {
            if (f !== "read" || outcome.type !== "ok") continue;
            const writes = (list: typeof core): boolean =>
              list.some((other) => other.f === "write" && other.input === outcome.value && other.callNs <= returnNs);
            expect(writes(core)).toBe(writes(happened));
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});
