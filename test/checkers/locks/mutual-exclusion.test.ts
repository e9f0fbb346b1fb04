import { describe, expect, it } from "vitest";
import { linearizability } from "../../../checkers/linearizability/index.ts";
import { mutualExclusion } from "../../../checkers/locks/index.ts";
import { mutex } from "../../../checkers/specs/locks.ts";
import { DEFAULT_BUDGET, type Verdict } from "../../../src/core/checker.ts";
import type { History } from "../../../src/core/history.ts";
import type { Json } from "../../../src/core/json.ts";
import type { Operation } from "../../../src/core/operation.ts";
import type { Random } from "../../../src/core/random.ts";
import type { Spec } from "../../../src/core/spec.ts";
import { agree, concurrently, type Draw, invalid, type Opinion, opinionOf } from "../../support/agree.ts";
import { history, type Sketch } from "../../support/histories.ts";
import { runs } from "../../support/runs.ts";

const S = 1_000_000_000;
const op = (p: number, f: string, call: number, ret?: number, input: Json = null): Sketch => ({
  p,
  f,
  input,
  call: call * S,
  ...(ret === undefined ? {} : { ret: ret * S }),
});
const acquire = (p: number, call: number, ret?: number, who?: Json): Sketch => op(p, "acquire", call, ret, who);
const release = (p: number, call: number, ret?: number, who?: Json): Sketch => op(p, "release", call, ret, who);
const check = (sketches: readonly Sketch[], reentrant = false, leases = false): Verdict =>
  mutualExclusion({ reentrant, leases }).check(history(sketches), DEFAULT_BUDGET);

/** Instants, and instants between them, at which two processes certainly hold the lock; each looked at by itself. */
const expected =
  (leases: boolean) =>
  ({ ops }: History): Opinion => {
    // What a process finds out that its lease was over by, or that it has not survived.
    const isLoss = (op: Operation | undefined): boolean =>
      leases && op !== undefined && op.f !== "acquire" && op.outcome.type !== "ok";
    const isAccess = ({ f }: Operation): boolean => f === "read" || f === "write";
    const done = ops.filter(
      (op) => op.outcome.type !== "fail" || (op.outcome.error.name === LOST && isLoss(op) && op.f !== "read"),
    );
    const found: string[] = [];
    let holds = 0;
    const acquired = done.filter((op) => op.f === "acquire" && op.outcome.type === "ok");
    /** Up to when each acquisition certainly held the lock. */
    const ends = new Map(
      acquired.map((acquire): [Operation, number] => {
        const later = done.filter(({ process, index }) => process === acquire.process && index > acquire.index);
        const end = later.findIndex((op) => isLoss(op) || op.f === "release");
        const uses = later
          .slice(0, end < 0 ? undefined : end)
          .filter((op) => op.outcome.type === "ok" && op.f !== "read");
        const last = isLoss(later[end]) || (leases && end < 0) ? uses.at(-1) : later[end];
        if (last?.f === "acquire") return [acquire, last.returnNs];
        return [acquire, last?.callNs ?? (end < 0 && !leases ? Number.POSITIVE_INFINITY : acquire.returnNs)];
      }),
    );
    const held = (process: number, atNs: number): boolean => {
      const last = acquired.findLast((op) => op.process === process && op.returnNs < atNs);
      return last !== undefined && (ends.get(last) ?? 0) >= atNs;
    };
    for (const [i, op] of done.entries()) {
      const earlier = done.slice(0, i).filter(({ process }) => process === op.process);
      const turns = earlier.filter((one) => isLoss(one) || (one.outcome.type === "ok" && !isAccess(one)));
      const holdsIt = turns.at(-1)?.f === "acquire";
      if (op.f === "acquire" && op.outcome.type === "ok") {
        if (holdsIt) found.push("double-acquire");
        else holds++;
      }
      if (op.f === "release" && op.outcome.type === "ok" && !holdsIt && !earlier.some(isLoss))
        found.push("release-without-hold");
    }
    const processes = [...new Set(done.map(({ process }) => process))];
    for (let atNs = -0.5; atNs < 60; atNs += 0.5) {
      // Who lets go at this very instant may have got it again at once, with others in between.
      const letsGo = (process: number): boolean =>
        done.some((op) => op.process === process && op.f === "release" && op.callNs === atNs) ||
        acquired.some((op) => op.process === process && ends.get(op) === atNs);
      const holders = processes.filter(
        (process) =>
          held(process, atNs) && held(process, atNs - 0.25) && held(process, atNs + 0.25) && !letsGo(process),
      );
      const touching = processes.filter((process) =>
        done.some(
          (op) =>
            op.process === process &&
            op.f === "acquire" &&
            op.outcome.type === "ok" &&
            op.returnNs === atNs &&
            !held(process, atNs),
        ),
      );
      const brief = touching.filter(letsGo);
      if (holders.length > 1 || (holders.length === 1 && brief.some((process) => !holders.includes(process))))
        found.push("mutual-exclusion");
    }
    if (found.length > 0) return invalid(found);
    return holds > 1 ? "valid" : "unknown vacuous";
  };

