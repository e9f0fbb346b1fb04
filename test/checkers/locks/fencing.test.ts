import { describe, expect, it } from "vitest";
import { fencing } from "../../../checkers/locks/index.ts";
import { DEFAULT_BUDGET, type Verdict } from "../../../src/core/checker.ts";
import type { History } from "../../../src/core/history.ts";
import type { Json } from "../../../src/core/json.ts";
import type { Operation } from "../../../src/core/operation.ts";
import { agree, concurrently, type Draw, invalid, type Opinion, opinionOf } from "../../support/agree.ts";
import { history, type Sketch } from "../../support/histories.ts";
import { runs } from "../../support/runs.ts";

const acquire = (p: number, ok: Json, call: number, ret = call + 1): Sketch => ({ p, f: "acquire", call, ret, ok });
const write = (p: number, token: Json, call: number, ret = call + 1): Sketch => ({
  p,
  f: "write",
  input: { token, value: "v" },
  call,
  ret,
});
const check = (...sketches: Sketch[]): Verdict => fencing().check(history(sketches), DEFAULT_BUDGET);

/** Every two acquisitions, and every two accepted writes. */
function expected({ ops }: History): Opinion {
  const answerOf = ({ outcome }: Operation): string => (outcome.type === "ok" ? JSON.stringify(outcome.value) : "");
  const tokenOf = (op: Operation): number =>
    op.f === "read"
      ? (JSON.parse(answerOf(op)) as { token: number }).token
      : op.f === "write"
        ? (op.input as { token: number }).token
        : op.outcome.type === "ok"
          ? (op.outcome.value as number)
          : 0;
  const uses = ops.filter(({ outcome }) => outcome.type === "ok");
  const [out, accepted] = ["acquire", "write"].map((f) => uses.filter((op) => op.f === f)) as [
    Operation[],
    Operation[],
  ];
  const isBefore = (a: Operation, b: Operation): boolean =>
    a.returnNs < b.callNs || (a.process === b.process && a.index < b.index);
  // A read is a use of the token of the only write that may have written what it shows.
  const shownBy = (read: Operation): Operation | undefined => {
    const writers = ops.filter(
      (op) => op.f === "write" && op.outcome.type !== "fail" && JSON.stringify(op.input) === answerOf(read),
    );
    return writers.length === 1 ? writers[0] : undefined;
  };
  const seen = [...accepted, ...uses.filter((op) => op.f === "read" && shownBy(op))].sort((a, b) => a.index - b.index);
  const decreases = (some: readonly Operation[]): boolean =>
    some.some((a) => some.some((b) => isBefore(a, b) && tokenOf(a) > tokenOf(b)));
  const found: string[] = [];
  if (decreases(out)) found.push("non-monotonic-token");
  if (decreases(seen)) found.push("stale-token-accepted");
  if (out.some((a) => out.some((b) => a !== b && tokenOf(a) === tokenOf(b)))) found.push("duplicate-token");
  if (found.length > 0) return invalid(found);
  return out.length > 1 || seen.length > 1 ? "valid" : "unknown vacuous";
}

