import { describe, expect, it } from "vitest";
import { causal, causalCc, causalCm } from "../../checkers/causal/index.ts";
import { linearizability } from "../../checkers/linearizability/index.ts";
import { pram } from "../../checkers/pram/index.ts";
import { sequential } from "../../checkers/sequential/index.ts";
import { monotonicReads, monotonicWrites, readYourWrites, writesFollowReads } from "../../checkers/sessions/index.ts";
import { SPECS } from "../../checkers/specs/index.ts";
import { type Checker, DEFAULT_BUDGET } from "../../src/core/checker.ts";
import { type ConsistencyModel, weakerOrEqual } from "../../src/core/consistency.ts";
import type { Spec } from "../../src/core/spec.ts";
import { runs } from "../support/runs.ts";
import { tryMany } from "./shared/many.ts";
import { type TinyShape, tinyHistory } from "./shared/tiny.ts";

const SPEC_OF = { register: "cas-register", list: "append-list", set: "set" } as const;

const checkersOf = (type: TinyShape["type"]): Map<ConsistencyModel, Checker> => {
  const spec = SPECS[SPEC_OF[type]] as Spec;
  const checkers = [
    ...[linearizability(spec), sequential(spec)],
    ...[causal, causalCm, causalCc, pram].map((make) => make(type)),
    ...[readYourWrites, monotonicReads, monotonicWrites, writesFollowReads].map((make) => make(type)),
  ];
  return new Map(checkers.map((checker) => [checker.tests[0] as ConsistencyModel, checker]));
};

/** Pairs of models that are told apart: the weaker one holds, the stronger one does not. */
const APART: Record<TinyShape["type"], readonly string[]> = {
  register: [
    ...["linearizable > sequential", "sequential > causal-ccv", "sequential > causal-cm", "causal-ccv > causal-cc"],
    ...["causal-cm > causal-cc", "causal-cm > pram", "pram > read-your-writes", "pram > monotonic-reads"],
    ...["causal-cc > read-your-writes", "causal-ccv > monotonic-reads"],
  ],
  list: [
    ...["linearizable > sequential", "sequential > causal-ccv", "sequential > causal-cm", "causal-ccv > causal-cc"],
    ...["causal-cm > causal-cc", "causal-cm > pram", "pram > read-your-writes", "pram > monotonic-reads"],
    ...["pram > monotonic-writes", "causal-cc > monotonic-writes", "causal-cc > writes-follow-reads"],
    ...["causal-cc > read-your-writes", "causal-ccv > monotonic-reads"],
  ],
  // All causal models are one: the elements of a set have no order.
  set: [
    ...["linearizable > sequential", "sequential > causal-ccv", "sequential > causal-cm", "causal-cm > pram"],
    ...["pram > read-your-writes", "pram > monotonic-reads", "pram > monotonic-writes"],
    ...["causal-cc > monotonic-writes", "causal-cc > writes-follow-reads", "causal-ccv > monotonic-reads"],
  ],
};

describe.each(Object.keys(SPEC_OF) as TinyShape["type"][])("the checkers of a %s", (type) => {
  it("keep to the lattice: what satisfies a model satisfies all weaker ones", () => {
    const checkers = checkersOf(type);
    const apart = new Set<string>();
    const make: Parameters<typeof tryMany>[1] = (random) =>
      tinyHistory(random, {
        type,
        ops: 10,
        sessions: 2 + random.below(2),
        keys: random.pick([1, 1, 2]),
        swaps: random.chance(0.4),
        duplicates: random.chance(0.1),
        removes: random.chance(0.2),
      });
    const count = runs(5_000);
    const tally = tryMany(count, make, (history) => {
      const verdicts = new Map(
        [...checkers].map(([model, checker]) => [model, checker.check(history, DEFAULT_BUDGET)]),
      );
      for (const [stronger, { valid }] of verdicts) {
        for (const weaker of weakerOrEqual([stronger])) {
          const found = verdicts.get(weaker)?.valid;
          if (valid === true && found === false) throw new Error(`${stronger} is valid, but ${weaker} is not`);
          if (valid === false && found === true) apart.add(`${stronger} > ${weaker}`);
        }
      }
      return [...verdicts.values()].every(({ valid }) => valid !== false);
    });
    expect(APART[type].filter((pair) => !apart.has(pair))).toEqual([]);
    expect(Math.min(tally.valid, tally.invalid)).toBeGreaterThan(count / 10);
  });
});
