import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { judge } from "../../checkers/index.ts";
import type { History } from "../core/history.ts";
import type { Operation } from "../core/operation.ts";
import type { ModelVerdict } from "../core/verdict.ts";
import { type PackedHistory, packHistory } from "../history/packed.ts";
import { workerEntry } from "./entry.ts";
import { planFor } from "./plan.ts";
import { checkersOf, type JudgeRequest } from "./request.ts";
import { Hand, type Result, type Task, type WorkOrder } from "./tasks.ts";

export interface ParallelOptions {
  /** Threads that judge, this one among them; by default as many as there are processors. */
  readonly threads?: number;
  /** Below so many operations this thread judges alone. */
  readonly minOperations?: number;
}

/** From here on what is gained is more than packing the history, starting threads and unpacking it there costs. */
const MIN_OPERATIONS = 100_000;

/**
 * Judges a history as `judge` does, and with the same result unless time runs out, but lets several threads take one
 * checker after another, and share the keys of linearizability. They share the packed history, and each that takes a
 * whole checker makes objects of it, so a thread more costs the memory of a history more. This thread takes its part and
 * is blocked meanwhile. What a thread took and did not bring, because it ran out of memory, is made up for here.
 *
 * Rejects with an `Error` if the request names what does not exist.
 */
export async function judgeInParallel(
  history: History,
  request: JudgeRequest,
  { threads = availableParallelism(), minOperations = MIN_OPERATIONS }: ParallelOptions = {},
): Promise<ModelVerdict[]> {
  const packed = threads < 2 || history.ops.length < minOperations ? undefined : packOrNot(history);
  if (packed === undefined) return judge(history, checkersOf(request), request.budget);
  const deadlineMs = performance.now() + request.budget.timeMs;
  const plan = planFor(history, request, threads, deadlineMs);
  const results = new Map<Task, Result>();
  const doThem = async (tasks: readonly Task[]): Promise<void> => {
    const found = await doAll(history, {
      history: packed,
      request,
      deadlineEpochMs: performance.timeOrigin + deadlineMs,
      tasks,
      next: new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)),
      threads,
    });
    for (const [i, task] of tasks.entries()) results.set(task, found[i] as Result);
  };
  await doThem(plan.tasks);
  await doThem(plan.rest(results));
  return judge(history, plan.concluded(results), request.budget);
}

/** `undefined` for a history that is too long to be packed. */
function packOrNot(history: History): PackedHistory | undefined {
  try {
    return packHistory(history);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** The results of all tasks, in their order. */
async function doAll(history: History, { threads, ...order }: WorkOrder & { threads: number }): Promise<Result[]> {
  const results = new Array<Result | undefined>(order.tasks.length).fill(undefined);
  const helpers = Array.from({ length: Math.min(threads, order.tasks.length) - 1 }, () => help(order, results));
  const own = new Hand(
    order,
    () => history,
    (index) => history.ops[index] as Operation,
  );
  for (const [task, result] of own.takeAll()) results[task] = result;
  await Promise.all(helpers);
  return order.tasks.map((task, i) => results[i] ?? own.do(task));
}

/** Starts a thread that puts its results in their places. Resolves when it has ended, however that came. */
function help(order: WorkOrder, results: (Result | undefined)[]): Promise<void> {
  const worker = new Worker(workerEntry("worker"), { workerData: order });
  worker.on("message", ([task, result]: readonly [number, Result]) => {
    results[task] = result;
  });
  // What it has not brought is missing from the results, and that is all that matters.
  worker.on("error", () => {});
  return new Promise((resolve) => worker.once("exit", () => resolve()));
}
