import { isSpared } from "../../checkers/judge.ts";
import { type Decided, divideLinearizability, type Undecided } from "../../checkers/linearizability/index.ts";
import type { Checker, Verdict } from "../core/checker.ts";
import type { History } from "../core/history.ts";
import { shared } from "../history/packed-values.ts";
import { checkersOf, DIVISIBLE, type JudgeRequest, specOf } from "./request.ts";
import type { PackedPart, Result, Task } from "./tasks.ts";

/** How the work on a history is cut into tasks, and how their results are put together. */
export interface Plan {
  readonly tasks: readonly Task[];
  /** The tasks that come after these: those of checkers that their results, which must be complete, do not spare. */
  rest(results: Results): readonly Task[];
  /** The checkers that were asked for, which now know their verdicts. */
  concluded(results: Results): Checker[];
}

export type Results = ReadonlyMap<Task, Result>;

/** A plan for so many threads. `deadlineMs` is when linearizability must be decided, on this thread's clock. */
export function planFor(history: History, request: JudgeRequest, threads: number, deadlineMs: number): Plan {
  const checkers = checkersOf(request);
  const works = checkers.map(({ name }, checker): Work => {
    const divided =
      name === DIVISIBLE && specOf(request).perKey ? byKeys(history, request, threads, deadlineMs) : undefined;
    return divided ?? whole(checker);
  });
  const tasksOf = (wanted: (checker: Checker) => boolean): Task[] =>
    works.flatMap(({ tasks }, i) => (wanted(checkers[i] as Checker) ? tasks : []));
  const isFirst = ({ impliedByStronger }: Checker): boolean => impliedByStronger !== true;
  const known = new Map<Work, Verdict>();
  const verdictOf = (work: Work, results: Results): Verdict => {
    const verdict = known.get(work) ?? work.verdict(results);
    known.set(work, verdict);
    return verdict;
  };
  return {
    tasks: tasksOf(isFirst),
    rest(results) {
      const held = checkers.flatMap((checker, i) =>
        isFirst(checker) && verdictOf(works[i] as Work, results).valid === true ? checker.tests : [],
      );
      return tasksOf((checker) => !isFirst(checker) && !isSpared(checker, held));
    },
    concluded: (results) =>
      checkers.map((checker, i) => ({ ...checker, check: () => verdictOf(works[i] as Work, results) })),
  };
}

/** What a checker has to do. */
interface Work {
  readonly tasks: readonly Task[];
  verdict(results: Results): Verdict;
}

function whole(checker: number): Work {
  const task: Task = { checker };
  return { tasks: [task], verdict: (results) => verdictIn(results.get(task)) };
}

/** Linearizability, with its keys dealt out; `undefined` if there is only one. */
function byKeys(history: History, request: JudgeRequest, threads: number, deadlineMs: number): Work | undefined {
  const division = divideLinearizability(specOf(request), request);
  const parts = division.parts(history);
  if ("valid" in parts) return { tasks: [], verdict: () => parts };
  if (parts.length < 2) return undefined;
  const shares = sharesOf(parts, threads).map((share) => ({ share, task: { parts: share.map(packed) } }));
  return {
    tasks: shares.map(({ task }) => task),
    verdict(results) {
      const decided = new Map<Undecided, Decided>();
      for (const { share, task } of shares)
        for (const [i, one] of decidedIn(results.get(task)).entries()) decided.set(share[i] as Undecided, one);
      const inOrder = parts.map((part) => decided.get(part) as Decided);
      return division.conclude(parts, inOrder, request.budget, deadlineMs);
    },
  };
}

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
