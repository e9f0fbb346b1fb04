import type { Budget, Checker, Verdict } from "../../src/core/checker.ts";
import type { ConsistencyModel } from "../../src/core/consistency.ts";
import type { History } from "../../src/core/history.ts";
import type { Json } from "../../src/core/json.ts";
import type { Operation } from "../../src/core/operation.ts";
import { Anomalies } from "./anomalies.ts";
import { Deadline, OutOfBudget } from "./deadline.ts";
import { show } from "./values.ts";

/** Thrown where a history does not have the shape that a checker reads; caught where its verdict is made. */
export class Malformed extends Error {}

/** Throws for an operation that a checker cannot read. `wrong` is a clause: "the input of an add must be a number". */
export function malformed(op: Operation, wrong: string): never {
  throw new Malformed(`operation ${op.index} (${op.f} by process ${op.process}): ${wrong}`);
}

/** The list that an operation yielded, or `null` for the empty one. Throws `Malformed` for anything else. */
export function listOf(op: Operation, value: Json | undefined): readonly Json[] {
  if ((value ?? null) === null) return [];
  return Array.isArray(value) ? value : malformed(op, `must yield a list or null, not ${show(value ?? null)}`);
}

/** True for what counters hold and add: an integer that a double holds exactly. */
export const isInteger = (value: Json | undefined): value is number => Number.isSafeInteger(value);

/** What a checker of one kind of object brings along. */
export interface ObjectJudge {
  readonly name: string;
  readonly tests: readonly ConsistencyModel[];
  /** Reports what is wrong and returns how much was really exercised, or why it was nothing. May throw `Malformed`. */
  readonly judge: (history: History, anomalies: Anomalies, deadline: Deadline, budget: Budget) => number | string;
}

/** Makes a checker that goes through the operations themselves, without an index of values. */
export function objectChecker({ name, tests, judge }: ObjectJudge): Checker {
  const check = (history: History, budget: Budget): Verdict => {
    const anomalies = new Anomalies();
    let checked: number | string = 0;
    let unfinished: Verdict | undefined;
    try {
      checked = judge(history, anomalies, new Deadline(budget), budget);
    } catch (error) {
      if (error instanceof OutOfBudget) unfinished = { valid: "unknown", why: "budget", detail: error.message };
      else if (error instanceof Malformed) unfinished = { valid: "unknown", why: "malformed", detail: error.message };
      else throw error;
    }
    // What was found before the check had to end is found all the same.
    const [first, ...rest] = anomalies.list;
    if (first)
      return {
        valid: false,
        checked: Math.max(1, typeof checked === "number" ? checked : 0),
        anomalies: [first, ...rest],
      };
    if (unfinished) return unfinished;
    if (typeof checked === "string") return { valid: "unknown", why: "vacuous", detail: checked };
    return { valid: true, checked };
  };
  return { name, tests, check };
}

/** The operations of each key, in order. Histories of a single object have the key `""`. */
export function operationsByKey(history: History): Map<string, Operation[]> {
  const keys = new Map<string, Operation[]>();
  for (const op of history.ops) {
    const ops = keys.get(op.key ?? "");
    if (ops) ops.push(op);
    else keys.set(op.key ?? "", [op]);
  }
  return keys;
}
