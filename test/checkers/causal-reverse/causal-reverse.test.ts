import { describe, expect, it } from "vitest";
import { causalReverse } from "../../../checkers/causal-reverse/index.ts";
import { DEFAULT_BUDGET, type Verdict } from "../../../src/core/checker.ts";
import type { History } from "../../../src/core/history.ts";
import type { Json } from "../../../src/core/json.ts";
import { agree, concurrently, invalid, type Opinion, opinionOf } from "../../support/agree.ts";
import { history, type Sketch } from "../../support/histories.ts";
import { runs } from "../../support/runs.ts";

const check = (...sketches: Sketch[]): Verdict => causalReverse().check(history(sketches), DEFAULT_BUDGET);
const write = (p: number, input: Json, call: number, ret: number): Sketch => ({ p, f: "write", input, call, ret });
const read = (ok: Json, call: number, ret = call + 1): Sketch => ({ p: 9, f: "read", call, ret, ok });

/** As it is stated: for any two writes one after the other and any read, the later one is seen only with the earlier one. */
function expected({ ops }: History): Opinion {
  const writes = ops.filter(({ f, outcome }) => f === "write" && outcome.type !== "fail");
  const reads = ops.flatMap(({ f, outcome }) =>
    f === "read" && outcome.type === "ok" ? [outcome.value as number[]] : [],
  );
  const found = reads.flatMap((saw) => [
    ...saw.filter((value) => !writes.some(({ input }) => input === value)).map(() => "thin-air-read"),
    ...writes
      .filter(({ input }) => saw.includes(input as number))
      .filter((later) =>
        writes.some(
          (earlier) =>
            earlier.outcome.type === "ok" && earlier.returnNs < later.callNs && !saw.includes(earlier.input as number),
        ),
      )
      .map(() => "causal-reverse"),
  ]);
  if (found.length > 0) return invalid(found);
  return reads.some((saw) => saw.length > 0) ? "valid" : "unknown vacuous";
}

describe("causal reverse (Jepsen, tests/causal_reverse and its test)", () => {
  const [one, two] = [write(0, 1, 0, 1), write(0, 2, 2, 3)];

  it("holds for sequential histories in which nothing earlier is missing", () => {
    expect(check(one, two, read([1, 2], 4))).toEqual({ valid: true, checked: 1 });
    expect(check(one, two, read([1], 4))).toEqual({ valid: true, checked: 1 });
    expect(check(one, two, read([2, 1], 4))).toEqual({ valid: true, checked: 1 });
    expect(
      check(...[0, 1, 2, 3, 4].map((i) => write(0, i, 2 * i, 2 * i + 1)), read([0, 1, 2, 3, 4], 20)),
    ).toMatchObject({ valid: true });
  });

  it("is broken where two is seen without one", () => {
    expect(check(one, two, read([2], 4))).toMatchObject({
      valid: false,
      checked: 1,
      anomalies: [{ kind: "causal-reverse", rulesOut: ["causal-cc", "monotonic-writes"], ops: [0, 1, 2] }],
    });
    const verdict = check(one, { ...two, p: 1 }, read([2], 4));
    expect(verdict).toMatchObject({ anomalies: [{ rulesOut: ["linearizable", "strong-snapshot-isolation"] }] });
    expect(verdict.valid === false && verdict.anomalies[0].explanation).toBe(
      "process 1 wrote 2 when process 0's write of 1 had been acknowledged, yet process 9 saw the later one, 2, without the earlier one.",
    );
  });

  it("asks nothing of writes that overlap, failed or ended unknown", () => {
    expect(check(write(0, 2, 0, 4), write(1, 1, 1, 2), read([2], 5))).toMatchObject({ valid: true });
    expect(check(write(0, 1, 0, 2), write(1, 2, 2, 3), read([2], 5))).toMatchObject({ valid: true });
    expect(check({ ...one, fail: "abort" }, two, read([2], 4))).toMatchObject({ valid: true });
    expect(check({ p: 1, f: "write", input: 1, call: 0 }, two, read([2], 4))).toMatchObject({ valid: true });
  });

  it("tells values that nobody wrote, and judges keys apart", () => {
    expect(check(one, read([1, 7], 4))).toMatchObject({ anomalies: [{ kind: "thin-air-read" }] });
    expect(check({ ...one, fail: "abort" }, read([1], 4))).toMatchObject({
      anomalies: [{ kind: "thin-air-read", ops: [0, 1] }],
    });
    expect(check({ ...one, key: "a" }, { ...two, key: "b" }, { ...read([2], 4), key: "b" })).toMatchObject({
      valid: true,
    });
  });

  it("says nothing where nothing was seen, or the history is of another kind", () => {
    expect(check(one, read([], 4), read(null, 6))).toMatchObject({ why: "vacuous" });
    expect(check(one, write(1, 1, 3, 4))).toMatchObject({ why: "malformed" });
    expect(check(one, read(3, 4))).toMatchObject({ why: "malformed" });
    expect(check({ ...one, f: "txn" })).toMatchObject({ why: "malformed" });
  });

  it("agrees with its definition, for every two writes and every read", () => {
    agree({
      count: runs(20_000),
      make: (random) => {
        const written: number[] = [];
        const missing = random.pick([0, 0, 0.1, 0.3]);
        return concurrently(random, { threads: 3, max: 9 }, (i) => {
          if (random.chance(0.6)) {
            written.push(i);
            return { f: "write", input: i };
          }
          const ok = written.filter(() => !random.chance(missing));
          if (random.chance(0.04)) ok.push(99);
          return { f: "read", ok: random.shuffle(ok) };
        });
      },
      actual: (made) => opinionOf(causalReverse(), made),
      expected,
    });
  });
});
