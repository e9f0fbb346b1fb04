import type { Workload } from "../src/core/workload.ts";
import { append } from "./append.ts";
import { bank } from "./bank.ts";
import { cart } from "./cart.ts";
import { causalReverse } from "./causal-reverse.ts";
import { counter } from "./counter.ts";
import { decree } from "./decree.ts";
import { gCounter } from "./g-counter.ts";
import { lock } from "./lock.ts";
import { longFork } from "./long-fork.ts";
import { lwwRegister } from "./lww-register.ts";
import { mvRegister } from "./mv-register.ts";
import { pnCounter } from "./pn-counter.ts";
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
  cart,
  causalReverse,
  counter,
  decree,
  gCounter,
  lock,
  longFork,
  lwwRegister,
  mvRegister,
  pnCounter,
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
  lock,
  "long-fork": longFork,
  "write-skew": writeSkew,
  "causal-reverse": causalReverse,
  bank,
  text,
  "g-counter": gCounter,
  "pn-counter": pnCounter,
  cart,
  "lww-register": lwwRegister,
  "mv-register": mvRegister,
};
