import { describe, expect, it } from "vitest";
import {
  monotonicReads,
  monotonicWrites,
  readYourWrites,
  type SessionData,
  writesFollowReads,
} from "../../../checkers/sessions/index.ts";
import { DEFAULT_BUDGET } from "../../../src/core/checker.ts";
import type { ConsistencyModel } from "../../../src/core/consistency.ts";
import type { History } from "../../../src/core/history.ts";
import type { Random } from "../../../src/core/random.ts";
import { runs } from "../../support/runs.ts";
import { judgeable } from "../shared/judgeable.ts";
import { agree, expectBothWays, tryMany } from "../shared/many.ts";
import { counterHistory, type TinyShape, tinyHistory } from "../shared/tiny.ts";
import { countsGrow, countsHaveOwn } from "./counter-oracle.ts";
import { satisfies } from "./oracle.ts";

const FACTORIES = { readYourWrites, monotonicReads, monotonicWrites, writesFollowReads };

/** What can be seen of each data type. */
const CASES: readonly [TinyShape["type"], keyof typeof FACTORIES][] = [
  ["register", "readYourWrites"],
  ["register", "monotonicReads"],
  ...(["list", "set"] as const).flatMap((type) =>
    (Object.keys(FACTORIES) as (keyof typeof FACTORIES)[]).map((name): [typeof type, typeof name] => [type, name]),
  ),
];

/** How long histories are: what is rarely broken needs more operations. */
const OPS = { readYourWrites: 11, monotonicReads: 11, monotonicWrites: 15, writesFollowReads: 18 } as const;

const count = ({ ops }: History, function_: string): number => ops.filter(({ f }) => f === function_).length;

function make(random: Random, type: TinyShape["type"], name: keyof typeof FACTORIES): History {
  const isAboutWrites = name === "monotonicWrites" || name === "writesFollowReads";
  for (;;) {
    const made = tinyHistory(random, {
      type,
      ops: OPS[name] + (type === "set" && name === "writesFollowReads" ? 4 : 0),
      sessions: type === "register" ? 1 + random.below(2) : 2,
      keys: isAboutWrites ? 1 : random.pick([1, 1, 1, 2]),
      swaps: random.chance(0.4),
      duplicates: random.chance(0.1),
      removes: random.chance(0.1),
      // The definitions try all that such reads may have seen.
      questions: random.chance(0.3) ? 1 : 0,
      wild: isAboutWrites || random.chance(0.6),
      reads: isAboutWrites ? 0.6 : 0.75,
    });
    // The definitions try all orders of writes.
    if (count(made, "write") + count(made, "cas") <= 4) return made;
  }
}

describe("session guarantees are what their definitions say", () => {
  it.each(CASES)("of a %s: %s", (type, name) => {
    const checker = FACTORIES[name](type);
    const model = checker.tests[0] as ConsistencyModel;
    const tally = tryMany(
      runs(20_000),
      (random) => make(random, type, name),
      (history) => {
        const judged = judgeable(history);
        const verdict = checker.check(history, DEFAULT_BUDGET);
        const holds = satisfies(model, type, judged);
        agree(verdict, holds);
        if (verdict.valid === "unknown" && judged === history) expect(verdict.why).toBe("vacuous");
        if (judged !== history && holds) expect(verdict).toMatchObject({ valid: "unknown", why: "malformed" });
        return holds;
      },
    );
    expectBothWays(tally);
  });

  it.each([
    ["readYourWrites", countsHaveOwn],
    ["monotonicReads", countsGrow],
  ] as const)("of a counter: %s", (name, oracle) => {
    const checker = FACTORIES[name]("counter");
    let undecided = 0;
    const count = runs(20_000);
    const tally = tryMany(count, counterHistory, (history: History) => {
      const verdict = checker.check(history, DEFAULT_BUDGET);
      const holds = oracle(history);
      if (verdict.valid === "unknown" && verdict.why === "budget") undecided++;
      else agree(verdict, holds);
      return holds;
    });
    expect(undecided).toBeLessThan(count / 20);
    expectBothWays(tally);
  });

  it.each([
    [monotonicWrites, "register"],
    [writesFollowReads, "register"],
    [monotonicWrites, "counter"],
    [writesFollowReads, "counter"],
  ] as const)("no history of one value or number breaks them", (factory, type: SessionData) => {
    tryMany(500, counterHistory, (history) => {
      const ops = type === "counter" ? history.ops : [];
      expect(factory(type).check({ ...history, ops }, DEFAULT_BUDGET).valid).toBe("unknown");
      return true;
    });
  });
});
