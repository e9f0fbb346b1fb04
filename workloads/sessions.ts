import * as fc from "fast-check";
import { checkersFor } from "../checkers/index.ts";
import { register } from "../checkers/specs/index.ts";
import type { Workload } from "../src/core/workload.ts";
import { readEveryKey, schedule } from "./schedule.ts";

const choices = fc.oneof(
  { weight: 3, arbitrary: fc.constant("read" as const) },
  { weight: 2, arbitrary: fc.constant("write" as const) },
);

/** Registers without compare-and-set, for systems that do not coordinate: what sessions see of their own and of others. */
export const sessions: Workload = {
  name: "sessions",
  description: "read and write registers, without compare-and-set; values are unique per key",
  spec: register,
  plan: (options) =>
    schedule(options, choices, (f, key) =>
      f === "read" ? { f: "read", key: key.key, input: null } : { f: "write", key: key.key, input: ++key.lastValue },
    ),
  closingReads: readEveryKey,
  checkers: checkersFor(register),
};
