import type { Workload } from "../src/core/workload.ts";
import { append } from "./append.ts";
import { register } from "./register.ts";
import { sessions } from "./sessions.ts";
import { set } from "./set.ts";

export type { PlannedOperation, Workload, WorkloadPlan } from "../src/core/workload.ts";
export { append, register, sessions, set };

/** All workloads by name. */
export const WORKLOADS: Readonly<Record<string, Workload>> = { register, append, sessions, set };
