import * as fc from "fast-check";
import type { Invocation } from "../src/core/operation.ts";
import type { PlannedOperation, WorkloadPlan } from "../src/core/workload.ts";
import { arrivals } from "./schedule.ts";

/** Keys in use at once. Few, so that transactions collide. */
const ACTIVE_KEYS = 3;
/** After so many writes a key is given up for a fresh one: version orders stay short. */
const WRITES_PER_KEY = 40;
const MOST_MICRO_OPS = 4;

const slot = fc.array(fc.record({ reads: fc.boolean(), window: fc.nat({ max: ACTIVE_KEYS - 1 }) }), {
  minLength: 1,
  maxLength: MOST_MICRO_OPS,
});

/**
 * Transactions of one to four micro-operations on a few keys, that change; `write` names the one that changes something,
 * each time with another value of its key (Elle: Kingsbury & Alvaro, VLDB 2020, §4).
 */
export function planTransactions(options: WorkloadPlan, write: "w" | "append"): PlannedOperation[][] {
  const keys = Array.from({ length: ACTIVE_KEYS }, (_, i) => ({ key: `k${i}`, lastValue: 0 }));
  let named = ACTIVE_KEYS;
  const fill = (micros: readonly { readonly reads: boolean; readonly window: number }[]): Invocation => {
    const input = micros.map(({ reads, window }) => {
      const now = keys[window] as (typeof keys)[number];
      return reads ? ["r", now.key, null] : [write, now.key, ++now.lastValue];
    });
    for (const [i, { lastValue }] of keys.entries())
      if (lastValue >= WRITES_PER_KEY) keys[i] = { key: `k${named++}`, lastValue: 0 };
    return { f: "txn", input };
  };
  return arrivals(options, slot, fill);
}
