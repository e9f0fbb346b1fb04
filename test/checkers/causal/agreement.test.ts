import { describe, expect, it } from "vitest";
import { causal, causalCc, causalCm } from "../../../checkers/causal/index.ts";
import { pram } from "../../../checkers/pram/index.ts";
import { type Checker, DEFAULT_BUDGET } from "../../../src/core/checker.ts";
import type { History } from "../../../src/core/history.ts";
import type { Random } from "../../../src/core/random.ts";
import { runs } from "../../support/runs.ts";
import { type Defined, eventCount, satisfies, satisfiesBySomeOrder } from "../shared/definitions.ts";
import { judgeable } from "../shared/judgeable.ts";
import { agree, expectBothWays, tryMany } from "../shared/many.ts";
import { type TinyShape, tinyHistory } from "../shared/tiny.ts";

const CHECKERS = { "causal-cc": causalCc, "causal-cm": causalCm, "causal-ccv": causal, pram } as const;
const MODELS = Object.keys(CHECKERS) as Defined[];
const TYPES = ["register", "list", "set"] as const;

const shapes = (random: Random, type: TinyShape["type"]): TinyShape => ({
  type,
  ops: 10,
  sessions: 2 + random.below(2),
  keys: random.pick([1, 1, 1, 2, 3]),
  swaps: random.chance(0.3),
  duplicates: random.chance(0.1),
  removes: random.chance(0.2),
  wild: random.chance(0.2),
  moved: random.chance(0.2),
});

/**
 * The checker must say of a history what the definition says of the part that can be judged; of what it leaves out it may
 * not say that all is well.
 */
function agrees(checker: Checker, history: History, judged: History, expected: (history: History) => boolean): boolean {
  const verdict = checker.check(history, DEFAULT_BUDGET);
  const holds = expected(judged);
  agree(verdict, holds, checker.name);
  if (verdict.valid === "unknown" && judged === history) expect(verdict.why).toBe("vacuous");
  if (judged !== history && holds) expect(verdict).toMatchObject({ valid: "unknown", why: "malformed" });
  return holds;
}

describe.each(TYPES)("%s", (type) => {
  it("each model is what its definition says", () => {
    const models = MODELS.map((model) => ({ model, checker: CHECKERS[model](type), tally: { valid: 0, invalid: 0 } }));
    const make = (random: Random): History => tinyHistory(random, shapes(random, type));
    tryMany(runs(20_000), make, (history) => {
      const judged = judgeable(history);
      for (const { model, checker, tally } of models)
        tally[agrees(checker, history, judged, (h) => satisfies(model, type, h)) ? "valid" : "invalid"]++;
      return true;
    });
    for (const { tally } of models) expectBothWays(tally);
  });

  it.each(MODELS.filter((model) => model !== "pram"))("%s is so whatever causal order is chosen", (model) => {
    const checker = CHECKERS[model](type);
    const make = (random: Random): History => {
      for (;;) {
        const made = tinyHistory(random, {
          type,
          ops: 5,
          sessions: 2,
          keys: 1,
          swaps: true,
          duplicates: false,
        });
        if (eventCount(type, made) <= 4) return made;
      }
    };
    const tally = tryMany(runs(3000), make, (history) =>
      agrees(checker, history, judgeable(history), (h) => satisfiesBySomeOrder(model, type, h)),
    );
    expect(tally.invalid).toBeGreaterThan(200);
    expect(tally.valid).toBeGreaterThan(200);
  });
});
