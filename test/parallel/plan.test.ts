import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DEFAULT_BUDGET, type History, judge, type ModelVerdict } from "../../checkers/index.ts";
import { packHistory } from "../../src/history/packed.ts";
import { planFor } from "../../src/parallel/plan.ts";
import { checkersOf, type JudgeRequest } from "../../src/parallel/request.ts";
import { handFor, type Result, type Task, type WorkOrder } from "../../src/parallel/tasks.ts";
import { type HistoryShape, linearizableHistory, mutatedHistory } from "../support/histories.ts";
import { runs } from "../support/runs.ts";

/** As threads would do it, each task by a thread of its own, but one after the other in this one. */
function byTasks(history: History, request: JudgeRequest, threads: number): ModelVerdict[] {
  const deadlineMs = performance.now() + request.budget.timeMs;
  const plan = planFor(history, request, threads, deadlineMs);
  const results = new Map<Task, Result>();
  const doThem = (tasks: readonly Task[]): void => {
    const order: WorkOrder = {
      history: packHistory(history),
      request,
      deadlineEpochMs: performance.timeOrigin + deadlineMs,
      tasks,
      next: new Int32Array(1),
    };
    for (const task of tasks) results.set(task, structuredClone(handFor(structuredClone(order)).do(task)));
  };
  doThem(plan.tasks);
  doThem(plan.rest(results));
  return judge(history, plan.concluded(results), request.budget);
}

const SHAPES: readonly HistoryShape[] = [
  { kind: "register", minOps: 8, maxOps: 30, keys: 4 },
  { kind: "cas-register", minOps: 8, maxOps: 30, keys: 3, values: 3 },
  { kind: "append-list", minOps: 8, maxOps: 30, keys: 3 },
  { kind: "kv", minOps: 4, maxOps: 20, keys: 2, values: 2 },
];

describe("a plan for threads", () => {
  it.each(SHAPES)("comes to the same as no plan: $kind", (shape) => {
    const count = { valid: 0, invalid: 0 };
    const times = runs(250);
    fc.assert(
      fc.property(
        fc.oneof(linearizableHistory(shape), mutatedHistory(shape)),
        fc.integer({ min: 2, max: 4 }),
        (history, threads) => {
          const request = {
            spec: shape.kind,
            budget: DEFAULT_BUDGET,
            ...(history.ops.length % 2 === 0 && { algorithm: "search" }),
          };
          const alone = judge(history, checkersOf(request), request.budget);
          expect(byTasks(history, request, threads)).toEqual(alone);
          const verdict = alone.find(({ model }) => model === "linearizable")?.verdict;
          if (verdict === "valid" || verdict === "invalid") count[verdict]++;
        },
      ),
      { numRuns: times },
    );
    expect(count.valid).toBeGreaterThan(times / 4);
    expect(count.invalid).toBeGreaterThan(times / 10);
  });

  it("cuts linearizability by keys, evenly, and no other checker", () => {
    const shape: HistoryShape = { kind: "register", minOps: 40, maxOps: 40, keys: 6, unknowns: false, failures: false };
    const [history] = fc.sample(linearizableHistory(shape), { numRuns: 1, seed: 3 }) as [History];
    const request = { spec: "register", budget: DEFAULT_BUDGET };
    const { tasks } = planFor(history, request, 2, performance.now() + 1_000);
    const others = checkersOf(request).filter(({ impliedByStronger }) => !impliedByStronger);
    const sizes = tasks.flatMap((task) =>
      "parts" in task ? [task.parts.reduce((sum, { ops }) => sum + ops.length, 0)] : [],
    );
    expect(sizes).toHaveLength(2);
    expect((sizes[0] as number) + (sizes[1] as number)).toBe(history.ops.length);
    expect(Math.abs((sizes[0] as number) - (sizes[1] as number))).toBeLessThan(history.ops.length / 3);
    expect(tasks).toHaveLength(others.length + 1);
  });
});
