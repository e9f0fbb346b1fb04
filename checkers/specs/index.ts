import type { Spec } from "../../src/core/spec.ts";
import { appendList } from "./append-list.ts";
import { bag } from "./bag.ts";
import { type BankOptions, bank, bankWith } from "./bank.ts";
import { counter } from "./counter.ts";
import { kv } from "./key-value.ts";
import { fencedLock, guardedResource, mutex, reentrantMutex } from "./locks.ts";
import { log } from "./log.ts";
import { multiRegister } from "./multi-register.ts";
import { fifoQueue, priorityQueue, stack } from "./queues.ts";
import { casRegister, register } from "./register.ts";
import { set } from "./set.ts";
import { uniqueIds } from "./unique-ids.ts";

export {
  appendList,
  type BankOptions,
  bag,
  bank,
  bankWith,
  casRegister,
  counter,
  fencedLock,
  fifoQueue,
  guardedResource,
  kv,
  log,
  multiRegister,
  mutex,
  priorityQueue,
  reentrantMutex,
  register,
  set,
  stack,
  uniqueIds,
};

/** All sequential specifications by name. */
export const SPECS: Readonly<Record<string, Spec>> = Object.fromEntries(
  [
    ...[register, casRegister, multiRegister, kv, counter, set, fifoQueue, stack, priorityQueue, bag, appendList, log],
    ...[mutex, reentrantMutex, fencedLock, bank, uniqueIds],
  ].map((spec) => [spec.name, spec as Spec]),
);
