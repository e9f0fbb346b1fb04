import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toyModel, watch } from "./toy.ts";

interface Call {
  readonly atMs: number;
  readonly name: string;
  /** `undefined` clears. */
  readonly afterMs: number | undefined;
}

/** The slow, obvious oracle: all calls, millisecond by millisecond; timers of one instant fire in the order they were set. */
function expected(calls: readonly Call[], endMs: number): string[] {
  const fired: string[] = [];
  let running: { name: string; dueMs: number }[] = [];
  for (let nowMs = 0; nowMs <= endMs; nowMs++) {
    for (const { name } of running.filter(({ dueMs }) => dueMs === nowMs)) fired.push(`${nowMs} ${name}`);
    running = running.filter(({ dueMs }) => dueMs !== nowMs);
    for (const call of calls) {
      if (call.atMs !== nowMs) continue;
      running = running.filter(({ name }) => name !== call.name);
      if (call.afterMs !== undefined) running.push({ name: call.name, dueMs: nowMs + call.afterMs });
    }
  }
  return fired;
}

// Close together, so that many are due at the same instant.
const call: fc.Arbitrary<Call> = fc.record({
  atMs: fc.nat(15),
  name: fc.constantFrom("a", "b", "c", "d"),
  afterMs: fc.option(fc.integer({ min: 1, max: 12 }), { nil: undefined, freq: 8 }),
});

describe("timers set and cleared at any time", () => {
  it("fire when, and in the order in which, a list gone through every millisecond says", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(call, { maxLength: 40 }), async (calls) => {
        const inOrder = calls.toSorted((a, b) => a.atMs - b.atMs);
        const fired: string[] = [];
        // A tick every millisecond makes the calls, after all timers of that millisecond have fired.
        const model = toyModel((env) => {
          const startMs = env.monoMs();
          const nowMs = (): number => Math.round(env.monoMs() - startMs);
          const act = (): void => {
            for (const { atMs, name, afterMs } of inOrder) {
              if (atMs !== nowMs()) continue;
              if (afterMs === undefined) env.clearTimer(name);
              else env.setTimer(name, afterMs);
            }
          };
          env.setTimer("tick", 0);
          return {
            onTimer: (name) => {
              if (name === "tick") env.setTimer("late tick", 0);
              else if (name === "late tick") {
                env.setTimer("tick", 1);
                act();
              } else fired.push(`${nowMs()} ${name}`);
            },
          };
        });
        const { cluster, sleepMs } = watch({ model, nodes: 1 });
        await sleepMs(30.5);
        await cluster.stop();
        expect(fired).toEqual(expected(inOrder, 30));
      }),
      { numRuns: 200 },
    );
  });
});
