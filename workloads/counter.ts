import * as fc from "fast-check";
import { checkersFor } from "../checkers/index.ts";
import { counter as spec } from "../checkers/specs/index.ts";
import type { Workload } from "../src/core/workload.ts";
import { readEveryKey, schedule } from "./schedule.ts";

const choices = fc.oneof(
  { weight: 2, arbitrary: fc.constant("read" as const) },
  { weight: 2, arbitrary: fc.constant("increment" as const) },
  { weight: 1, arbitrary: fc.constant("decrement" as const) },
);

/** Counters: what was counted twice, or not at all (Jepsen's counter, Maelstrom's pn-counter). */
export const counter: Workload = {
  name: "counter",
  description: "increment, decrement and read counters, by one",
  spec,
  absent: 0,
  plan: (options) => schedule(options, choices, (f, { key }) => ({ f, key, input: f === "read" ? null : 1 })),
  closingReads: readEveryKey,
  checkers: checkersFor(spec),
};
