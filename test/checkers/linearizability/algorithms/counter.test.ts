import { describe, expect, it } from "vitest";
import { counterAlgorithm } from "../../../../checkers/linearizability/algorithms/counter.ts";
import { counter } from "../../../../checkers/specs/index.ts";
import type { Spec } from "../../../../src/core/spec.ts";
import { compare, expectBoth, type World } from "./harness.ts";

const world = (unknown: number, amounts: readonly number[]): World => ({
  name: `counter ${unknown} ${amounts}`,
  algorithm: counterAlgorithm,
  spec: counter as Spec,
  maxOps: 9,
  unknown,
  invoke(random) {
    if (random.chance(0.5)) return { f: "read", input: null };
    return { f: "add", input: amounts[random.below(amounts.length)] ?? 1 };
  },
  answer: (state, { f }) => (f === "read" ? (state as number) : null),
  lie(random, { f, ok }) {
    if (f !== "read") return null;
    return (ok as number) + (random.chance(0.9) ? (amounts[0] ?? 1) : 1) * (random.chance(0.5) ? 1 : -1);
  },
});

describe("counter against all orders", () => {
  it.each([
    { title: "one amount", unknown: 0, amounts: [1], inCi: 10_000, maxDeclined: 0.03, maxMissed: 0.03 },
    {
      title: "one amount, unknown outcomes",
      unknown: 0.2,
      amounts: [2],
      inCi: 6_000,
      maxDeclined: 0.03,
      maxMissed: 0.03,
    },
    { title: "one negative amount", unknown: 0.1, amounts: [-3, 0], inCi: 4_000, maxDeclined: 0.03, maxMissed: 0.03 },
    { title: "different amounts", unknown: 0.1, amounts: [1, 5, -2], inCi: 4_000, maxDeclined: 0.9, maxMissed: 0.7 },
  ])("$title", ({ unknown, amounts, inCi, maxDeclined, maxMissed }) => {
    const tally = compare(world(unknown, amounts), inCi);
    expectBoth(tally, maxDeclined);
    expect(tally.missed).toBeLessThan(tally.invalid * maxMissed);
  });
});
