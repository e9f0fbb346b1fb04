import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { causal, type DataType } from "../../../checkers/causal/index.ts";
import {
  monotonicReads,
  monotonicWrites,
  readYourWrites,
  writesFollowReads,
} from "../../../checkers/sessions/index.ts";
import { DEFAULT_BUDGET } from "../../../src/core/checker.ts";
import type { History } from "../../../src/core/history.ts";
import { anyHistory, causalHistory, linearizable, wildHistory } from "../shared/generate.ts";
import { eventCount, isCausallyConvergent, isCausallyConvergentByDefinition } from "./oracle.ts";

const TYPES = ["register", "list"] as const;

const CIRCLES = ["CyclicCO", "CyclicCF", "cyclic-arbitration", "incompatible-order"];

const KINDS: Record<"register" | "list", string[]> = {
  register: ["CyclicCF", "CyclicCO", "ThinAirRead", "WriteCOInitRead", "WriteCORead"],
  list: [
    "CyclicCO",
    "ThinAirRead",
    "cyclic-arbitration",
    "duplicate-element",
    "incompatible-order",
    "missed-causal-write",
  ],
};

/** Compares the checker with an oracle and returns the share of histories that are not causal. */
function compare(
  type: DataType,
  histories: fc.Arbitrary<History>,
  isCausal: (type: DataType, history: History) => boolean,
  maxEvents: number,
  numRuns: number,
): number {
  let runs = 0;
  let broken = 0;
  fc.assert(
    fc.property(histories, (history) => {
      fc.pre(eventCount(type, history) <= maxEvents);
      const verdict = causal(type).check(history, DEFAULT_BUDGET);
      const expected = isCausal(type, history);
      runs++;
      if (!expected) broken++;
      expect(verdict.valid !== false, JSON.stringify(verdict)).toBe(expected);
      if (verdict.valid === "unknown") expect(verdict.why).toBe("vacuous");
    }),
    { numRuns },
  );
  return broken / runs;
}

describe.each(TYPES)("causal convergence of a %s", (type) => {
  it("agrees with the enumeration of arbitrations", () => {
    const histories = fc.oneof(
      anyHistory({ type, maxOps: 7, keys: 1, sessions: 3 }),
      anyHistory({ type, maxOps: 8, keys: 2, sessions: 3 }),
      anyHistory({ type, maxOps: 8, keys: 2, sessions: 2 }),
    );
    const share = compare(type, histories, isCausallyConvergent, 9, 2500);
    expect(share).toBeGreaterThan(1 / 3);
    expect(share).toBeLessThan(9 / 10);
  });

  it("agrees with the definition, which chooses the causal order too", () => {
    const histories = fc.oneof(
      wildHistory({ type, maxOps: 4, keys: 1, sessions: 2 }),
      wildHistory({ type, maxOps: 4, keys: 2, sessions: 3 }),
    );
    const share = compare(type, histories, isCausallyConvergentByDefinition, 4, 1500);
    expect(share).toBeGreaterThan(1 / 3);
    expect(share).toBeLessThan(9 / 10);
  });

  it("explains anomalies by circles that close and by chains that hold together", () => {
    const kinds = new Set<string>();
    fc.assert(
      fc.property(anyHistory({ type, maxOps: 14, keys: 2, sessions: 3 }), (history) => {
        const verdict = causal(type).check(history, DEFAULT_BUDGET);
        if (verdict.valid !== false) return;
        for (const { kind, ops, because } of verdict.anomalies) {
          kinds.add(kind);
          for (const op of [...ops, ...because.flatMap(({ from, to }) => [from, to])])
            expect(history.ops[op]?.index).toBe(op);
          for (const [i, { to }] of because.entries()) {
            const next = because[i + 1] ?? (CIRCLES.includes(kind) ? because[0] : undefined);
            if (next) expect(next.from).toBe(to);
          }
          if (kind !== "ThinAirRead") expect(because.length).toBeGreaterThan(0);
        }
      }),
      { numRuns: 2000 },
    );
    expect([...kinds].sort()).toEqual(KINDS[type]);
  });

  it("is broken by whatever breaks a session guarantee", () => {
    const guarantees = [readYourWrites, monotonicReads, monotonicWrites, writesFollowReads].map((make) => make(type));
    fc.assert(
      fc.property(anyHistory({ type, maxOps: 14, keys: 2, sessions: 3 }), (history) => {
        if (guarantees.every((checker) => checker.check(history, DEFAULT_BUDGET).valid !== false)) return;
        expect(causal(type).check(history, DEFAULT_BUDGET).valid).toBe(false);
      }),
      { numRuns: 1000 },
    );
  });

  it("finds nothing wrong with a causally consistent store", () => {
    fc.assert(
      fc.property(causalHistory({ type, maxOps: 60, keys: 2, sessions: 4 }), (history) => {
        expect(causal(type).check(history, DEFAULT_BUDGET).valid).not.toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it("finds nothing wrong with a linearizable history", () => {
    fc.assert(
      fc.property(linearizable({ type, maxOps: 60, keys: 3, sessions: 4 }), (history) => {
        expect(causal(type).check(history, DEFAULT_BUDGET).valid).not.toBe(false);
      }),
      { numRuns: 500 },
    );
  });
});
