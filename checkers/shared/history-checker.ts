import type { Budget, Checker, Verdict } from "../../src/core/checker.ts";
import type { ConsistencyModel } from "../../src/core/consistency.ts";
import type { History } from "../../src/core/history.ts";
import { Anomalies } from "./anomalies.ts";
import { Deadline, OutOfBudget } from "./deadline.ts";
import { type HistoryIndex, indexHistory } from "./history-index.ts";
import type { DataType } from "./values.ts";

/** What every index says of the keys that it could and could not take in. */
interface Index {
  /** The keys that can be judged. */
  readonly keys: readonly unknown[];
  /** One sentence a key that was left out. */
  readonly leftOut: readonly string[];
}

/** What a checker brings along; everything else is the same for all. */
export interface IndexedJudge<I extends Index> {
  readonly model: ConsistencyModel;
  /** Sorts the history, or says why it is malformed. */
  readonly index: (history: History) => I | { readonly malformed: string };
  /** Reports what is wrong and returns how much was really exercised. */
  readonly judge: (index: I, anomalies: Anomalies, deadline: Deadline) => number;
  /** What a history must have for the guarantee to be exercised; used where it has none of it. */
  readonly vacuous: string;
}

/** Makes a checker that works on an indexed history. */
export function indexedChecker<I extends Index>({ model, index, judge, vacuous }: IndexedJudge<I>): Checker {
  const check = (history: History, budget: Budget): Verdict => {
    const deadline = new Deadline(budget);
    const indexed = index(history);
    if ("malformed" in indexed) return { valid: "unknown", why: "malformed", detail: indexed.malformed };
    const anomalies = new Anomalies();
    let checked = 0;
    try {
      checked = judge(indexed, anomalies, deadline);
    } catch (error) {
      if (!(error instanceof OutOfBudget)) throw error;
      // What was found before the budget ran out is found all the same.
      if (anomalies.list.length === 0) return { valid: "unknown", why: "budget", detail: error.message };
    }
    return conclude(indexed, checked, anomalies, vacuous);
  };
  return { name: model, tests: [model], impliedByStronger: true, check };
}

/** The same for checkers that look at one data type operation by operation. */
export interface Judge extends Omit<IndexedJudge<HistoryIndex>, "index"> {
  readonly type: DataType;
}

export const historyChecker = ({ type, ...rest }: Judge): Checker =>
  indexedChecker({ ...rest, index: (history) => indexHistory(history, type) });

function conclude({ keys, leftOut }: Index, checked: number, anomalies: Anomalies, vacuous: string): Verdict {
  const [first, ...rest] = anomalies.list;
  if (first) return { valid: false, checked: Math.max(1, checked), anomalies: [first, ...rest] };
  if (leftOut.length > 0) {
    const others = keys.length === 0 ? "" : `; nothing wrong was found on the other keys (${keys.length})`;
    return { valid: "unknown", why: "malformed", detail: `${someOf(leftOut)}${others}` };
  }
  if (checked === 0) return { valid: "unknown", why: "vacuous", detail: vacuous };
  return { valid: true, checked };
}

function someOf(reasons: readonly string[]): string {
  const told = reasons.slice(0, 3).join("; ");
  return reasons.length > 3 ? `${told}; and ${reasons.length - 3} more keys like that` : told;
}
