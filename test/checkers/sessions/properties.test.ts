import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type DataType,
  monotonicReads,
  monotonicWrites,
  readYourWrites,
  writesFollowReads,
} from "../../../checkers/sessions/index.ts";
import { DEFAULT_BUDGET } from "../../../src/core/checker.ts";
import type { History } from "../../../src/core/history.ts";
import { anyHistory, linearizable } from "../shared/generate.ts";
import { satisfies } from "./oracle.ts";

const FACTORIES = { readYourWrites, monotonicReads, monotonicWrites, writesFollowReads };

/** Checks thousands of small histories against the definition and returns the share that breaks it. */
function compare(factory: (type: DataType) => ReturnType<typeof readYourWrites>, type: DataType): number {
  const checker = factory(type);
  const model = checker.tests[0];
  if (model === undefined) throw new Error("a checker tests something");
  const oneKey = { type, maxOps: type === "list" ? 16 : 10, keys: 1, sessions: 2 };
  const histories = fc.oneof(
    { weight: 4, arbitrary: anyHistory(oneKey) },
    { weight: 1, arbitrary: anyHistory({ ...oneKey, keys: 2, sessions: 3 }) },
  );
  let runs = 0;
  let broken = 0;
  fc.assert(
    fc.property(histories, (history) => {
      // The oracle tries all orders of a key's writes.
      if (type === "register") fc.pre(writesPerKey(history) <= 5);
      const verdict = checker.check(history, DEFAULT_BUDGET);
      const expected = satisfies(model, type, history);
      runs++;
      if (!expected) broken++;
      expect(verdict.valid !== false, JSON.stringify(verdict)).toBe(expected);
      if (verdict.valid === "unknown") expect(verdict.why).toBe("vacuous");
      else expect(verdict.checked).toBeGreaterThan(0);
    }),
    { numRuns: 2000 },
  );
  return broken / runs;
}

function writesPerKey({ ops }: History): number {
  const counts = new Map<string | undefined, number>();
  for (const { f, key } of ops) if (f !== "read") counts.set(key, (counts.get(key) ?? 0) + 1);
  return Math.max(0, ...counts.values());
}

describe("session guarantees against their definitions, by enumeration", () => {
  for (const [name, factory] of Object.entries(FACTORIES)) {
    it(`${name} on lists agrees, where more than a third of the histories break it`, () => {
      expect(compare(factory, "list")).toBeGreaterThan(1 / 3);
    });
  }
  for (const [name, factory] of Object.entries({ readYourWrites, monotonicReads })) {
    it(`${name} on registers agrees, where more than a third of the histories break it`, () => {
      expect(compare(factory, "register")).toBeGreaterThan(1 / 3);
    });
  }
});

describe("linearizable histories", () => {
  for (const type of ["register", "list"] as const) {
    for (const [name, factory] of Object.entries(FACTORIES)) {
      it(`${name} finds nothing wrong with a linearizable ${type}`, () => {
        fc.assert(
          fc.property(linearizable({ type, maxOps: 40, keys: 3, sessions: 4 }), (history) => {
            expect(factory(type).check(history, DEFAULT_BUDGET).valid).not.toBe(false);
          }),
          { numRuns: 500 },
        );
      });
    }
  }
});
