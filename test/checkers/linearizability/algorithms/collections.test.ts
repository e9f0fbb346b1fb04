import { describe, expect, it } from "vitest";
import type { Decision } from "../../../../checkers/linearizability/algorithm.ts";
import { ALGORITHMS } from "../../../../checkers/linearizability/algorithms/index.ts";
import { buildProblem } from "../../../../checkers/linearizability/problem.ts";
import { search } from "../../../../checkers/linearizability/search.ts";
import { counter, SPECS } from "../../../../checkers/specs/index.ts";
import type { Operation } from "../../../../src/core/operation.ts";
import type { Spec } from "../../../../src/core/spec.ts";
import { CASES } from "../../../bench/collections.ts";
import { history, type Sketch } from "../../../support/histories.ts";

const decide = (name: string, ops: readonly Operation[], spec = SPECS[name] as Spec): Decision => {
  const [algorithm] = ALGORITHMS.filter(({ specs }) => specs.includes(name));
  return algorithm?.decide(spec, ops, Number.POSITIVE_INFINITY) ?? { type: "declined", why: "no algorithm" };
};

/** Operations one after the other, each by a process of its own. */
const sequence = (...lines: readonly (readonly [f: string, input: Sketch["input"], ok?: Sketch["ok"]])[]) =>
  history(
    lines.map(([f, input, ok], i) => ({
      p: i,
      f,
      input: input ?? null,
      ok: ok ?? null,
      call: 10 * i,
      ret: 10 * i + 5,
    })),
  ).ops;

const culpritsOf = (decision: Decision): readonly number[] =>
  decision.type === "not-linearizable" ? decision.culprits : [];

describe("only what shows the contradiction is named", () => {
  it("of a FIFO queue two values, or those that fill it while a taker finds nothing", () => {
    const swapped = sequence(
      ["enqueue", 1],
      ["enqueue", 2],
      ["enqueue", 3],
      ["dequeue", null, 1],
      ["dequeue", null, 3],
    );
    expect(culpritsOf(decide("fifo-queue", swapped))).toEqual([1, 2, 4]);
    const filled = sequence(["enqueue", 1], ["enqueue", 2], ["dequeue", null, null], ["dequeue", null, 1]);
    expect(culpritsOf(decide("fifo-queue", filled))).toHaveLength(2);
    expect(culpritsOf(decide("fifo-queue", sequence(["dequeue", null, 1], ["enqueue", 1])))).toEqual([0, 1]);
  });

  it("of a stack and of a priority queue two values", () => {
    const bottom = sequence(["push", 1], ["push", 2], ["push", 3], ["pop", null, 3], ["pop", null, 1]);
    expect(culpritsOf(decide("stack", bottom))).toEqual([0, 1, 4]);
    const large = sequence(["insert", 1], ["insert", 2], ["insert", 3], ["poll", null, 1], ["poll", null, 3]);
    expect(culpritsOf(decide("priority-queue", large))).toEqual([1, 2, 4]);
  });

  it("of a set one element, and what was done to it since it was certainly in", () => {
    const gone = sequence(["add", 1], ["add", 2], ["contains", 1, true], ["remove", 2], ["contains", 1, false]);
    expect(culpritsOf(decide("set", gone))).toEqual([0, 4]);
  });

  it("of a lock two holders, of a list a read and what it does not show", () => {
    const both = sequence(["acquire", "a"], ["release", "a"], ["acquire", "b"], ["acquire", "c"], ["release", "b"]);
    expect(culpritsOf(decide("mutex", both))).toEqual([2, 3, 4]);
    const lists = sequence(["append", 1], ["append", 2], ["append", 3], ["read", null, [1, 2, 3]], ["read", null, [1]]);
    expect(culpritsOf(decide("append-list", lists))).toEqual([0, 1, 4]);
  });

  it("of a counter one read and all changes", () => {
    const back = sequence(["add", 1], ["add", 1], ["read", null, 2], ["read", null, 1], ["add", 1]);
    expect(culpritsOf(decide("counter", back))).toEqual([0, 1, 3]);
  });
});

describe("an algorithm declines", () => {
  it("what it cannot decide, and says why", () => {
    const why = (name: string, ops: readonly Operation[], spec?: Spec): string => {
      const decision = decide(name, ops, spec);
      return decision.type === "declined" ? decision.why : decision.type;
    };
    expect(why("fifo-queue", sequence(["enqueue", 1], ["enqueue", 1]))).toContain("more than once");
    expect(why("counter", sequence(["add", 1], ["add", 2], ["read", null, 3]))).toContain("different amounts");
    expect(why("counter", sequence(["add", 0.5]))).toContain("fractions");
    expect(why("set", sequence(["read", null, []], ["remove", 1]))).toContain("looked at or removed");
    const fromFive = { ...counter, init: () => 5 } as Spec;
    expect(why("counter", sequence(["read", null, 5]), fromFive)).toContain("usual state");
    expect(decide("counter", sequence(["read", null, 5])).type).toBe("not-linearizable");
    const backwards = sequence(["push", 1], ["push", 2]).toReversed();
    expect(why("stack", backwards)).toContain("order of their calls");
  });
});

describe("large histories, linearizable by construction or violated at the end", () => {
  it.each(CASES)("$name", ({ spec: name, make }) => {
    const spec = SPECS[name] as Spec;
    const byKey = (ops: readonly Operation[]): readonly Operation[][] => [
      ...ops
        .reduce(
          (parts, op) => parts.set(op.key, [...(parts.get(op.key) ?? []), op]),
          new Map<string | undefined, Operation[]>(),
        )
        .values(),
    ];
    // The general search, which confirms what is found, cannot do with many changes of a counter at once.
    const [operations, clients] = name === "counter" ? [1_000, 3] : [3_000, 20];
    for (const part of byKey(make(operations, clients, false).ops))
      expect(decide(name, part).type).toBe("linearizable");
    const wrong =
      byKey(make(operations, clients, true).ops).find((part) => decide(name, part).type !== "linearizable") ?? [];
    const culprits = culpritsOf(decide(name, wrong));
    expect(culprits.length).toBeGreaterThan(0);
    expect(culprits.length).toBeLessThan(name === "counter" ? 1_000 : 300);
    const some = wrong.filter(({ index }) => culprits.includes(index));
    const limits = { deadlineMs: performance.now() + 20_000, maxConfigurations: 1_000_000 };
    expect(search(buildProblem(spec, some), limits).type).toBe("stuck");
  });
});
