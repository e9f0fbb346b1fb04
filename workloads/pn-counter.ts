import * as fc from "fast-check";
import { convergence, counter as counterBounds, crdt, linearizability } from "../checkers/index.ts";
import { counter as spec } from "../checkers/specs/index.ts";
import type { Workload } from "../src/core/workload.ts";
import { readEveryKey, schedule } from "./schedule.ts";

/** Most that is added or taken away at once. */
const MOST = 3;

const choices = fc.record({
  f: fc.constantFrom("read" as const, "increment" as const, "decrement" as const),
  by: fc.integer({ min: 1, max: MOST }),
});

/** Counters that go both ways (Maelstrom's pn-counter): what was counted twice, not at all, or in the wrong direction. */
export const pnCounter: Workload = {
  name: "pn-counter",
  description: "increment and decrement counters, and read them",
  spec,
  absent: 0,
  plan: (options) => schedule(options, choices, ({ f, by }, { key }) => ({ f, key, input: f === "read" ? null : by })),
  closingReads: readEveryKey,
  // A sum tells little of what was seen: nothing is to be said of sessions, and little of orders of all operations.
  checkers: [linearizability(spec), counterBounds(), crdt("pn-counter"), convergence()],
};