const LOST = "precondition-failed";
const USES: readonly Draw[] = [
  ...["acquire", "acquire", "release", "write", "read"].map((f) => ({ f })),
  ...["release", "write"].map((f) => ({ f, fail: LOST })),
];

const locks =
  (certain: boolean, leases = false) =>
  (random: Random): Sketch[] => {
    const strict = random.chance(leases ? 0.2 : 0.4);
    let holder: number | undefined;
    return concurrently(random, { threads: 3, max: 8, certain }, (_, process) => {
      if (strict) {
        if (holder === process) {
          holder = undefined;
          return { f: "release" };
        }
        if (holder !== undefined) return { f: "acquire", fail: "temporarily-unavailable" };
        holder = process;
        return { f: "acquire" };
      }
      if (leases) return random.pick(USES);
      return { f: random.pick(["acquire", "release"]) };
    });
  };

describe("mutual exclusion", () => {
  it("holds where one lets go before the next gets it, or may have", () => {
    expect(check([acquire(0, 0, 1), release(0, 2, 3), acquire(1, 3, 4)])).toEqual({ valid: true, checked: 2 });
    expect(check([acquire(0, 0, 1), release(0, 2, 9), acquire(1, 3, 4)])).toMatchObject({ valid: true });
    expect(check([acquire(0, 0, 1), release(0, 2), acquire(1, 3, 4)])).toMatchObject({ valid: true });
    expect(check([acquire(0, 0, 3), release(0, 3, 5), acquire(1, 1, 3)])).toMatchObject({ valid: true });
  });

  it("is broken by two certain holds at once, and says whose, and when", () => {
    const verdict = check([acquire(0, 0, 1), acquire(1, 2, 3), release(0, 5, 6), release(1, 7, 8)]);
    expect(verdict).toMatchObject({
      valid: false,
      checked: 2,
      anomalies: [{ kind: "mutual-exclusion", rulesOut: ["mutual-exclusion"], ops: [0, 1, 2, 3] }],
    });
    expect(verdict.valid === false && verdict.anomalies[0].explanation).toBe(
      "process 0 and process 1 both held the lock from 3.000 s to 5.000 s: process 0 had it by 1.000 s and did not begin to release it before 5.000 s, process 1 had it by 3.000 s and did not begin to release it before 7.000 s.",
    );
  });

  it("lasts for ever if nobody calls a release, and failed releases do not count", () => {
    expect(check([acquire(0, 0, 1), acquire(1, 5, 6)])).toMatchObject({
      anomalies: [{ kind: "mutual-exclusion", rulesOut: ["mutual-exclusion", "sequential"] }],
    });
    expect(check([acquire(0, 0, 1), { ...release(0, 2, 3), fail: "abort" }, acquire(1, 5, 6)])).toMatchObject({
      anomalies: [{ rulesOut: ["mutual-exclusion", "sequential"] }],
    });
    expect(check([acquire(0, 0, 1), acquire(1, 0, 9), release(1, 9, 10)])).toMatchObject({
      anomalies: [{ rulesOut: ["mutual-exclusion"] }],
    });
  });

  it("leaves what is uncertain out", () => {
    expect(check([acquire(0, 0), acquire(1, 5, 6)])).toMatchObject({ why: "vacuous" });
    // The release of unknown outcome may end any later hold of the same client.
    expect(
      check([acquire(0, 0, 1, "a"), release(0, 2, undefined, "a"), acquire(3, 4, 5, "a"), acquire(1, 6, 7, "b")]),
    ).toMatchObject({ valid: true });
    expect(check([acquire(0, 0, undefined, "a"), release(3, 4, 5, "a")])).toMatchObject({ why: "vacuous" });
  });

  it("is certain of a lease that was lost up to its last use alone, or at the acknowledgement", () => {
    const leased = (sketches: Sketch[]): Verdict => check(sketches, false, true);
    const late = { ...release(0, 9, 10), fail: LOST };
    const other = [acquire(1, 5, 6), release(1, 7, 8)];
    expect(leased([acquire(0, 0, 1), late, ...other])).toEqual({ valid: true, checked: 2 });
    expect(leased([acquire(0, 0, 1), op(0, "write", 4, 5), late, ...other])).toMatchObject({ valid: true });
    const verdict = leased([acquire(0, 0, 1), op(0, "write", 7, 8), late, ...other]);
    expect(verdict.valid === false && verdict.anomalies[0].explanation).toBe(
      "process 0 and process 1 both held the lock from 6.000 s to 7.000 s: process 0 had it by 1.000 s and used it at 7.000 s, process 1 had it by 6.000 s and did not begin to release it before 7.000 s.",
    );
    // Acquired while the other certainly held it.
    expect(
      check([acquire(0, 0, 9), { ...release(0, 11, 12), fail: LOST }, acquire(1, 5, 6), release(1, 10, 11)]),
    ).toMatchObject({
      anomalies: [{ kind: "mutual-exclusion" }],
    });
    expect(leased([acquire(0, 0, 1), ...other])).toMatchObject({ valid: true });
    // Whoever does not live to see its write done holds nothing any more.
    expect(leased([acquire(0, 0, 1), op(0, "write", 2), ...other])).toMatchObject({ valid: true });
    expect(leased([acquire(0, 0, 1), { ...op(0, "write", 2, 3), fail: LOST }, release(0, 4, 5)])).toMatchObject({
      why: "vacuous",
    });
  });

  it("names holders by the input, so that one may go on under another process", () => {
    const holds = [acquire(0, 0, 1, "a"), release(3, 4, 5, "a"), acquire(1, 2, 3, "b"), release(1, 6, 7, "b")];
    const verdict = check(holds);
    expect(verdict.valid === false && verdict.anomalies[0].explanation).toMatch(
      /^"a" and "b" both held the lock from 3\.000 s to 4\.000 s/,
    );
    expect(check([acquire(0, 0, 4, "a"), release(1, 2, 5, "a")])).toMatchObject({ why: "malformed" });
  });

  it("knows locks that may be acquired again", () => {
    const twice = [acquire(0, 0, 1), acquire(0, 2, 3), release(0, 4, 5), acquire(1, 6, 7), release(0, 8, 9)];
    expect(check(twice)).toMatchObject({
      anomalies: [
        { kind: "double-acquire", rulesOut: ["mutual-exclusion", "pram"], ops: [0, 1] },
        { kind: "release-without-hold", rulesOut: ["pram"], ops: [4] },
      ],
    });
    expect(check(twice, true)).toMatchObject({ anomalies: [{ kind: "mutual-exclusion" }] });
    expect(check([...twice.slice(0, 3), release(0, 6, 7), acquire(1, 8, 9)], true)).toEqual({
      valid: true,
      checked: 2,
    });
  });

  it("judges locks apart and is malformed where there is another function", () => {
    expect(
      check([
        { ...acquire(0, 0, 1), key: "x" },
        { ...acquire(1, 2, 3), key: "y" },
      ]),
    ).toMatchObject({ why: "vacuous" });
    expect(check([op(0, "read", 0, 1)])).toMatchObject({ why: "malformed" });
    expect(check([op(0, "cas", 0, 1)], false, true)).toMatchObject({ why: "malformed" });
  });

  it.each([false, true])("agrees with looking at every instant (leases: %s)", (leases) => {
    agree({
      count: runs(leases ? 6_000 : 10_000),
      make: locks(false, leases),
      actual: (made) => opinionOf(mutualExclusion({ leases }), made),
      expected: expected(leases),
    });
  });

  it("decides linearizability where no outcome is unknown and no failure tells anything", () => {
    const spec = mutex as Spec;
    agree({
      count: runs(4_000),
      make: locks(true),
      actual: (made) => String(mutualExclusion().check(made, DEFAULT_BUDGET).valid === false ? "invalid" : "valid"),
      expected: (made) => (linearizability(spec).check(made, DEFAULT_BUDGET).valid === false ? "invalid" : "valid"),
    });
  });
});
