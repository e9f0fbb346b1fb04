import * as fc from "fast-check";
import type { History } from "../src/core/history.ts";
import type { Invocation } from "../src/core/operation.ts";
import type { PlannedOperation, WorkloadPlan } from "../src/core/workload.ts";

/** How many keys are in use at once. Few, so that clients collide. */
const ACTIVE_KEYS = 3;
/** After so many operations a key is given up for a fresh one, which keeps what must be searched per key small. */
const OPERATIONS_PER_KEY = 120;

/** What an arbitrary of a workload chooses for one operation; keys and values are filled in by `fill`. */
export type Fill<Choice> = (choice: Choice, key: KeyState) => Invocation;

/** A key in use and what has been planned on it so far. */
export interface KeyState {
  readonly key: string;
  /** Values are 1, 2, 3, …: each is planned once per key. */
  lastValue: number;
  operations: number;
}

/**
 * Every thread draws its own arrivals (gaps uniform in [0, 2/rate), so `ratePerS` on average), each with a choice; `fill`
 * makes operations of them, all threads together in order of time.
 */
export function arrivals<Choice>(
  { seed, threads, timeMs, ratePerS }: WorkloadPlan,
  choices: fc.Arbitrary<Choice>,
  fill: (choice: Choice) => Invocation,
): PlannedOperation[][] {
  const meanGapMs = 1000 / ratePerS;
  const perThread = Math.ceil(timeMs / meanGapMs) + 1;
  const slot = fc.record({ gapMs: fc.integer({ min: 0, max: Math.round(2 * meanGapMs) }), choice: choices });
  const drawn = fc.sample(fc.noBias(slot), { seed, numRuns: perThread * threads });

  const all: { thread: number; atMs: number; choice: Choice }[] = [];
  for (let thread = 0; thread < threads; thread++) {
    let atMs = 0;
    for (const { gapMs, choice } of drawn.slice(thread * perThread, (thread + 1) * perThread)) {
      atMs += gapMs;
      if (atMs < timeMs) all.push({ thread, atMs, choice });
    }
  }
  all.sort((a, b) => a.atMs - b.atMs || a.thread - b.thread);

  const plan: PlannedOperation[][] = Array.from({ length: threads }, () => []);
  for (const { thread, atMs, choice } of all) plan[thread]?.push({ atMs, op: fill(choice) });
  return plan;
}

/** Operations that take their keys from a small window, which moves on (Jepsen's key rotation). */
export function schedule<Choice>(
  options: WorkloadPlan,
  choices: fc.Arbitrary<Choice>,
  fill: Fill<Choice>,
): PlannedOperation[][] {
  const active: KeyState[] = [];
  let keys = 0;
  const slot = fc.record({ window: fc.nat({ max: ACTIVE_KEYS - 1 }), choice: choices });
  return arrivals(options, slot, ({ window, choice }) => {
    let key = active[window];
    if (!key || key.operations >= OPERATIONS_PER_KEY) {
      key = { key: `k${keys++}`, lastValue: 0, operations: 0 };
      active[window] = key;
    }
    key.operations++;
    return fill(choice, key);
  });
}

/** A read of every key that the history touched, in order of first use. */
export function readEveryKey(history: History): Invocation[] {
  const keys = new Set<string>();
  for (const { key } of history.ops) if (key !== undefined) keys.add(key);
  return [...keys].map((key) => ({ f: "read", key, input: null }));
}
