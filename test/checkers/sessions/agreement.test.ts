import { describe, expect, it } from "vitest";
import {
  monotonicReads,
  monotonicWrites,
  readYourWrites,
  type SessionData,
  writesFollowReads,
} from "../../../checkers/sessions/index.ts";
import { type Checker, DEFAULT_BUDGET, type Verdict } from "../../../src/core/checker.ts";
import type { ConsistencyModel } from "../../../src/core/consistency.ts";
import type { History } from "../../../src/core/history.ts";
import type { Random } from "../../../src/core/random.ts";
import { runs } from "../../support/runs.ts";
import { judgeable } from "../shared/judgeable.ts";
import { agree, expectBothWays, tryMany } from "../shared/many.ts";
import { counterHistory, type TinyShape, tinyHistory } from "../shared/tiny.ts";
import { countsGrow, countsHaveOwn } from "./counter-oracle.ts";
import { timesExercised, timesExercisedByCounts } from "./counts.ts";
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

/** A verdict counts how often the guarantee was exercised; one that was never is vacuous. */
function expectTimes(verdict: Verdict, times: number): void {
  const checked = verdict.valid === "unknown" ? 0 : verdict.checked;
  if (checked !== times && !(verdict.valid === false && times === 0)) expect(checked).toBe(times);
}

/** The reads that no anomaly names are not needed, and all others and the writes are enough for one. */
function expectEvidence(checker: Checker, history: History): void {
  const verdict = checker.check(history, DEFAULT_BUDGET);
  if (verdict.valid !== false) return;
  for (const { rulesOut, ops, because, explanation } of verdict.anomalies) {
    expect(rulesOut).toEqual(checker.tests);
    expect(because.length).toBeGreaterThan(0);
    expect(because.every(({ from, to }) => history.ops[from]?.index === from && ops.includes(to))).toBe(true);
    expect(
      because
        .map(({ reason }) => reason)
        .concat(explanation)
        .join(),
    ).not.toContain("undefined");
    const kept = history.ops.filter(({ f, index }) => (f !== "read" && f !== "contains") || ops.includes(index));
    expect(checker.check({ ...history, ops: kept }, DEFAULT_BUDGET).valid).toBe(false);
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
        const isPlain =
          judged === history && history.ops.every(({ f, outcome }) => f !== "cas" || outcome.type !== "info");
        if (isPlain) expectTimes(verdict, timesExercised(model, type, history));
        if (judged !== history && holds) expect(verdict).toMatchObject({ valid: "unknown", why: "malformed" });
        return holds;
      },
    );
    expectBothWays(tally);
  });

  it.each(CASES)("of a %s: %s is refuted by the operations that an anomaly names", (type, name) => {
    tryMany(
      runs(300),
      (random) => make(random, type, name),
      (history) => {
        expectEvidence(FACTORIES[name](type), history);
        return true;
      },
    );
  });

  it.each(["readYourWrites", "monotonicReads"] as const)("of a counter: %s, likewise", (name) => {
    tryMany(runs(300), counterHistory, (history) => {
      expectEvidence(FACTORIES[name]("counter"), history);
      return true;
    });
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
      if (verdict.valid === "unknown" && verdict.why === "budget") {
        undecided++;
        return holds;
      }
      agree(verdict, holds);
      expectTimes(verdict, timesExercisedByCounts(checker.tests[0] as ConsistencyModel, history));
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
