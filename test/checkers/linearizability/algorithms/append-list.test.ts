import { describe, expect, it } from "vitest";
import { appendListAlgorithm } from "../../../../checkers/linearizability/algorithms/append-list.ts";
import { appendList } from "../../../../checkers/specs/index.ts";
import type { Json } from "../../../../src/core/json.ts";
import type { Spec } from "../../../../src/core/spec.ts";
import { compare, expectBoth, type World } from "./harness.ts";

const world = (unknown: number, repeated: number): World => ({
  name: `append-list ${unknown} ${repeated}`,
  algorithm: appendListAlgorithm,
  spec: appendList as Spec,
  maxOps: 9,
  unknown,
  invoke(random, i) {
    if (random.chance(0.5)) return { f: "read", input: null };
    return { f: "append", input: random.chance(repeated) ? 1 + random.below(2) : i + 10 };
  },
  answer: (state, { f }) => (f === "append" ? null : JSON.parse(`[${state as string}]`)),
  lie(random, { f, ok }, answers) {
    if (f === "append") return null;
    const list = [...((ok ?? []) as readonly Json[])];
    switch (random.below(4)) {
      case 0:
        return list.slice(0, -1);
      case 1:
        return list.reverse();
      case 2:
        return [...list, 10 + random.below(9)];
      default:
        return answers.filter(Array.isArray)[random.below(4)] ?? list;
    }
  },
});

describe("append-list against all orders", () => {
  it.each([
    { title: "known outcomes", unknown: 0, repeated: 0, inCi: 10_000, maxDeclined: 0.06 },
    { title: "unknown outcomes", unknown: 0.15, repeated: 0, inCi: 10_000, maxDeclined: 0.06 },
    { title: "repeated values", unknown: 0.05, repeated: 0.2, inCi: 2_000, maxDeclined: 0.4 },
  ])("$title", ({ unknown, repeated, inCi, maxDeclined }) => {
    const tally = compare(world(unknown, repeated), inCi);
    expectBoth(tally, maxDeclined);
    expect(tally.missed).toBeLessThan(tally.invalid * (maxDeclined + 0.1));
  });
});
