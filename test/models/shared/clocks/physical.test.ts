import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { NodeId } from "../../../../src/core/operation.ts";
import { compareHybrid, HybridClock, type HybridStamp } from "../../../../src/models/shared/clocks/hybrid.ts";
import { IntervalClock } from "../../../../src/models/shared/clocks/interval.ts";
import { executions, happenedBefore, NODES } from "./executions.ts";

describe("hybrid logical clocks", () => {
  it("give what happened before the smaller stamp, and stay as near to true time as the worst of the clocks", () => {
    fc.assert(
      fc.property(
        executions,
        fc.array(fc.integer({ min: -40, max: 40 }), { minLength: 24, maxLength: 24 }),
        (events, offsets) => {
          let trueMs = 1_000;
          let offsetMs = 0;
          const clocks = new Map(
            NODES.map((node): [NodeId, HybridClock] => [node, new HybridClock(() => trueMs + offsetMs)]),
          );
          const stamps: HybridStamp[] = [];
          let furthestMs = Number.NEGATIVE_INFINITY;
          for (const [i, { node, from }] of events.entries()) {
            // Each look at a clock is off by as much as it likes: it may even run backwards.
            trueMs += i % 3;
            offsetMs = offsets[i] as number;
            furthestMs = Math.max(furthestMs, trueMs + offsetMs);
            const clock = clocks.get(node) as HybridClock;
            const stamp = from === undefined ? clock.tick() : clock.receive(stamps[from] as HybridStamp);
            if ("aheadMs" in stamp) throw new Error("nothing is too far ahead");
            expect(clock.latest).toEqual(stamp);
            expect(stamp[0]).toBeGreaterThanOrEqual(trueMs + offsetMs);
            expect(stamp[0]).toBeLessThanOrEqual(furthestMs);
            expect(stamp[1]).toBeLessThanOrEqual(i);
            stamps.push(stamp);
          }
          for (const [j, earlier] of happenedBefore(events).entries())
            for (const i of earlier)
              expect(compareHybrid(stamps[i] as HybridStamp, stamps[j] as HybridStamp)).toBeLessThan(0);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("count only while physical time stands still", () => {
    let nowMs = 10;
    const clock = new HybridClock(() => nowMs);
    const ticks = [clock.tick(), clock.tick()];
    nowMs = 9;
    ticks.push(clock.tick());
    nowMs = 11;
    ticks.push(clock.tick());
    expect(ticks).toEqual([
      [10, 0],
      [10, 1],
      [10, 2],
      [11, 0],
    ]);
    // What is received counts on from whichever is as late as the latest.
    expect(clock.receive([11, 5])).toEqual([11, 6]);
    expect(clock.receive([15, 2])).toEqual([15, 3]);
    expect(clock.receive([12, 9])).toEqual([15, 4]);
    nowMs = 20;
    expect(clock.receive([15, 9])).toEqual([20, 0]);
    expect(clock.receive([20, 0])).toEqual([20, 1]);
  });

  it("refuse what is too far ahead, and forget it", () => {
    const clock = new HybridClock(() => 100, 50, [90, 3]);
    expect(clock.receive([150, 0])).toEqual([150, 1]);
    const other = new HybridClock(() => 100, 50, [90, 3]);
    expect(other.receive([151, 0])).toEqual({ aheadMs: 51 });
    expect(other.latest).toEqual([90, 3]);
    expect(other.tick()).toEqual([100, 0]);
  });
});

describe("clocks with a bound", () => {
  it("never say that a moment has passed that has not, nor the other way round, while they keep to it", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 50 }),
        fc.double({ min: -1, max: 1, noNaN: true }),
        fc.integer({ min: -200, max: 200 }),
        (errorMs, off, inMs) => {
          const trueMs = 1_000;
          const clock = new IntervalClock(() => trueMs + off * errorMs, errorMs);
          const { earliestMs, latestMs } = clock.now();
          expect(earliestMs <= trueMs && trueMs <= latestMs).toBe(true);
          const atMs = trueMs + inMs;
          if (clock.after(atMs)) expect(trueMs).toBeGreaterThan(atMs);
          if (clock.before(atMs)) expect(trueMs).toBeLessThan(atMs);
          expect(clock.after(atMs) && clock.before(atMs)).toBe(false);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("say how long to wait for a moment to have passed for sure", () => {
    let nowMs = 1_000;
    const clock = new IntervalClock(() => nowMs, 7);
    const commitMs = clock.now().latestMs;
    expect([commitMs, clock.waitMs(commitMs), clock.after(commitMs)]).toEqual([1_007, 14, false]);
    nowMs += 14;
    expect([clock.waitMs(commitMs), clock.after(commitMs)]).toEqual([0, false]);
    nowMs += 0.001;
    expect([clock.waitMs(commitMs), clock.after(commitMs), clock.before(nowMs + 8)]).toEqual([0, true, true]);
  });
});
