import { describe, expect, it } from "vitest";
import { weakIsolation } from "../../../../checkers/transactions/weak/index.ts";
import { type Anomaly, DEFAULT_BUDGET } from "../../../../src/core/checker.ts";
import { type ConsistencyModel, strongerOrEqual } from "../../../../src/core/consistency.ts";
import { runs } from "../../../support/runs.ts";
import { randomTxns, type Shape, toHistory } from "./generate.ts";
import { satisfiedBySaturation } from "./oracle.ts";
import { untruth } from "./truth.ts";

const SHAPE: Shape = { txns: 12, sessions: 4, micros: 4, doubtful: false };

const CIRCLES = [
  "circular-information-flow",
  "cyclic-cf",
  "cyclic-co",
  "fractured-read",
  "fractured-read-in-session",
  "observed-transaction-vanishes",
  "write-co-read",
];

/** A fractured read, or a write that vanishes, may also be of the initial state: then it is no circle but a chain. */
const isCircle = ({ kind, because }: Anomaly): boolean =>
  CIRCLES.includes(kind) && because.length > 1 && because[0]?.from === because.at(-1)?.to;

const isMissed = ({ explanation }: Anomaly): boolean => explanation.includes("it had to see that");

describe("evidence of weak isolation", () => {
  const known = new Map<string, readonly ConsistencyModel[]>();
  const refuted = (models: readonly ConsistencyModel[]): readonly ConsistencyModel[] => {
    const found = known.get(models.join()) ?? strongerOrEqual(models);
    known.set(models.join(), found);
    return found;
  };

  it("hangs together: circles close, chains hold, every operation exists, and nothing that holds is ruled out", () => {
    const kinds = new Map<string, number>();
    for (let seed = 1; seed <= runs(1_500); seed++) {
      const txns = randomTxns(seed, SHAPE);
      const satisfied: ReadonlySet<string> = satisfiedBySaturation(txns);
      const history = toHistory(txns);
      const judged = new Set<Anomaly>();
      for (const checker of weakIsolation) {
        const verdict = checker.check(history, DEFAULT_BUDGET);
        if (verdict.valid !== false) continue;
        for (const anomaly of verdict.anomalies) {
          const { kind, ops, because, explanation, rulesOut } = anomaly;
          kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
          const hold = (is: boolean, what: string): void => {
            if (!is) throw new Error(`seed ${seed}: ${what}: ${JSON.stringify(anomaly)}`);
          };
          // What it rules out is at least what was asked for, or something weaker.
          const out = refuted(rulesOut);
          hold(
            checker.tests.some((test) => out.includes(test)),
            "what was asked for is ruled out",
          );
          // Several levels share what is wrong with one history.
          if (judged.has(anomaly)) continue;
          judged.add(anomaly);
          hold(!out.some((model) => satisfied.has(model)), "nothing that holds is ruled out");
          hold(ops.length > 0 && ops.every((op) => history.ops[op]?.index === op), "every operation exists");
          hold(
            because.every(({ from, to }) => ops.includes(from) && ops.includes(to)),
            "operations of ties are named",
          );
          if (kind !== "non-repeatable-read")
            for (const [i, { to }] of because.entries())
              hold((because[i + 1] ?? { from: isCircle(anomaly) ? because[0]?.from : to }).from === to, "ties meet");
          hold(!kind.startsWith("c") || isCircle(anomaly), "a circle closes");
          hold(/^(transaction|process) \d.*\.$/.test(explanation), "a sentence");
          const lie =
            because.length > 0 && (isCircle(anomaly) || isMissed(anomaly)) ? untruth(anomaly, txns) : undefined;
          if (lie !== undefined) throw new Error(`seed ${seed}: ${lie}: ${JSON.stringify([anomaly, txns])}`);
        }
      }
    }
    expect([...kinds.keys()].sort()).toEqual(
      [
        ...CIRCLES,
        "aborted-read",
        "future-read",
        "intermediate-read",
        "non-repeatable-read",
        "own-write-missed",
        "thin-air-read",
        "write-co-init-read",
      ].sort(),
    );
    for (const [kind, count] of kinds) expect(count, kind).toBeGreaterThan(20);
  });

  it("is shared by the checkers of a history", () => {
    const history = toHistory([
      { session: 0, status: "committed", micros: [{ f: "r", key: "x", value: 7 }] },
      { session: 0, status: "committed", micros: [{ f: "w", key: "x", value: 1 }] },
    ]);
    const found = weakIsolation.map((checker) => {
      const verdict = checker.check(history, DEFAULT_BUDGET);
      return verdict.valid === false ? verdict.anomalies : [];
    });
    for (const anomalies of found) {
      expect(anomalies).toHaveLength(1);
      expect(anomalies[0]).toBe(found[0]?.[0]);
    }
  });
});
