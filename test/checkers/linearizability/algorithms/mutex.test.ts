import { describe, expect, it } from "vitest";
import { lockAlgorithm } from "../../../../checkers/linearizability/algorithms/mutex.ts";
import { fencedLock, mutex, reentrantMutex } from "../../../../checkers/specs/index.ts";
import type { LockState } from "../../../../checkers/specs/locks.ts";
import type { Spec } from "../../../../src/core/spec.ts";
import { compare, expectBoth, type World } from "./harness.ts";

/** Clients do what they can: those that hold the lock release it, sometimes they try in vain. */
const world = (spec: Spec, unknown: number, refusals: number, names: boolean): World => ({
  bold: spec.name === "fenced-lock" ? 0.05 : 0.12,
  name: `${spec.name} ${unknown} ${refusals} ${names}`,
  algorithm: lockAlgorithm,
  spec,
  maxOps: 9,
  unknown,
  invoke: (random) => ({
    f: random.chance(0.55) ? "acquire" : "release",
    input: names ? `c${random.below(3)}` : null,
  }),
  answer(state, op) {
    const { token } = state as LockState;
    const grown = Math.max(0, token) + 1 + (op.process % 2);
    const value = spec.name === "fenced-lock" && op.f === "acquire" ? grown : null;
    if (spec.step(state, op, { type: "ok", value }) !== undefined) return value;
    return op.process % 10 < refusals * 10 ? "fail" : undefined;
  },
  lie: (random, { f }) => (spec.name === "fenced-lock" && f === "acquire" ? 1 + random.below(5) : null),
});

describe.each([{ spec: mutex as Spec }, { spec: reentrantMutex as Spec }, { spec: fencedLock as Spec }])(
  "$spec.name against all orders",
  ({ spec }) => {
    it.each([
      { title: "known outcomes", unknown: 0, refusals: 0, names: false, inCi: 10_000, maxDeclined: 0.06 },
      { title: "unknown outcomes", unknown: 0.15, refusals: 0, names: false, inCi: 10_000, maxDeclined: 0.06 },
      { title: "names and refusals", unknown: 0.05, refusals: 0.1, names: true, inCi: 4_000, maxDeclined: 0.9 },
    ])("$title", ({ unknown, refusals, names, inCi, maxDeclined }) => {
      const tally = compare(world(spec, unknown, refusals, names), inCi);
      console.log(spec.name, tally);
      expectBoth(tally, maxDeclined);
      expect(tally.missed).toBeLessThan(tally.invalid * (maxDeclined + 0.1));
    });
  },
);
