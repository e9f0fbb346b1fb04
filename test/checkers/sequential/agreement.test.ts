import { describe, expect, it } from "vitest";
import { sequential } from "../../../checkers/sequential/index.ts";
import { SPECS } from "../../../checkers/specs/index.ts";
import { DEFAULT_BUDGET } from "../../../src/core/checker.ts";
import type { History } from "../../../src/core/history.ts";
import type { Operation } from "../../../src/core/operation.ts";
import type { Random } from "../../../src/core/random.ts";
import type { Spec } from "../../../src/core/spec.ts";
import { runs } from "../../support/runs.ts";
import { judgeable } from "../shared/judgeable.ts";
import { agree, expectBothWays, tryMany } from "../shared/many.ts";
import { collectionHistory, type TinyShape, tinyHistory } from "../shared/tiny.ts";
import { counted, isSequential } from "./oracle.ts";

const specOf = (name: string): Spec => {
  const spec = SPECS[name];
  if (!spec) throw new Error(`there is no specification ${name}`);
  return spec;
};

/** Reads of keys that were written, where that is all that tells something; of other objects all that happened for certain. */
function expectChecked(checked: number, spec: Spec, history: History): void {
  const certain = counted(spec, history).filter(({ outcome }) => outcome.type !== "info");
  const happened = history.ops.filter(({ outcome }) => outcome.type !== "fail");
  const isRead = ({ f }: Operation): boolean => f === "cas" || spec.isRead(f);
  if (["register", "cas-register", "append-list", "set"].includes(spec.name)) {
    const isPlain = judgeable(history) === history && certain.every(({ outcome }) => outcome.type === "ok");
    if (!isPlain || happened.some(({ f, outcome }) => f === "cas" && outcome.type === "info")) return;
    const written = new Set(happened.filter(({ f }) => !spec.isRead(f)).map(({ key }) => key));
    expect(checked).toBe(certain.filter((op) => isRead(op) && written.has(op.key)).length);
  } else expect(checked).toBe(certain.length);
}

function agreement(name: string, count: number, make: (random: Random) => History) {
  const spec = specOf(name);
  const checker = sequential(spec);
  return tryMany(count, make, (history) => {
    const verdict = checker.check(history, DEFAULT_BUDGET);
    const holds = isSequential(spec, history);
    agree(verdict, holds);
    if (verdict.valid === "unknown") expect(verdict.why).toBe("vacuous");
    if (verdict.valid === true) expectChecked(verdict.checked, spec, history);
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
