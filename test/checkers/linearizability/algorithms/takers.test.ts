import { describe, expect, it } from "vitest";
import type { Algorithm } from "../../../../checkers/linearizability/algorithm.ts";
import { priorityQueueAlgorithm } from "../../../../checkers/linearizability/algorithms/priority-queue.ts";
import { fifoQueueAlgorithm } from "../../../../checkers/linearizability/algorithms/queue.ts";
import { stackAlgorithm } from "../../../../checkers/linearizability/algorithms/stack.ts";
import { fifoQueue, priorityQueue, stack } from "../../../../checkers/specs/index.ts";
import type { Spec } from "../../../../src/core/spec.ts";
import { bySearch, compare, expectBoth, type World } from "./harness.ts";

interface Kind {
  readonly algorithm: Algorithm;
  readonly spec: Spec;
  readonly add: string;
  readonly take: string;
}

const kinds: readonly Kind[] = [
  { algorithm: fifoQueueAlgorithm, spec: fifoQueue as Spec, add: "enqueue", take: "dequeue" },
  { algorithm: stackAlgorithm, spec: stack as Spec, add: "push", take: "pop" },
  { algorithm: priorityQueueAlgorithm, spec: priorityQueue as Spec, add: "insert", take: "poll" },
];

/** Values differ but for a share of them; a priority queue gets them in any order. */
const world = ({ algorithm, spec, add, take }: Kind, unknown: number, repeated: number): World => ({
  name: `${algorithm.name} ${unknown} ${repeated}`,
  algorithm,
  spec,
  maxOps: 8,
  unknown,
  invoke(random, i) {
    if (random.chance(i < 3 ? 0.1 : 0.55)) return { f: take, input: null };
    return { f: add, input: random.chance(repeated) ? 1 + random.below(2) : (7 * i + 3) % 37 };
  },
  answer(state, { f, process }) {
    if (f === add) return null;
    const next = (state as readonly string[])[0];
    if (next !== undefined) return JSON.parse(next);
    return process % 2 === 0 ? "fail" : null;
  },
  lie: (random, { f }, answers) => (f === add ? null : (answers[random.below(answers.length)] ?? null)),
});

describe.each(kinds)("longer histories of $algorithm.name", (kind) => {
  it("are decided like by the general search", () => {
    const long = { ...world(kind, 0, 0), name: `long ${kind.algorithm.name}`, maxOps: 14, oracle: bySearch };
    expectBoth(compare(long, 500), 0.2);
  });
});

describe.each(kinds)("$algorithm.name against all orders", (kind) => {
  it.each([
    { title: "known outcomes", unknown: 0, repeated: 0, inCi: 12_000, maxDeclined: 0.06 },
    { title: "unknown outcomes", unknown: 0.15, repeated: 0, inCi: 10_000, maxDeclined: 0.1 },
    { title: "repeated values", unknown: 0.05, repeated: 0.2, inCi: 2_000, maxDeclined: 0.25 },
  ])("$title", ({ unknown, repeated, inCi, maxDeclined }) => {
    const tally = compare(world(kind, unknown, repeated), inCi);
    expectBoth(tally, maxDeclined);
    expect(tally.missed).toBeLessThan(tally.invalid * (maxDeclined + 0.1));
  });
});
