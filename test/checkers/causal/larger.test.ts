import { describe, it } from "vitest";
import { causal, causalCc, causalCm } from "../../../checkers/causal/index.ts";
import { pram } from "../../../checkers/pram/index.ts";
import { DEFAULT_BUDGET } from "../../../src/core/checker.ts";
import type { History } from "../../../src/core/history.ts";
import type { Operation } from "../../../src/core/operation.ts";
import type { Random } from "../../../src/core/random.ts";
import { runs } from "../../support/runs.ts";
import { eventCount } from "../shared/definitions.ts";
import { agree, expectBothWays, tryMany } from "../shared/many.ts";
import { tinyHistory } from "../shared/tiny.ts";
import { satisfiesByPatterns } from "./patterns.ts";

const CHECKERS = { "causal-cc": causalCc, "causal-cm": causalCm, "causal-ccv": causal, pram } as const;
const MODELS = Object.keys(CHECKERS) as (keyof typeof CHECKERS)[];

/** How many operations tell what they saw of a key that was written, or may have been. */
function readsOf({ ops }: History): number {
  const isRead = (op: Operation): boolean => op.f === "read" || op.f === "contains";
  const value = ({ f, input }: Operation): unknown => (f === "cas" ? (input as unknown[])[1] : input);
  const saw = (op: Operation): unknown =>
    op.f === "cas" ? (op.input as unknown[])[0] : op.outcome.type === "ok" ? op.outcome.value : null;
  // A compare-and-set of unknown outcome happened if somebody saw what it wrote who happened.
  const happened = new Set(
    ops.filter(({ f, outcome }) => outcome.type === "ok" || (outcome.type === "info" && f !== "cas")),
  );
  for (const seen of happened)
    for (const op of ops)
      if (op.f === "cas" && op.outcome.type === "info" && op.key === seen.key && saw(seen) === value(op))
        happened.add(op);
  const written = new Set([...happened].flatMap((op) => (isRead(op) ? [] : [op.key])));
  const told = [...happened].filter((op) => (isRead(op) && op.outcome.type === "ok") || op.f === "cas");
  return told.filter(({ key }) => written.has(key)).length;
}

describe.each(["register", "list", "set"] as const)("histories of a %s of more sessions", (type) => {
  it.each(MODELS)("are %s where they have none of its bad patterns", (model) => {
    const checker = CHECKERS[model](type);
    const make = (random: Random): History => {
      for (;;) {
        const made = draw(random);
        if (eventCount(type, made) <= 31) return made;
      }
    };
    const draw = (random: Random): History =>
      tinyHistory(random, {
        type,
        ops: 18 + random.below(12),
        sessions: 3 + random.below(4),
        keys: random.pick([1, 2, 3]),
        swaps: random.chance(0.3),
        duplicates: false,
        stale: random.pick([0, 0.02, 0.1]),
        moved: random.chance(0.1),
      });
    const tally = tryMany(Math.ceil(runs(20_000) / 100), make, (history) => {
      const holds = satisfiesByPatterns(model, type, history);
      const verdict = checker.check(history, DEFAULT_BUDGET);
      agree(verdict, holds);
      if (verdict.valid === true && verdict.checked !== readsOf(history))
        throw new Error(`${verdict.checked} reads were judged, not ${readsOf(history)}`);
      return holds;
    });
    expectBothWays(tally);
  });
});
