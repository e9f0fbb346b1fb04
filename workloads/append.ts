import * as fc from "fast-check";
import { checkersFor } from "../checkers/index.ts";
import { appendList } from "../checkers/specs/index.ts";
import type { Workload } from "../src/core/workload.ts";
import { readEveryKey, schedule } from "./schedule.ts";

/**
 * Lists that only grow: every read shows the whole visible history of its key, and in which order. So the session and
 * causal checkers are exact here (the idea is Elle's: Kingsbury & Alvaro, VLDB 2020, §3).
 */
export const append: Workload = {
  name: "append",
  description: "append to and read lists; every read shows the whole visible history",
  spec: appendList,
  plan: (options) =>
    schedule(options, fc.constantFrom("read" as const, "append" as const), (f, key) =>
      f === "read" ? { f: "read", key: key.key, input: null } : { f: "append", key: key.key, input: ++key.lastValue },
    ),
  closingReads: readEveryKey,
  checkers: checkersFor(appendList),
};
