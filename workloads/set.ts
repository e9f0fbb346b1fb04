import * as fc from "fast-check";
import { checkersFor } from "../checkers/index.ts";
import { set as spec } from "../checkers/specs/index.ts";
import type { Workload } from "../src/core/workload.ts";
import { readEveryKey, schedule } from "./schedule.ts";

/** Sets that only grow, each element added once: what was lost, shown late, or shown and taken back (Jepsen's set-full). */
export const set: Workload = {
  name: "set",
  description: "add elements to sets and read the whole of them; every element is added once",
  spec,
  plan: (options) =>
    schedule(options, fc.constantFrom("read" as const, "add" as const), (f, key) =>
      f === "read" ? { f: "read", key: key.key, input: null } : { f: "add", key: key.key, input: ++key.lastValue },
    ),
  closingReads: readEveryKey,
  checkers: checkersFor(spec),
};
