import * as fc from "fast-check";
import { checkersFor } from "../checkers/index.ts";
import { counter as spec } from "../checkers/specs/index.ts";
import type { Workload } from "../src/core/workload.ts";
import { readEveryKey, schedule } from "./schedule.ts";

/** Only upwards: a session can be held to what it added or saw only while nobody takes anything away. */
const choices = fc.constantFrom("read" as const, "increment" as const);

/** Counters: what was counted twice, or not at all (Jepsen's counter, Maelstrom's g-counter). */
export const counter: Workload = {
  name: "counter",
  description: "increment counters by one, and read them",
  spec,
  absent: 0,
  plan: (options) => schedule(options, choices, (f, { key }) => ({ f, key, input: f === "read" ? null : 1 })),
  closingReads: readEveryKey,
  checkers: checkersFor(spec),
};
