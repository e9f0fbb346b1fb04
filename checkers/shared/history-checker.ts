import type { Budget, Checker, Verdict } from "../../src/core/checker.ts";
import type { ConsistencyModel } from "../../src/core/consistency.ts";
import type { History } from "../../src/core/history.ts";
import { Anomalies } from "./anomalies.ts";
import { Deadline, OutOfBudget } from "./deadline.ts";
import { type HistoryIndex, indexHistory } from "./history-index.ts";
import type { DataType } from "./values.ts";

/** What a checker of this family brings along; everything else is the same for all. */
export interface Judge {
  readonly model: ConsistencyModel;
  readonly type: DataType;
  /** Reports what is wrong and returns how much was really exercised. */
  readonly judge: (index: HistoryIndex, anomalies: Anomalies, deadline: Deadline) => number;
  /** What a history must have for the guarantee to be exercised; used where it has none of it. */
  readonly vacuous: string;
}

/** Makes a checker that works on an indexed history. */
export function historyChecker({ model, type, judge, vacuous }: Judge): Checker {
  const check = (history: History, budget: Budget): Verdict => {
    const index = indexHistory(history, type);
    if ("malformed" in index) return { valid: "unknown", why: "malformed", detail: index.malformed };
    const anomalies = new Anomalies();
    let checked = 0;
    try {
      checked = judge(index, anomalies, new Deadline(budget));
    } catch (error) {
      if (!(error instanceof OutOfBudget)) throw error;
      // What was found before the budget ran out is found all the same.
      if (anomalies.list.length === 0) return { valid: "unknown", why: "budget", detail: error.message };
    }
    return conclude(index, checked, anomalies, vacuous);
  };
  return { name: model, tests: [model], check };
}

function conclude(index: HistoryIndex, checked: number, anomalies: Anomalies, vacuous: string): Verdict {
  const [first, ...rest] = anomalies.list;
  if (first) return { valid: false, checked: Math.max(1, checked), anomalies: [first, ...rest] };
  if (index.leftOut.length > 0) {
    const others = index.keys.length === 0 ? "" : `; nothing wrong was found on the other keys (${index.keys.length})`;
    return { valid: "unknown", why: "malformed", detail: `${someOf(index.leftOut)}${others}` };
  }
  if (checked === 0) return { valid: "unknown", why: "vacuous", detail: vacuous };
  return { valid: true, checked };
}

function someOf(reasons: readonly string[]): string {
  const told = reasons.slice(0, 3).join("; ");
  return reasons.length > 3 ? `${told}; and ${reasons.length - 3} more keys like that` : told;
}