describe("fencing tokens (Kleppmann, How to do distributed locking)", () => {
  it("holds where tokens grow, and concurrent ones are anyhow", () => {
    expect(check(acquire(0, 1, 0), acquire(1, 5, 2), write(1, 5, 4), write(0, 5, 6))).toEqual({
      valid: true,
      checked: 4,
    });
    expect(check(acquire(0, 9, 0, 5), acquire(1, 3, 5))).toMatchObject({ valid: true });
  });

  it("is broken by a later acquisition with a smaller token, or any with the same", () => {
    const verdict = check(acquire(0, 4, 0), acquire(1, 3, 2));
    expect(verdict).toMatchObject({
      valid: false,
      checked: 2,
      anomalies: [{ kind: "non-monotonic-token", rulesOut: ["fencing"], ops: [0, 1] }],
    });
    expect(verdict.valid === false && verdict.anomalies[0].explanation).toMatch(
      /^process 1 acquired the lock at 0\.000 s with the fencing token 3, but process 0 had got the larger 4/,
    );
    expect(check(acquire(0, 4, 0), acquire(0, 3, 1))).toMatchObject({ anomalies: [{ rulesOut: ["fencing", "pram"] }] });
    expect(check(acquire(0, 4, 0, 9), acquire(1, 4, 2))).toMatchObject({
      anomalies: [{ kind: "duplicate-token", rulesOut: ["fencing", "sequential"] }],
    });
    expect(check(acquire(0, 4, 0), acquire(0, 4, 2))).toMatchObject({
      anomalies: [{ kind: "duplicate-token", rulesOut: ["fencing", "pram"] }],
    });
  });

  it("is broken by a resource that accepts a smaller token after a larger one", () => {
    const verdict = check(acquire(0, 1, 0), acquire(1, 2, 3), write(1, 2, 5), write(0, 1, 8));
    expect(verdict).toMatchObject({
      valid: false,
      checked: 4,
      anomalies: [{ kind: "stale-token-accepted", rulesOut: ["fencing"], ops: [2, 3] }],
    });
    expect(check(write(1, 2, 5), { ...write(0, 1, 8), fail: "precondition-failed" }, write(2, 2, 12))).toMatchObject({
      valid: true,
    });
    expect(check({ ...write(1, 2, 5), key: "x" }, { ...write(0, 1, 8), key: "y" })).toMatchObject({ why: "vacuous" });
  });

  it("is broken by a resource that shows a write with a smaller token after a larger one", () => {
    const put = (p: number, value: number, token: number, call: number, ret = call + 1): Sketch => ({
      p,
      f: "write",
      input: value,
      call,
      ret,
      ok: { token },
    });
    const read = (p: number, value: number, call: number): Sketch => ({ p, f: "read", call, ret: call + 1, ok: value });
    // The write of 7 was called first and is acknowledged last: only the reads tell in what order the two were accepted.
    const writes = [put(0, 7, 1, 0, 9), put(1, 8, 2, 2, 3)];
    expect(check(...writes, read(2, 8, 12))).toMatchObject({ valid: true, checked: 3 });
    const verdict = check(...writes, read(2, 7, 12));
    expect(verdict).toMatchObject({
      anomalies: [{ kind: "stale-token-accepted", rulesOut: ["fencing"], ops: [1, 0, 2] }],
    });
    expect(verdict.valid === false && verdict.anomalies[0].explanation).toMatch(
      /^the resource showed process 2 the value 7 at 0\.000 s, a write of process 0 with the fencing token 1, though it had accepted the larger 2 of process 1/,
    );
    expect(check(...writes, put(3, 7, 9, 12), read(2, 7, 14))).toMatchObject({ valid: true });
    expect(check(...writes, { p: 3, f: "write", input: 9, call: 12 }, read(2, 9, 14))).toMatchObject({ valid: true });
  });

  it("says nothing without two tokens, and of what has none", () => {
    expect(check()).toMatchObject({ why: "vacuous" });
    expect(
      check(acquire(0, null, 0), acquire(1, 3, 2), { p: 1, f: "release", call: 5, ret: 6 }, write(1, 3, 8)),
    ).toMatchObject({ why: "vacuous" });
    for (const wrong of [
      acquire(0, "3", 0),
      write(0, null, 0),
      { ...write(0, 1, 0), input: 3 },
      { ...write(0, 1, 0), f: "cas" },
    ])
      expect(check(wrong)).toMatchObject({ why: "malformed" });
  });

  it("agrees with comparing every two", () => {
    agree({
      count: runs(20_000),
      make: (random) => {
        let token = 0;
        const wild = random.pick([0, 0.25, 0.35]);
        return concurrently(random, { threads: 3, max: 8 }, () => {
          if (random.chance(wild)) token -= random.below(3);
          else token++;
          return random.pick<Draw>([
            { f: "acquire", ok: token },
            { f: "write", input: { token } },
            { f: "read", ok: { token: token - random.below(2) } },
          ]);
        });
      },
      actual: (made) => opinionOf(fencing(), made),
      expected,
    });
  });
});
