import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Budget, DEFAULT_BUDGET, type History, judge } from "../../checkers/index.ts";
import { checkersOf, type JudgeRequest, judgeInParallel } from "../../src/parallel/index.ts";
import { type HistoryShape, linearizableHistory, mutatedHistory } from "../support/histories.ts";

const SHAPES: readonly HistoryShape[] = [
  { kind: "register", minOps: 8, maxOps: 30, keys: 4 },
  { kind: "cas-register", minOps: 8, maxOps: 30, keys: 3, values: 3 },
  { kind: "append-list", minOps: 8, maxOps: 30, keys: 3 },
];

const together = (history: History, request: JudgeRequest, threads = 3) =>
  judgeInParallel(history, request, { threads, minOperations: 0 });

describe("judgeInParallel", () => {
  it.each(SHAPES)("gives the same bytes as one thread: $kind", async (shape) => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(linearizableHistory(shape), mutatedHistory(shape)), async (history) => {
        const request = { spec: shape.kind, budget: DEFAULT_BUDGET };
        const alone = judge(history, checkersOf(request), request.budget);
        expect(JSON.stringify(await together(history, request))).toBe(JSON.stringify(alone));
      }),
      { numRuns: 6 },
    );
  });

  it("lets only those checkers speak that were asked for", async () => {
    const [recorded] = fc.sample(linearizableHistory(SHAPES[0] as HistoryShape), { numRuns: 1, seed: 7 });
    const request = { spec: "register", checkers: ["durability", "read-your-writes"], budget: DEFAULT_BUDGET };
    const verdicts = await together(recorded as History, request);
    expect(verdicts).toEqual(judge(recorded as History, checkersOf(request)));
    expect(verdicts.find(({ model }) => model === "linearizable")?.verdict).toBe("unknown");
  });

  it("obeys the budget in every thread", async () => {
    const [recorded] = fc.sample(linearizableHistory(SHAPES[1] as HistoryShape), { numRuns: 1, seed: 7 });
    const request = { spec: "cas-register", budget: { timeMs: -1, maxConfigurations: 1 } satisfies Budget };
    const verdicts = await together(recorded as History, request);
    expect(verdicts.find(({ model }) => model === "linearizable")?.detail).toContain("budget");
  });

  it.each<[JudgeRequest, string]>([
    [{ spec: "regster", budget: DEFAULT_BUDGET }, "there is no specification regster"],
    [{ spec: "register", checkers: ["casual"], budget: DEFAULT_BUDGET }, "no checker of register is called casual"],
  ])("says what does not exist", async (request, message) => {
    await expect(together({ ops: [], faults: [], meta: { version: 1 } }, request)).rejects.toThrow(message);
  });
});
