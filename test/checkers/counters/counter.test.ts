import { describe, expect, it } from "vitest";
import { counter } from "../../../checkers/counters/index.ts";
import { DEFAULT_BUDGET, type Verdict } from "../../../src/core/checker.ts";
import type { History } from "../../../src/core/history.ts";
import type { Json } from "../../../src/core/json.ts";
import type { Operation } from "../../../src/core/operation.ts";
import { agree, concurrently, invalid, type Opinion, opinionOf } from "../../support/agree.ts";
import { history, type Sketch } from "../../support/histories.ts";
import { runs } from "../../support/runs.ts";

const check = (...sketches: Sketch[]): Verdict => counter().check(history(sketches), DEFAULT_BUDGET);
const op = (p: number, f: string, call: number, ret: number | undefined, value: Json): Sketch => ({
  p,
  f,
  call,
  ...(f === "read" ? { ok: value } : { input: value }),
  ...(ret === undefined ? {} : { ret }),
});

/** The kind of what is wrong with each read, in the order of the reads. */
const kinds = (verdict: Verdict): string[] =>
  verdict.valid === false ? verdict.anomalies.map(({ kind }) => kind) : [];

/** By enumeration: every set of additions that may have been done while the read was on its way. */
function boundsOf(read: Operation, ops: readonly Operation[]): [number, number] {
  const adds = ops.filter(({ f, outcome }) => f !== "read" && outcome.type !== "fail");
  const must = adds.filter(({ returnNs }) => returnNs < read.callNs);
  const may = adds.filter((add) => !must.includes(add) && add.callNs <= read.returnNs);
  const sums = Array.from({ length: 1 << may.length }, (_, choice) =>
    [...must, ...may.filter((_, i) => choice & (1 << i))].reduce(
      (sum, add) => sum + (add.f === "decrement" ? -1 : 1) * (add.input as number),
      0,
    ),
  );
  return [Math.min(...sums), Math.max(...sums)];
}

function expected({ ops }: History): Opinion {
  const reads = ops.filter(({ f, outcome, final }) => f === "read" && outcome.type === "ok" && !final);
  const found = reads.flatMap((read) => {
    const value = read.outcome.type === "ok" ? (read.outcome.value as number) : 0;
    const mine = ops.filter(({ key }) => key === read.key);
    const [lower, upper] = boundsOf(read, mine);
    const [least, most] = boundsOf({ ...read, callNs: 0, returnNs: Number.POSITIVE_INFINITY }, mine);
    if (value >= lower && value <= upper) return [];
    if (value < least || value > most) return ["impossible-value"];
    return [value < lower ? "missing-additions" : "excess-additions"];
  });
  if (found.length > 0) return invalid(found);
  return reads.length > 0 ? "valid" : "unknown vacuous";
}

describe("counter (Jepsen, checker/counter and its tests)", () => {
  it("takes an initial read of 0, and no other", () => {
    expect(check()).toMatchObject({ valid: "unknown", why: "vacuous" });
    expect(check(op(0, "read", 0, 1, 0))).toEqual({ valid: true, checked: 1 });
    expect(kinds(check(op(0, "read", 0, 1, 1)))).toEqual(["impossible-value"]);
  });

  it("ignores additions that failed", () => {
    expect(check({ ...op(0, "add", 0, 1, 1), fail: "abort" }, op(0, "read", 2, 3, 0))).toEqual({
      valid: true,
      checked: 1,
    });
  });

  it("interleaved concurrent reads and writes", () => {
    const verdict = check(
      op(0, "read", 0, 9, 6),
      op(1, "add", 1, 10, 1),
      op(2, "read", 2, 11, 0),
      op(3, "add", 3, 12, 2),
      op(4, "read", 4, 13, 3),
      op(5, "add", 5, 14, 4),
      op(6, "read", 6, 15, 100),
      op(7, "add", 7, 16, 8),
      op(8, "read", 8, 17, 15),
    );
    expect(verdict).toMatchObject({ valid: false, checked: 5, anomalies: [{ kind: "impossible-value", ops: [6] }] });
    expect(kinds(verdict)).toHaveLength(1);
  });

  it("rolling reads and writes", () => {
    const verdict = check(
      op(0, "read", 0, 2, 0),
      op(1, "add", 1, 4, 1),
      op(0, "read", 3, 6, 3),
      op(1, "add", 5, 8, 2),
      op(0, "read", 7, 9, 5),
    );
    expect(verdict).toMatchObject({ valid: false, checked: 3, anomalies: [{ kind: "impossible-value", ops: [4] }] });
  });

  it("says which additions are missing, and by how much", () => {
    const verdict = check(op(0, "add", 0, 1, 3), op(0, "increment", 2, 3, 4), op(1, "read", 5, 6, 3));
    expect(verdict).toMatchObject({
      anomalies: [{ kind: "missing-additions", rulesOut: ["counter-bounds"], ops: [0, 1, 2] }],
    });
    expect(verdict.valid === false && verdict.anomalies[0].explanation).toMatch(/process 1 read 3 .* at least 7/);
  });

  it("knows negative additions: one under way lowers the least, one that is over the most", () => {
    const adds = [op(0, "add", 0, 1, 10), op(1, "add", 2, undefined, -3), op(2, "decrement", 2, 3, 4)];
    for (const [value, kind] of [
      [2, "missing-additions"],
      [3, undefined],
      [6, undefined],
      [7, "excess-additions"],
      [-1, "missing-additions"],
      [-8, "impossible-value"],
    ] as const)
      expect(kinds(check(...adds, op(3, "read", 5, 6, value)))[0]).toBe(kind);
  });

  it("judges keys apart and leaves closing reads out", () => {
    expect(check({ ...op(0, "add", 0, 1, 1), key: "a" }, { ...op(1, "read", 2, 3, 0), key: "b" })).toMatchObject({
      valid: true,
    });
    expect(check(op(0, "add", 0, 1, 1), { ...op(1, "read", 2, 3, 0), final: true })).toMatchObject({ why: "vacuous" });
  });

  it("is malformed where something is no integer, or no function of a counter", () => {
    for (const wrong of [
      op(0, "add", 0, 1, "1"),
      op(0, "add", 0, 1, null),
      op(0, "read", 0, 1, null),
      op(0, "read", 0, 1, 0.5),
      op(0, "cas", 0, 1, 1),
    ])
      expect(check(wrong)).toMatchObject({ valid: "unknown", why: "malformed" });
  });

  it("agrees with trying every set of additions", () => {
    const split = agree({
      count: runs(20_000),
      make: (random) => {
        let sum = 0;
        return concurrently(random, { threads: 3, max: 9 }, () => {
          const key = random.chance(0.9) ? "x" : "y";
          if (random.chance(0.4)) return { f: "read", key, ok: sum + (random.chance(0.4) ? random.below(9) - 4 : 0) };
          const f = random.pick(["add", "add", "increment", "decrement"]);
          const input = f === "add" ? random.below(7) - 3 : random.below(3);
          sum += f === "decrement" ? -input : input;
          return { f, key, input };
        });
      },
      actual: (made) => opinionOf(counter(), made),
      expected,
    });
    expect(split.unknown).toBeGreaterThan(0);
  });
});
