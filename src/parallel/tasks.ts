import { type Decided, divideLinearizability, type Undecided } from "../../checkers/linearizability/index.ts";
import type { Checker, Verdict } from "../core/checker.ts";
import type { History } from "../core/history.ts";
import type { Operation } from "../core/operation.ts";
import { type PackedHistory, Unpacker, unpackHistory } from "../history/packed.ts";
import { checkersOf, type JudgeRequest, specOf } from "./request.ts";

/** What a thread takes at a time: a checker, by its place among those asked for, or some keys of linearizability. */
export type Task = { readonly checker: number } | { readonly parts: readonly PackedPart[] };

/** The operations on one object: their indices, in memory that threads share. */
export interface PackedPart {
  readonly key: string | undefined;
  readonly ops: Int32Array;
}

/** What a worker thread is given. */
export interface WorkOrder {
  readonly history: PackedHistory;
  readonly request: JudgeRequest;
  /** When linearizability must be decided, milliseconds since the epoch: threads have clocks of their own. */
  readonly deadlineEpochMs: number;
  readonly tasks: readonly Task[];
  /** In its first place the index of the next task that nobody has taken yet. */
  readonly next: Int32Array;
}

/** What came of a task: a checker's verdict, or what was decided of each part. */
export type Result = { readonly verdict: Verdict } | { readonly decided: readonly Decided[] };

/** Does tasks in one thread. */
export class Hand {
  readonly #order: Omit<WorkOrder, "history">;
  readonly #checkers: readonly Checker[];
  readonly #history: () => History;
  readonly #operation: (index: number) => Operation;

  /** `history` and `operation` give what the thread has of the history, each only where a task needs it. */
  constructor(order: Omit<WorkOrder, "history">, history: () => History, operation: (index: number) => Operation) {
    this.#order = order;
    this.#checkers = checkersOf(order.request);
    this.#history = history;
    this.#operation = operation;
  }

  /** Takes one task after another, as all threads do, until none is left. */
  *takeAll(): Generator<readonly [number, Result]> {
    const { tasks, next } = this.#order;
    for (;;) {
      const index = Atomics.add(next, 0, 1);
      const task = tasks[index];
      if (task === undefined) return;
      yield [index, this.do(task)];
    }
  }

  do(task: Task): Result {
    const { request, deadlineEpochMs } = this.#order;
    if ("checker" in task) {
      const checker = this.#checkers[task.checker];
      if (checker === undefined) throw new Error(`there is no checker ${task.checker}`);
      return { verdict: checker.check(this.#history(), request.budget) };
    }
    const parts = task.parts.map(({ key, ops }): Undecided => ({ key, ops: Array.from(ops, this.#operation) }));
    const division = divideLinearizability(specOf(request), request);
    return { decided: division.decide(parts, request.budget, deadlineEpochMs - performance.timeOrigin) };
  }
}

/** A hand for a thread that has nothing but the packed history, and makes operations of as much of it as it needs. */
export function handFor(order: WorkOrder): Hand {
  const unpacker = new Unpacker(order.history);
  let history: History | undefined;
  const whole = (): History => {
    history ??= unpackHistory(order.history);
    return history;
  };
  return new Hand(order, whole, (index) => history?.ops[index] ?? unpacker.operation(index));
}
