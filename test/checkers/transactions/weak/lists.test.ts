import { describe, expect, it } from "vitest";
import { weakIsolationOfLists } from "../../../../checkers/transactions/weak/index.ts";
import { type Anomaly, type Checker, DEFAULT_BUDGET, type Verdict } from "../../../../src/core/checker.ts";
import { type ConsistencyModel, strongerOrEqual } from "../../../../src/core/consistency.ts";
import type { Json } from "../../../../src/core/json.ts";
import { history } from "../../../support/histories.ts";
import { runs } from "../../../support/runs.ts";
import { type ListMicro, shrink, type Txn, toHistory } from "./generate.ts";
import { randomListTxns } from "./generate-lists.ts";
import { satisfiedListLevels } from "./oracle-lists.ts";
import { untruth } from "./truth.ts";

const check = (checker: Checker, txns: readonly Txn<ListMicro>[]): Verdict =>
  checker.check(toHistory(txns), DEFAULT_BUDGET);

/** What is wrong with a verdict, if something is. */
function disagreement(verdict: Verdict, expected: boolean, txns: readonly Txn<ListMicro>[]): string | undefined {
  if (verdict.valid === expected) return undefined;
  if (verdict.valid !== "unknown") return `valid: ${verdict.valid}, but it must be ${expected}`;
  if (verdict.why === "vacuous") return expected ? undefined : "vacuous, but it must be invalid";
  const appended = txns.flatMap(({ micros }) =>
    micros.flatMap(({ f, key, value }) => (f === "append" ? [`${key} ${value}`] : [])),
  );
  return new Set(appended).size < appended.length ? undefined : `unknown: ${verdict.why}`;
}

const KINDS = [
  "aborted-read",
  "circular-information-flow",
  "cyclic-co",
  "dirty-write",
  "duplicate-elements",
  "fractured-read",
  "fractured-read-in-session",
  "future-read",
  "incompatible-order",
  "intermediate-read",
  "misordered-appends",
  "non-repeatable-read",
  "observed-transaction-vanishes",
  "own-write-missed",
  "thin-air-read",
  "write-co-init-read",
  "write-co-read",
];

const known = new Map<string, readonly ConsistencyModel[]>();
const refuted = (models: readonly ConsistencyModel[]): readonly ConsistencyModel[] => {
  const found = known.get(models.join()) ?? strongerOrEqual(models);
  known.set(models.join(), found);
  return found;
};

