import { type Decided, divideLinearizability, type Undecided } from "../../checkers/linearizability/index.ts";
import type { Checker, Verdict } from "../core/checker.ts";
import type { History } from "../core/history.ts";
import { shared } from "../history/packed-values.ts";
import { checkersOf, DIVISIBLE, type JudgeRequest, specOf } from "./request.ts";
import type { PackedPart, Result, Task } from "./tasks.ts";

/** How the work on a history is cut into tasks, and how their results are put together. */
export interface Plan {
  readonly tasks: readonly Task[];
  /** The checkers that were asked for, which now know their verdicts. `results` are those of the tasks, in their order. */
  concluded(results: readonly Result[]): Checker[];
}

/** A plan for so many threads. `deadlineMs` is when linearizability must be decided, on this thread's clock. */
export function planFor(history: History, request: JudgeRequest, threads: number, deadlineMs: number): Plan {
  const tasks: Task[] = [];
  const checkers = checkersOf(request);

  const whole = (checker: number): VerdictOf => {
    const at = tasks.push({ checker }) - 1;
    return (results) => verdictIn(results[at]);
  };
  const byKeys = (checker: number): VerdictOf => {
    const division = divideLinearizability(specOf(request), request);
    const parts = division.parts(history);
    if ("valid" in parts) return () => parts;
    if (parts.length < 2) return whole(checker);
    const shares = sharesOf(parts, threads);
    const first = tasks.length;
    for (const share of shares) tasks.push({ parts: share.map(packed) });
    return (results) => {
      const decided = new Map<Undecided, Decided>();
      for (const [i, share] of shares.entries())
        for (const [j, one] of decidedIn(results[first + i]).entries()) decided.set(share[j] as Undecided, one);
      const inOrder = parts.map((part) => decided.get(part) as Decided);
      return division.conclude(parts, inOrder, request.budget, deadlineMs);
    };
  };

  const verdicts = checkers.map(({ name }, i) => (name === DIVISIBLE && specOf(request).perKey ? byKeys(i) : whole(i)));
  return {
    tasks,
    concluded: (results) =>
      checkers.map((checker, i) => ({ ...checker, check: () => (verdicts[i] as VerdictOf)(results) })),
  };
}

type VerdictOf = (results: readonly Result[]) => Verdict;

function verdictIn(result: Result | undefined): Verdict {
  if (result === undefined || !("verdict" in result)) throw new Error("a task of a checker must bring a verdict");
  return result.verdict;
}

function decidedIn(result: Result | undefined): readonly Decided[] {
  if (result === undefined || !("decided" in result)) throw new Error("a task of keys must bring what was decided");
  return result.decided;
}

/** Deals the parts out, the largest first, each to the share with the fewest operations. None is empty. */
function sharesOf(parts: readonly Undecided[], count: number): Undecided[][] {
  const shares = Array.from({ length: Math.min(count, parts.length) }, () => ({ size: 0, parts: [] as Undecided[] }));
  for (const part of [...parts].sort((a, b) => b.ops.length - a.ops.length)) {
    const least = shares.reduce((best, share) => (share.size < best.size ? share : best));
    least.parts.push(part);
    least.size += part.ops.length;
  }
  return shares.map((share) => share.parts);
}

function packed({ key, ops }: Undecided): PackedPart {
  const indices = shared(Int32Array, ops.length);
  for (const [i, { index }] of ops.entries()) indices[i] = index;
  return { key, ops: indices };
}
