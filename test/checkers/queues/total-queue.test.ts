import { describe, expect, it } from "vitest";
import { summarizeQueue, type TotalQueueOptions, totalQueue } from "../../../checkers/queues/index.ts";
import { DEFAULT_BUDGET, type Verdict } from "../../../src/core/checker.ts";
import type { History } from "../../../src/core/history.ts";
import type { Json } from "../../../src/core/json.ts";
import { agree, concurrently, invalid, type Opinion, opinionOf } from "../../support/agree.ts";
import { history, type Sketch } from "../../support/histories.ts";
import { runs } from "../../support/runs.ts";

let processes = 0;
const op = (f: string, input: Json, call: number, end: Partial<Sketch> = { ret: call + 1 }): Sketch => ({
  p: processes++,
  f,
  input,
  call,
  ...end,
});
const enqueue = (value: Json, call: number, end?: Partial<Sketch>): Sketch => op("enqueue", value, call, end);
const dequeue = (ok: Json, call: number, end?: Partial<Sketch>): Sketch => ({ ...op("dequeue", null, call, end), ok });
const drain = (ok: Json, call: number): Sketch => ({ ...op("drain", null, call), ok });
const check = (sketches: readonly Sketch[], options: TotalQueueOptions = {}): Verdict =>
  totalQueue(options).check(history(sketches), DEFAULT_BUDGET);

/**
 * By trying everything that dequeues of unknown outcome may have taken: a value is lost if it is missing whatever they took.
 */
function expected({ ops }: History, atLeastOnce: boolean): Opinion {
  const enqueues = ops.filter(({ f, outcome }) => f === "enqueue" && outcome.type !== "fail");
  const acknowledged = enqueues.filter(({ outcome }) => outcome.type === "ok");
  const out = ops.flatMap(({ f, outcome }) =>
    f === "enqueue" || outcome.type !== "ok" || outcome.value === null
      ? []
      : f === "drain"
        ? (outcome.value as number[])
        : [outcome.value as number],
  );
  const times = (values: readonly Json[], value: Json): number => values.filter((other) => other === value).length;
  const inputs = enqueues.map(({ input }) => input);
  const found: string[] = [];
  for (const value of out)
    if (!inputs.includes(value)) found.push("unexpected-element");
    else if (!atLeastOnce && times(out, value) > times(inputs, value)) found.push("duplicate-element");
  const empties = ops.filter(({ f, outcome, callNs }) => {
    const isEmpty =
      f === "drain"
        ? outcome.type === "ok"
        : f === "dequeue" &&
          ((outcome.type === "ok" && outcome.value === null) ||
            (outcome.type === "fail" && outcome.error.name === "empty"));
    return (
      isEmpty &&
      enqueues.every((other) => other.callNs < callNs) &&
      acknowledged.every((other) => other.returnNs < callNs)
    );
  });
  if (empties.length === 0) return found.length > 0 ? invalid(found) : "unknown vacuous";
  const endNs = Math.max(...empties.map(({ returnNs }) => returnNs));
  const takers = ops.filter(({ f, outcome, callNs }) => f !== "enqueue" && outcome.type === "info" && callNs <= endNs);
  const missing = (got: readonly Json[]): boolean =>
    acknowledged.some(
      ({ input }) =>
        times(
          acknowledged.map((other) => other.input),
          input,
        ) > times(got, input),
    );
  const anyExplains = (got: readonly Json[], left: typeof takers): boolean => {
    const [taker, ...others] = left;
    if (!missing(got)) return true;
    if (taker === undefined) return false;
    return taker.f === "drain" || acknowledged.some(({ input }) => anyExplains([...got, input], others));
  };
  if (!anyExplains(out, takers)) found.push("lost-element");
  if (found.length > 0) return invalid(found);
  return missing(out) || acknowledged.length === 0 ? "unknown vacuous" : "valid";
}

