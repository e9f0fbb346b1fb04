import * as fc from "fast-check";
import { checkersFor } from "../checkers/index.ts";
import { guardedResource } from "../checkers/specs/index.ts";
import type { PlannedOperation, Workload } from "../src/core/workload.ts";
import { readEveryKey } from "./schedule.ts";

/** What a thread does with a lock, again and again: it reads what that protects and writes it in two steps. */
const CYCLE = ["acquire", "read", "write", "write", "release"] as const;
/** Locks in use at once: few, so that clients wait for each other. */
const ACTIVE_KEYS = 3;
/** After so many cycles a lock is given up for a fresh one. */
const CYCLES_PER_KEY = 40;

/** One gap in twenty is long, so that locks are held for long and leases run out; the others make up for it. */
const LONG = { weight: 1, pace: 10 };
const SHORT = { weight: 19, pace: 10 / 19 };

const slot = fc.record({
  /** Of twice the mean gap, in thousandths. */
  gap: fc.nat({ max: 1000 }),
  pace: fc.oneof(...[LONG, SHORT].map(({ weight, pace }) => ({ weight, arbitrary: fc.constant(pace) }))),
  window: fc.nat({ max: ACTIVE_KEYS - 1 }),
});

interface Arrival {
  readonly thread: number;
  readonly atMs: number;
  /** Position in the thread's own order. */
  readonly step: number;
  readonly window: number;
}

/**
 * Locks, each with a resource of the same name: every thread acquires one, reads and writes the resource, and lets it go. The
 * client knows the fencing token and puts it into its writes; a write yields `{token}`. Every value is written once per key.
 */
export const lock: Workload = {
  name: "lock",
  description: "acquire a lock, read and write the resource that it protects, release it; values are unique per key",
  spec: guardedResource,
  plan: ({ seed, threads, timeMs, ratePerS }) => {
    const meanGapMs = 1000 / ratePerS;
    const perThread = Math.ceil(timeMs / meanGapMs) * 2;
    const drawn = fc.sample(fc.noBias(slot), { seed, numRuns: perThread * threads });
    const arrivals: Arrival[] = [];
    for (let thread = 0; thread < threads; thread++) {
      let atMs = 0;
      for (const [step, { gap, pace, window }] of drawn.slice(thread * perThread, (thread + 1) * perThread).entries()) {
        atMs += Math.round((2 * meanGapMs * pace * gap) / 1000);
        if (atMs < timeMs) arrivals.push({ thread, atMs, step, window });
      }
    }
    arrivals.sort((a, b) => a.atMs - b.atMs || a.thread - b.thread || a.step - b.step);
    return cyclesOf(arrivals, threads);
  },
  closingReads: readEveryKey,
  checkers: checkersFor(guardedResource),
};

interface Key {
  readonly name: string;
  cycles: number;
  lastValue: number;
}

function cyclesOf(arrivals: readonly Arrival[], threads: number): PlannedOperation[][] {
  const plan: PlannedOperation[][] = Array.from({ length: threads }, () => []);
  const active: Key[] = [];
  const current: Key[] = [];
  let keys = 0;
  for (const { thread, atMs, step, window } of arrivals) {
    const f = CYCLE[step % CYCLE.length] ?? "acquire";
    let key = f === "acquire" ? active[window] : current[thread];
    if (key === undefined || (f === "acquire" && key.cycles >= CYCLES_PER_KEY)) {
      key = { name: `k${keys++}`, cycles: 0, lastValue: 0 };
      active[window] = key;
    }
    if (f === "acquire") key.cycles++;
    current[thread] = key;
    plan[thread]?.push({ atMs, op: { f, key: key.name, input: f === "write" ? ++key.lastValue : null } });
  }
  return plan;
}