describe("weak isolation of lists", () => {
  it("agrees with every order of commits", () => {
    const count = runs(20_000);
    const tallies = new Map(weakIsolationOfLists.map(({ name }) => [name, { true: 0, false: 0, unknown: 0 }]));
    const kinds = new Map<string, number>();
    for (let seed = 1; seed <= count; seed++) {
      const txns = randomListTxns(seed);
      const expected: ReadonlySet<string> = satisfiedListLevels(txns);
      const history = toHistory(txns);
      const judged = new Set<Anomaly>();
      for (const checker of weakIsolationOfLists) {
        const verdict = checker.check(history, DEFAULT_BUDGET);
        const tally = tallies.get(checker.name);
        if (tally) tally[`${verdict.valid}`]++;
        for (const anomaly of verdict.valid === false ? verdict.anomalies : []) {
          const { kind, explanation, ops, rulesOut } = anomaly;
          kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
          const wronged = refuted(rulesOut).filter((model) => expected.has(model));
          if (!/^(transaction|process) \d.*\.$/.test(explanation) || ops.length === 0 || wronged.length > 0)
            throw new Error(`seed ${seed}: ${explanation} (rules out ${wronged})`);
          // Several levels share what is wrong with one history.
          const isTied = !judged.has(anomaly) && /That is a circle|in a circle|it had to see/.test(explanation);
          const lie = isTied ? untruth(anomaly, txns) : undefined;
          judged.add(anomaly);
          if (lie !== undefined) throw new Error(`seed ${seed}: ${lie}: ${JSON.stringify([anomaly, txns])}`);
        }
        if (disagreement(verdict, expected.has(checker.name), txns) === undefined) continue;
        const wrong = (some: readonly Txn<ListMicro>[]): string | undefined =>
          disagreement(check(checker, some), satisfiedListLevels(some).has(checker.name as never), some);
        const smallest = shrink(txns, (some) => wrong(some) !== undefined);
        throw new Error(`${checker.name}, seed ${seed}: ${wrong(smallest)}\n${JSON.stringify(smallest)}`);
      }
    }
    for (const [name, tally] of tallies) {
      expect(tally.false / count, `${name}: invalid`).toBeGreaterThan(1 / 3);
      expect(tally.true / count, `${name}: valid`).toBeGreaterThan(1 / 8);
    }
    expect([...kinds.keys()].sort()).toEqual(KINDS);
    for (const [kind, times] of kinds) expect(times, kind).toBeGreaterThan(50);
  });

  it.each<[string, readonly Json[][], string, string]>([
    [
      "a read that is no list",
      [[["append", "x", 1]], [["r", "x", 5]]],
      "malformed-read",
      "transaction 1 (process 1) read 5 from x, which is a list and never had such a state.",
    ],
    [
      "lists that do not fit",
      [[["append", "x", 1]], [["append", "x", 2]], [["r", "x", [1, 2]]], [["r", "x", [2]]]],
      "incompatible-order",
      "transaction 3 (process 3) read x = [2], but transaction 2 (process 2) read x = [1, 2]: neither is the beginning of the other, so there is no one list that both are states of.",
    ],
    [
      "an element twice",
      [[["append", "x", 1]], [["r", "x", [1, 1]]]],
      "duplicate-elements",
      "transaction 1 (process 1) read x = [1, 1], with 1 in it more than once; but transaction 0 (process 0) appended it once.",
    ],
    [
      "appends in the wrong order",
      [
        [
          ["append", "x", 1],
          ["append", "x", 2],
        ],
        [["r", "x", [2, 1]]],
      ],
      "misordered-appends",
      "transaction 0 (process 0) appended 2 to x after it had appended something else there, but transaction 1 (process 1) read x = [2, 1], where it does not come after that.",
    ],
    [
      "appends that are mixed",
      [
        [
          ["append", "x", 1],
          ["append", "x", 2],
        ],
        [["append", "x", 3]],
        [["r", "x", [1, 3, 2]]],
      ],
      "dirty-write",
      "transaction 1 appended 3 to x after transaction 0 appended 1 to x; transaction 0 appended 2 to x after transaction 1 appended 3 to x. That is a circle: their appends are mixed, so each of them came before the other (G0).",
    ],
    [
      "an append that is missed and comes after",
      [
        [
          ["append", "x", 1],
          ["append", "y", 1],
        ],
        [
          ["r", "y", [1]],
          ["r", "x", []],
        ],
      ],
      "observed-transaction-vanishes",
      "transaction 1 (process 1) found x empty, although transaction 0 appended 1 to x, and it had to see that: transaction 1 read y = [1], of which transaction 0 appended 1.",
    ],
  ])("explains %s", (_, txns, kind, explanation) => {
    const found = history(txns.map((ok, p) => ({ p, f: "txn", input: ok, ok, call: 0, ret: 1 })));
    const anomalies = weakIsolationOfLists.flatMap((checker) => {
      const verdict = checker.check(found, DEFAULT_BUDGET);
      return verdict.valid === false ? verdict.anomalies : [];
    });
    expect(anomalies).toContainEqual(expect.objectContaining({ kind, explanation }));
  });

  it("leaves out elements that were appended twice", () => {
    const append = (p: number) => ({
      p,
      f: "txn",
      input: [["append", "x", 1]],
      ok: [["append", "x", 1]],
      call: 0,
      ret: 1,
    });
    const read = (ok: Json) => history([append(0), append(1), { p: 2, f: "txn", input: ok, ok, call: 2, ret: 3 }]);
    for (const checker of weakIsolationOfLists) {
      expect(checker.check(read([["r", "x", [1]]]), DEFAULT_BUDGET)).toEqual({
        valid: "unknown",
        why: "malformed",
        detail: "x = 1 was read, but it was written several times; values must be unique per key",
      });
      expect(checker.check(read([["r", "x", []]]), DEFAULT_BUDGET)).toEqual({ valid: true, checked: 1 });
    }
  });
});
