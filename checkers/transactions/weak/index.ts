import type { Anomaly, Budget, Checker, Verdict } from "../../../src/core/checker.ts";
import type { History } from "../../../src/core/history.ts";
import { Deadline, OutOfBudget } from "../../shared/deadline.ts";
import { show } from "../../shared/values.ts";
import type { Transactions } from "../transactions.ts";
import { type Analysis, analysisOf } from "./analysis.ts";
import { LEVELS, type Level, type LevelName } from "./levels.ts";

export { IN_SESSIONS } from "./levels.ts";

/**
 * A checker of one weak level on transactions over registers or lists, exact both ways: valid if and only if there is an
 * order of commits that keeps what the level asks (Biswas & Enea, "On the Complexity of Checking Transactional
 * Consistency", OOPSLA 2019). Such an order exists if the least relation that it must contain has no cycle. Of a list,
 * every read is a state that the list went through in that order, as in Elle.
 *
 * Transactions of unknown outcome may or may not have committed; those that were read from did. A version that several
 * transactions may have written cannot be traced to one of them: such reads are left out, and where nothing else is wrong
 * the verdict is `unknown`. `checked` counts reads of keys that somebody wrote.
 *
 * All of them share one analysis of a history, and its anomalies, as the same objects.
 */
function weakChecker(level: Level, kind: Transactions["kind"] = "rw-register"): Checker {
  const check = (history: History, budget: Budget): Verdict => {
    const deadline = new Deadline(budget);
    let analysis: Analysis | undefined;
    try {
      const found = analysisOf(history, kind, deadline);
      if ("malformed" in found) return { valid: "unknown", why: "malformed", detail: found.malformed };
      analysis = found;
      return conclude(analysis, analysis.anomalies(level, deadline));
    } catch (error) {
      if (!(error instanceof OutOfBudget)) throw error;
      // What was found before the budget ran out is found all the same.
      const known = analysis?.localAnomalies(level) ?? [];
      if (analysis !== undefined && known.length > 0) return conclude(analysis, known);
      return { valid: "unknown", why: "budget", detail: error.message };
    }
  };
  return { name: level.name, tests: level.tests, check };
}

function conclude({ facts }: Analysis, anomalies: readonly Anomaly[]): Verdict {
  const [first, ...rest] = anomalies;
  if (first) return { valid: false, checked: Math.max(1, facts.judged), anomalies: [first, ...rest] };
  const { ambiguous, txns } = facts;
  if (ambiguous !== -1) {
    const name = `${txns.keyNames[txns.versionKey[ambiguous] as number]} = ${show(txns.valueOf(ambiguous))}`;
    return {
      valid: "unknown",
      why: "malformed",
      detail: `${name} was read, but it was written several times; values must be unique per key`,
    };
  }
  if (facts.judged === 0) return { valid: "unknown", why: "vacuous", detail: "no read of a key that was written" };
  return { valid: true, checked: facts.judged };
}

/** Adya's PL-2 (thesis, §3.2.1): nothing aborted, intermediate or circular is read. Linear. */
export const readCommitted = weakChecker(LEVELS["read-committed"]);
/** Besides, nothing is read before its causes, sessions included. Linear. */
export const strongSessionReadCommitted = weakChecker(LEVELS["strong-session-read-committed"]);
/** Read Committed of Biswas & Enea without sessions. O(n^(3/2)), and linear for short transactions. */
export const monotonicAtomicView = weakChecker(LEVELS["monotonic-atomic-view"]);
/** Cerone, Bernardi & Gotsman (CONCUR 2015), RA: no fractured reads. O(n^(3/2)), and linear for short transactions. */
export const readAtomic = weakChecker(LEVELS["read-atomic"]);
/** Read Atomic of Biswas & Enea, who let a transaction also see what its session committed before. */
export const strongSessionReadAtomic = weakChecker(LEVELS["strong-session-read-atomic"]);
/** Causal Consistency of Biswas & Enea, TCC of Plume. O(n k) for k sessions, or chains of them. */
export const transactionalCausal = weakChecker(LEVELS["causal-ccv"]);

/** The checkers of the models that the lattice names, strongest first, for registers. */
export const weakIsolation: readonly Checker[] = [
  transactionalCausal,
  strongSessionReadAtomic,
  readAtomic,
  monotonicAtomicView,
  strongSessionReadCommitted,
  readCommitted,
];

/** The same of lists. */
export const weakIsolationOfLists: readonly Checker[] = weakIsolation.map(({ name }) =>
  weakChecker(LEVELS[name as LevelName], "list-append"),
);
