import * as fc from "fast-check";
import { checkersFor } from "../checkers/index.ts";
import { casRegister } from "../checkers/specs/index.ts";
import type { Invocation } from "../src/core/operation.ts";
import type { PlannedOperation, Workload } from "../src/core/workload.ts";
import { readEveryKey } from "./schedule.ts";

/** All clients act within so many milliseconds of each other, so that their proposals collide. */
const BURST_MS = 4;
/** After so many bursts the clients turn to a fresh key. */
const BURSTS_PER_KEY = 2;
/** How many of the last keys are looked at again. */
const REVISITED = 6;

const slot = fc.record({
  f: fc.constantFrom("cas" as const, "read" as const),
  delay: fc.nat({ max: BURST_MS }),
  /** How many keys back; mostly none. */
  back: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat({ max: REVISITED }) }),
});

/**
 * Registers that are set once: all clients turn to a fresh key together, some with a proposal and some with a read, and come
 * back to old ones now and then. Every value is proposed once per key.
 */
export const decree: Workload = {
  name: "decree",
  description:
    "set registers once, from null, several clients at the same time, and read them; values are unique per key",
  spec: casRegister,
  plan: ({ seed, threads, timeMs, ratePerS }) => {
    const gapMs = 1000 / ratePerS;
    const bursts = Math.ceil(timeMs / gapMs);
    const drawn = fc.sample(fc.noBias(slot), { seed, numRuns: bursts * threads });
    const lastValues = new Map<string, number>();
    const plan: PlannedOperation[][] = Array.from({ length: threads }, () => []);
    for (const [i, { f, delay, back }] of drawn.entries()) {
      const burst = Math.floor(i / threads);
      const atMs = Math.floor(burst * gapMs) + Math.min(delay, Math.floor(gapMs) - 1);
      if (atMs >= timeMs) continue;
      const key = `d${Math.max(0, Math.floor(burst / BURSTS_PER_KEY) - back)}`;
      plan[i % threads]?.push({ atMs, op: operation(f, key, lastValues) });
    }
    return plan;
  },
  closingReads: readEveryKey,
  checkers: checkersFor(casRegister),
};

function operation(f: "cas" | "read", key: string, lastValues: Map<string, number>): Invocation {
  if (f === "read") return { f, key, input: null };
  const value = (lastValues.get(key) ?? 0) + 1;
  lastValues.set(key, value);
  return { f, key, input: [null, value] };
}
