import { causal, causalCc, causalCm } from "../../checkers/causal/index.ts";
import { pram } from "../../checkers/pram/index.ts";
import { sequential } from "../../checkers/sequential/index.ts";
import { register } from "../../checkers/specs/index.ts";
import { type Checker, DEFAULT_BUDGET } from "../../src/core/checker.ts";
import type { History } from "../../src/core/history.ts";
import { type CheckerBench, generate } from "./keyed-histories.ts";

const SIZES = [100_000, 1_000_000];
const CLIENTS = 20;
const KEYS = 100;

/** Registers with unique values: the causal models, PRAM and sequential consistency, valid histories of 20 sessions. */
export function benchCausal(): CheckerBench[] {
  const checkers: Record<string, () => Checker> = {
    "causal-cc": () => causalCc("register"),
    "causal-ccv": () => causal("register"),
    "causal-cm": () => causalCm("register"),
    pram: () => pram("register"),
    sequential: () => sequential(register),
  };
  return SIZES.flatMap((operations) => {
    const history = generate({ operations, clients: CLIENTS, keys: KEYS, unknown: 0, type: "register" });
    return Object.entries(checkers).map(([name, make]): CheckerBench => {
      // Checkers remember what they found out about a history's shape, so each gets a history of its own.
      const fresh: History = { ...history };
      const started = performance.now();
      const { valid } = make().check(fresh, DEFAULT_BUDGET);
      const checkMs = performance.now() - started;
      return {
        name: `${name}, register, ${KEYS} keys, ${CLIENTS} sessions`,
        operations,
        checkMs,
        verdict: String(valid),
      };
    });
  });
}
