import type { Workload } from "../src/core/workload.ts";
import { append } from "./append.ts";
import { bank } from "./bank.ts";
import { causalReverse } from "./causal-reverse.ts";
import { counter } from "./counter.ts";
import { decree } from "./decree.ts";
import { longFork } from "./long-fork.ts";
import { register } from "./register.ts";
import { sessions } from "./sessions.ts";
import { set } from "./set.ts";
import { text } from "./text.ts";
import { txnAppend } from "./txn-append.ts";
import { txnRegister } from "./txn-register.ts";
import { uniqueIds } from "./unique-ids.ts";
import { writeSkew } from "./write-skew.ts";

export type { PlannedOperation, Workload, WorkloadPlan } from "../src/core/workload.ts";
export {
  append,
  bank,
  causalReverse,
  counter,
  decree,
  longFork,
  register,
  sessions,
  set,
  text,
  txnAppend,
  txnRegister,
  uniqueIds,
  writeSkew,
};

/** All workloads by name. */
export const WORKLOADS: Readonly<Record<string, Workload>> = {
  register,
  append,
  sessions,
  set,
  counter,
  "unique-ids": uniqueIds,
  decree,
  "txn-append": txnAppend,
  "txn-register": txnRegister,
  "long-fork": longFork,
  "write-skew": writeSkew,
  "causal-reverse": causalReverse,
  bank,
  text,
};
