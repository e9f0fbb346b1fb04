import type { Workload } from "../src/core/workload.ts";
import { append } from "./append.ts";
import { counter } from "./counter.ts";
import { decree } from "./decree.ts";
import { longFork } from "./long-fork.ts";
import { register } from "./register.ts";
import { sessions } from "./sessions.ts";
import { set } from "./set.ts";
import { uniqueIds } from "./unique-ids.ts";

export type { PlannedOperation, Workload, WorkloadPlan } from "../src/core/workload.ts";
export { append, counter, decree, longFork, register, sessions, set, uniqueIds };

/** All workloads by name. */
export const WORKLOADS: Readonly<Record<string, Workload>> = {
  register,
  append,
  sessions,
  set,
  counter,
  "unique-ids": uniqueIds,
  decree,
  "long-fork": longFork,
};
