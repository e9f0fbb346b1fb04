/** The checkers as a library: from a history to what it proves about every consistency model. */

export {
  type Anomaly,
  type Because,
  type Budget,
  type Checker,
  DEFAULT_BUDGET,
  type Verdict,
} from "../src/core/checker.ts";
export {
  type AboutModel,
  aboutModel,
  CONSISTENCY_MODELS,
  type ConsistencyModel,
  type Family,
  MODEL_ALIASES,
  modelsOf,
  strongerOrEqual,
  strongest,
  weakerOrEqual,
  weakest,
} from "../src/core/consistency.ts";
export type { History, HistoryMeta, Timed } from "../src/core/history.ts";
export type { Invocation, Operation, Outcome } from "../src/core/operation.ts";
export type { Spec } from "../src/core/spec.ts";
export type { ModelVerdict } from "../src/core/verdict.ts";
export * from "./availability/index.ts";
export * from "./bank/index.ts";
export * from "./causal/index.ts";
export * from "./causal-reverse/index.ts";
export * from "./convergence/index.ts";
export * from "./counters/index.ts";
export * from "./crdt/index.ts";
export * from "./durability/index.ts";
export { judge } from "./judge.ts";
export { type CheckOptions, checkersFor, KINDS, type Kind, kindOf } from "./kinds.ts";
export * from "./linearizability/index.ts";
export * from "./locks/index.ts";
export * from "./long-fork/index.ts";
export * from "./pram/index.ts";
export * from "./queues/index.ts";
export * from "./sequential/index.ts";
export * from "./sessions/index.ts";
export * from "./sets/index.ts";
export { SPECS } from "./specs/index.ts";
export * from "./text/index.ts";
export * from "./transactions/index.ts";
export * from "./transactions/weak/index.ts";
export * from "./unique-ids/index.ts";
