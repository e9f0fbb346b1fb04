import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Entry } from "../../../src/models/single-leader/log.ts";
import { agreement, lastEpoch, moreUpToDate } from "../../../src/models/single-leader/positions.ts";
import { leaderLogs, shapeOf } from "./logs.ts";

/** Compares the entries themselves, from the front. */
function commonPrefix(a: readonly Entry[], b: readonly Entry[]): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length]?.op?.input === b[length]?.op?.input) length++;
  return length;
}

describe("agreement", () => {
  test("finds the longest common prefix without seeing the entries (log matching, Raft §5.3)", () => {
    fc.assert(
      fc.property(leaderLogs, fc.nat(), fc.nat(), fc.nat(), fc.nat(), (logs, i, j, cutA, cutB) => {
        const one = logs[i % logs.length] ?? [];
        const other = logs[j % logs.length] ?? [];
        const a = one.slice(0, cutA % (one.length + 1));
        const b = other.slice(0, cutB % (other.length + 1));
        expect(agreement(shapeOf(a), shapeOf(b))).toBe(commonPrefix(a, b));
        expect(agreement(shapeOf(b), shapeOf(a))).toBe(commonPrefix(a, b));
      }),
      { numRuns: 500 },
    );
  });

  test("by example", () => {
    const shape = (length: number, ...runs: [number, number][]) => ({ length, runs });
    expect(agreement(shape(0), shape(3, [1, 1]))).toBe(0);
    expect(agreement(shape(5, [1, 1]), shape(3, [1, 1]))).toBe(3);
    expect(agreement(shape(5, [1, 1], [2, 4]), shape(6, [1, 1], [3, 6]))).toBe(3);
    expect(agreement(shape(2, [2, 1]), shape(2, [3, 1]))).toBe(0);
  });
});

describe("moreUpToDate (Raft §5.4.1)", () => {
  const [short, long, late] = [
    { length: 1, runs: [[1, 1]] },
    { length: 3, runs: [[1, 1]] },
    {
      length: 2,
      runs: [
        [1, 1],
        [2, 2],
      ],
    },
  ] as const;

  test("the later last epoch wins, then the longer log", () => {
    expect(moreUpToDate(long, short)).toBe(true);
    expect(moreUpToDate(late, long)).toBe(true);
    expect(moreUpToDate(long, late)).toBe(false);
    expect(moreUpToDate(long, long)).toBe(false);
    expect(moreUpToDate(short, { length: 0, runs: [] })).toBe(true);
    expect(lastEpoch({ length: 0, runs: [] })).toBe(0);
  });
});