describe("total queue (Jepsen, checker/total-queue and its tests)", () => {
  it("holds where all that went in came out, also what was never acknowledged", () => {
    const sane = [enqueue(1, 0, {}), enqueue(2, 1), dequeue(1, 3), dequeue(2, 5), dequeue(null, 7)];
    expect(check(sane)).toEqual({ valid: true, checked: 1 });
    expect(summarizeQueue(history(sane))).toEqual({
      attempted: 2,
      acknowledged: 1,
      ok: 2,
      lost: 0,
      unexpected: 0,
      duplicated: 0,
      recovered: 1,
    });
    expect(check([enqueue(1, 0), enqueue(1, 2), dequeue(1, 4), drain([1], 6)])).toEqual({ valid: true, checked: 2 });
  });

  it("pathological", () => {
    const bad = [
      enqueue("hung", 0, {}),
      enqueue("enqueued", 1),
      enqueue("dup", 3),
      dequeue("wtf", 5),
      dequeue("dup", 7),
      dequeue("dup", 9),
      drain([], 11),
    ];
    expect(check(bad)).toMatchObject({
      valid: false,
      checked: 2,
      anomalies: [
        { kind: "duplicate-element", rulesOut: ["sequential"], ops: [2, 4, 5] },
        { kind: "unexpected-element", rulesOut: ["causal-cc", "pram"], ops: [3] },
        { kind: "lost-element", rulesOut: ["durable"], ops: [1, 6] },
      ],
    });
    expect(summarizeQueue(history(bad))).toEqual({
      attempted: 3,
      acknowledged: 2,
      ok: 1,
      lost: 1,
      unexpected: 1,
      duplicated: 1,
      recovered: 0,
    });
    const verdict = check(bad);
    expect(verdict.valid === false && verdict.anomalies[0].explanation).toMatch(
      /^"dup" came out of the object twice, but was enqueued once only, by process \d+; it was handed to process \d+, process \d+\.$/,
    );
  });

  it("tells nothing of a queue that nobody found empty when the last enqueue was over", () => {
    expect(check([])).toMatchObject({ why: "vacuous" });
    expect(check([enqueue(1, 0)])).toMatchObject({ why: "vacuous" });
    expect(check([dequeue(null, 0), enqueue(1, 3)])).toMatchObject({ why: "vacuous" });
    expect(check([enqueue(1, 0, { ret: 5 }), drain([], 3)])).toMatchObject({ why: "vacuous" });
    expect(check([enqueue(1, 0), dequeue(null, 3)])).toMatchObject({ valid: false });
    expect(check([enqueue(1, 0), dequeue(null, 3, { ret: 4, fail: "empty" })])).toMatchObject({ valid: false });
    expect(check([enqueue(1, 0), dequeue(null, 3, { ret: 4, fail: "timeout" })])).toMatchObject({ why: "vacuous" });
  });

  it("gives dequeues of unknown outcome the benefit of the doubt, one value each", () => {
    const taker = dequeue(null, 4, {});
    expect(check([enqueue(1, 0), taker, drain([], 6)])).toMatchObject({
      valid: "unknown",
      why: "vacuous",
      detail: expect.stringMatching(/1 value never came out/),
    });
    expect(check([enqueue(1, 0), enqueue(2, 2), taker, drain([], 6)])).toMatchObject({
      anomalies: [{ kind: "lost-element" }, { kind: "lost-element" }],
    });
    expect(check([enqueue(1, 0), drain([], 6), dequeue(null, 9, {})])).toMatchObject({ valid: false });
    expect(check([enqueue(1, 0), enqueue(2, 2), { ...op("drain", null, 4, {}) }, drain([], 6)])).toMatchObject({
      why: "vacuous",
    });
  });

  it("lets a value come out twice where that is allowed", () => {
    const twice = [enqueue(1, 0), dequeue(1, 2), drain([1], 4)];
    expect(check(twice)).toMatchObject({ valid: false });
    expect(check(twice, { atLeastOnce: true })).toEqual({ valid: true, checked: 1 });
  });

  it("is malformed where the history is none of queues", () => {
    expect(check([enqueue(null, 0)])).toMatchObject({ why: "malformed" });
    expect(check([drain(3, 0)])).toMatchObject({ why: "malformed" });
    expect(check([op("push", 3, 0)])).toMatchObject({ why: "malformed" });
  });

  it("agrees with trying all that dequeues of unknown outcome may have taken", () => {
    for (const atLeastOnce of [false, true])
      agree({
        count: runs(20_000) / 2,
        make: (random) => {
          const held: number[] = [];
          const wild = random.pick([0, 0, 0.1, 0.3]);
          const ops = concurrently(random, { threads: 3, max: 8 }, (i) => {
            if (random.chance(0.5)) {
              const input = random.chance(0.8) ? i : random.below(i + 1);
              held.push(input);
              return { f: "enqueue", input };
            }
            if (random.chance(0.05)) return { f: "drain", ok: held.splice(0) };
            const value = random.chance(wild) ? random.below(10) : random.chance(wild) ? held[0] : held.shift();
            return value === undefined && random.chance(0.5)
              ? { f: "dequeue", fail: "empty" }
              : { f: "dequeue", ok: value ?? null };
          });
          const endNs = Math.max(...ops.map(({ call, ret = 0 }) => Math.max(call, ret)));
          if (random.chance(wild)) held.pop();
          return random.chance(0.1) ? ops : [...ops, { p: 900, f: "drain", call: endNs + 1, ret: endNs + 2, ok: held }];
        },
        actual: (made) => opinionOf(totalQueue({ atLeastOnce }), made),
        expected: (made) => expected(made, atLeastOnce),
      });
  });
});
