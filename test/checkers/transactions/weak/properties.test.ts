import { describe, expect, it } from "vitest";
import {
  monotonicAtomicView,
  readAtomic,
  readCommitted,
  strongSessionReadAtomic,
  strongSessionReadCommitted,
  transactionalCausal,
} from "../../../../checkers/transactions/weak/index.ts";
import { type Checker, DEFAULT_BUDGET, type Verdict } from "../../../../src/core/checker.ts";
import { runs } from "../../../support/runs.ts";
import { randomTxns, type Shape, SMALL, shrink, type Txn, toHistory } from "./generate.ts";
import { satisfiedBySaturation, satisfiedByVisibility, satisfiedLevels } from "./oracle.ts";

const CHECKERS: readonly Checker[] = [
  transactionalCausal,
  strongSessionReadAtomic,
  readAtomic,
  monotonicAtomicView,
  strongSessionReadCommitted,
  readCommitted,
];

const check = (checker: Checker, txns: readonly Txn[]): Verdict => checker.check(toHistory(txns), DEFAULT_BUDGET);

/** True if some value is written twice to a key, so that the checkers may not know which write was read. */
const writesTwice = (txns: readonly Txn[]): boolean => {
  const writes = txns.flatMap(({ micros }) =>
    micros.flatMap(({ f, key, value }) => (f === "w" ? [`${key} ${value}`] : [])),
  );
  return new Set(writes).size < writes.length;
};

/** What is wrong with a verdict, if something is. */
function disagreement(verdict: Verdict, expected: boolean, txns: readonly Txn[]): string | undefined {
  if (verdict.valid === expected) return undefined;
  if (verdict.valid !== "unknown") return `valid: ${verdict.valid}, but it must be ${expected}`;
  if (verdict.why === "vacuous") return expected ? undefined : "vacuous, but it must be invalid";
  return verdict.why === "malformed" && writesTwice(txns) ? undefined : `unknown: ${verdict.why}`;
}

interface Tally {
  valid: number;
  invalid: number;
  unknown: number;
}

/** Runs the checkers on random histories and throws on the first disagreement, with the smallest history that has it. */
function compare(
  count: number,
  shape: Shape,
  checkers: readonly Checker[],
  oracle: (txns: readonly Txn[]) => (name: string) => boolean,
): Map<string, Tally> {
  const tallies = new Map(checkers.map(({ name }) => [name, { valid: 0, invalid: 0, unknown: 0 }]));
  for (let seed = 1; seed <= count; seed++) {
    const txns = randomTxns(seed, shape);
    const expected = oracle(txns);
    const history = toHistory(txns);
    for (const checker of checkers) {
      const verdict = checker.check(history, DEFAULT_BUDGET);
      const tally = tallies.get(checker.name) as Tally;
      tally[verdict.valid === true ? "valid" : verdict.valid === false ? "invalid" : "unknown"]++;
      if (disagreement(verdict, expected(checker.name), txns) === undefined) continue;
      const wrong = (some: readonly Txn[]): boolean =>
        disagreement(check(checker, some), oracle(some)(checker.name), some) !== undefined;
      const smallest = shrink(txns, wrong);
      const why = disagreement(check(checker, smallest), oracle(smallest)(checker.name), smallest);
      throw new Error(`${checker.name}, seed ${seed}: ${why}\n${JSON.stringify(smallest)}`);
    }
  }
  return tallies;
}

function expectMixed(tallies: ReadonlyMap<string, Tally>, count: number): void {
  for (const [name, { valid, invalid, unknown }] of tallies) {
    expect(invalid / count, `${name}: invalid`).toBeGreaterThan(1 / 3);
    expect(valid / count, `${name}: valid`).toBeGreaterThan(1 / 8);
    expect(unknown / count, `${name}: unknown`).toBeLessThan(1 / 5);
  }
}

describe("weak isolation of registers", () => {
  it("agrees with every order of commits", () => {
    const count = runs(20_000);
    const tallies = compare(count, SMALL, CHECKERS, (txns) => {
      const satisfied: ReadonlySet<string> = satisfiedLevels(txns);
      return (name) => satisfied.has(name);
    });
    expectMixed(tallies, count);
  });

  it("agrees with every visibility and arbitration", () => {
    const count = runs(10_000);
    const levels = [transactionalCausal, strongSessionReadAtomic, readAtomic];
    const tallies = compare(
      count,
      { ...SMALL, txns: 4 },
      levels,
      (txns) => (name) => satisfiedByVisibility(name as "causal-ccv", txns),
    );
    expectMixed(tallies, count);
  });

  it("agrees with a plain saturation on larger histories", () => {
    const count = runs(3_000);
    const shape: Shape = { txns: 20, sessions: 5, micros: 5, doubtful: false };
    const tallies = compare(count, shape, CHECKERS, (txns) => {
      const satisfied: ReadonlySet<string> = satisfiedBySaturation(txns);
      return (name) => satisfied.has(name);
    });
    expectMixed(tallies, count);
  });
});
