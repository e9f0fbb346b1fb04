import { describe, expect, it } from "vitest";
import { weakIsolation } from "../../../../checkers/transactions/weak/index.ts";
import { type Anomaly, DEFAULT_BUDGET } from "../../../../src/core/checker.ts";
import { type ConsistencyModel, strongerOrEqual } from "../../../../src/core/consistency.ts";
import { runs } from "../../../support/runs.ts";
import { randomTxns, type Shape, toHistory } from "./generate.ts";
import { satisfiedBySaturation } from "./oracle.ts";

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

describe("evidence of weak isolation", () => {
  const kinds = new Map<string, number>();

  const known = new Map<string, readonly ConsistencyModel[]>();
  const refuted = (models: readonly ConsistencyModel[]): readonly ConsistencyModel[] => {
    const found = known.get(models.join()) ?? strongerOrEqual(models);
    known.set(models.join(), found);
    return found;
  };

  it("hangs together: circles close, chains hold, and every operation exists", () => {
    for (let seed = 1; seed <= runs(1_500); seed++) {
      const history = toHistory(randomTxns(seed, SHAPE));
      for (const checker of weakIsolation) {
        const verdict = checker.check(history, DEFAULT_BUDGET);
        if (verdict.valid !== false) continue;
        for (const anomaly of verdict.anomalies) {
          const { kind, ops, because, explanation, rulesOut } = anomaly;
          kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
          expect(ops.length).toBeGreaterThan(0);
          for (const op of ops) expect(history.ops[op]?.index).toBe(op);
          for (const { from, to } of because) expect(ops).toEqual(expect.arrayContaining([from, to]));
          if (kind !== "non-repeatable-read")
            for (const [i, { to }] of because.entries())
              expect((because[i + 1] ?? { from: isCircle(anomaly) ? because[0]?.from : to }).from).toBe(to);
          if (kind.startsWith("c")) expect(isCircle(anomaly), kind).toBe(true);
          expect(explanation).toMatch(/^(transaction|process) \d.*\.$/);
          // What it rules out is at least what was asked for, or something weaker.
          expect(checker.tests.some((test) => refuted(rulesOut).includes(test))).toBe(true);
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

  it("rules out only what the history does not satisfy", () => {
    for (let seed = 1; seed <= runs(1_500); seed++) {
      const txns = randomTxns(seed, SHAPE);
      const satisfied: ReadonlySet<string> = satisfiedBySaturation(txns);
      const history = toHistory(txns);
      for (const checker of weakIsolation) {
        const verdict = checker.check(history, DEFAULT_BUDGET);
        if (verdict.valid !== false) continue;
        for (const { rulesOut, kind } of verdict.anomalies) {
          const wronged = refuted(rulesOut).filter((model) => satisfied.has(model));
          if (wronged.length > 0) throw new Error(`seed ${seed}: ${kind} rules out ${wronged}, which hold`);
        }
      }
    }
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
