import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { latencyOf, minorityOf, percentiles } from "../../src/campaign/figures.ts";
import type { Operation, Outcome } from "../../src/core/operation.ts";

const op = (f: string, tookMs: number, outcome: Outcome = { type: "ok", value: null }): Operation => ({
  index: 0,
  process: 0,
  node: "n1",
  f,
  input: null,
  callNs: 7e6,
  returnNs: 7e6 + tookMs * 1e6,
  outcome,
});

describe("percentiles", () => {
  it("are measured values that so many percent do not exceed", () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1, maxLength: 300 }), (values) => {
        const found = percentiles(values);
        for (const [percent, value] of [
          [50, found?.p50],
          [99, found?.p99],
        ] as const) {
          expect(values).toContain(value);
          const upTo = (limit: number): number => values.filter((one) => one <= limit).length;
          expect(upTo(value ?? 0) * 100).toBeGreaterThanOrEqual(percent * values.length);
          expect(upTo((value ?? 0) - 1) * 100).toBeLessThan(percent * values.length);
        }
      }),
    );
  });

  it("of nothing are nothing", () => expect(percentiles([])).toBeNull());
});

describe("latency", () => {
  it("is in message delays, of what was done, reads apart from the rest", () => {
    const failed: Outcome = { type: "fail", error: { name: "precondition-failed" } };
    const ops = [op("read", 20), op("read", 21.04), op("cas", 44), op("append", 40), op("cas", 90, failed)];
    expect(latencyOf(ops, 10)).toEqual({
      reads: { p50: 2, p99: 2.1, operations: 2 },
      writes: { p50: 4, p99: 4.4, operations: 2 },
    });
  });
});

describe("what a minority serves", () => {
  const all = { asked: 200, answered: 200 };
  const nearlyAll = { asked: 200, answered: 198 };
  const half = { asked: 20, answered: 10 };

  it("is what every minority serves", () => {
    const serves = (...cuts: Parameters<typeof minorityOf>[0]) => minorityOf(cuts).serves;
    expect(serves({ reads: all, writes: all }, { reads: nearlyAll, writes: all })).toBe("all");
    expect(serves({ reads: all, writes: all }, { reads: all, writes: half })).toBe("reads");
    expect(serves({ reads: half, writes: all }, { reads: all, writes: all })).toBe("writes");
    expect(serves({ reads: all, writes: half }, { reads: half, writes: all })).toBe("nothing");
  });

  it("counts every minority alike, however much it was asked; what was never asked is not served", () => {
    const none = { asked: 0, answered: 0 };
    expect(
      minorityOf([
        { reads: all, writes: none },
        { reads: half, writes: none },
      ]),
    ).toEqual({
      serves: "nothing",
      reads: { mean: 0.75, worst: 0.5 },
      writes: null,
    });
  });
});
