import type { Workload } from "../src/core/workload.ts";
import { append } from "./append.ts";
import { register } from "./register.ts";

export type { PlannedOperation, Workload, WorkloadPlan } from "../src/core/workload.ts";
export { append, register };

/** All workloads by name. */
export const WORKLOADS: Readonly<Record<string, Workload>> = { register, append };
