import { describe, expect, it } from "vitest";
import { sequential } from "../../../checkers/sequential/index.ts";
import { SPECS } from "../../../checkers/specs/index.ts";
import { DEFAULT_BUDGET } from "../../../src/core/checker.ts";
import type { History } from "../../../src/core/history.ts";
import type { Operation } from "../../../src/core/operation.ts";
import type { Random } from "../../../src/core/random.ts";
import type { Spec } from "../../../src/core/spec.ts";
import { runs } from "../../support/runs.ts";
import { agree, expectBothWays, tryMany } from "../shared/many.ts";
import { collectionHistory, type TinyShape, tinyHistory } from "../shared/tiny.ts";

const specOf = (name: string): Spec => {
  const spec = SPECS[name];
  if (!spec) throw new Error(`there is no specification ${name}`);
  return spec;
};

/** Lamport's definition, by trying every interleaving. */
function isSequential(spec: Spec, { ops }: History): boolean {
  const counted = ops.filter(({ f, outcome, ...op }) =>
    outcome.type === "fail" ? spec.observes({ f, ...op }, outcome) : outcome.type === "ok" || !spec.isRead(f),
  );
  const place = (left: readonly Operation[], states: ReadonlyMap<string, unknown>): boolean => {
    if (left.every(({ outcome }) => outcome.type === "info")) return true;
    return left.some((op, i) => {
      if (left.findIndex(({ process }) => process === op.process) !== i) return false;
      const object = spec.perKey ? (op.key ?? "") : "";
      const state = spec.step(states.has(object) ? states.get(object) : spec.init(), op, op.outcome);
      if (state === undefined) return false;
      return place(left.toSpliced(i, 1), new Map(states).set(object, state));
    });
  };
  return place(counted, new Map());
}

function agreement(name: string, count: number, make: (random: Random) => History) {
  const spec = specOf(name);
  const checker = sequential(spec);
  return tryMany(count, make, (history) => {
    const verdict = checker.check(history, DEFAULT_BUDGET);
    const holds = isSequential(spec, history);
    agree(verdict, holds);
    if (verdict.valid === "unknown") expect(verdict.why).toBe("vacuous");
    return holds;
  });
}

const shape = (random: Random, type: TinyShape["type"], swaps: boolean): TinyShape => ({
  type,
  ops: 9,
  sessions: 2 + random.below(2),
  keys: random.pick([1, 1, 1, 2, 3]),
  swaps,
  duplicates: random.chance(0.1),
  removes: random.chance(0.2),
  wild: random.chance(0.2),
});

describe("sequential consistency is what its definition says", () => {
  it.each([
    ["register", "register", false],
    ["cas-register", "register", true],
    ["append-list", "list", false],
    ["set", "set", false],
  ] as const)("of a %s", (name, type, swaps) => {
    expectBothWays(agreement(name, runs(20_000), (random) => tinyHistory(random, shape(random, type, swaps))));
  });

  it.each(["set", "counter", "fifo-queue", "stack"] as const)("of a %s", (name) => {
    expectBothWays(agreement(name, runs(4000), (random) => collectionHistory(random, name)));
  });
});
