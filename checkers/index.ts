import type { Checker } from "../src/core/checker.ts";
import type { Spec } from "../src/core/spec.ts";
import { causal } from "./causal/index.ts";
import { convergence } from "./convergence/index.ts";
import { durability } from "./durability/index.ts";
import { linearizability } from "./linearizability/index.ts";
import { monotonicReads, monotonicWrites, readYourWrites, writesFollowReads } from "./sessions/index.ts";
import { SPECS } from "./specs/index.ts";

export {
  type Anomaly,
  type Because,
  type Budget,
  type Checker,
  DEFAULT_BUDGET,
  type Verdict,
} from "../src/core/checker.ts";
export {
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
export { judge } from "./judge.ts";
export {
  causal,
  convergence,
  durability,
  linearizability,
  monotonicReads,
  monotonicWrites,
  readYourWrites,
  SPECS,
  writesFollowReads,
};

/** The kinds of data whose sessions and causality can be judged, see `causal`. */
const DATA: Readonly<Record<string, "register" | "list">> = {
  register: "register",
  "cas-register": "register",
  "append-list": "list",
};

/** All checkers that can say something about an object with this specification. */
export function checkersFor(spec: Spec): Checker[] {
  const data = DATA[spec.name];
  if (data === undefined) return [linearizability(spec)];
  return [
    linearizability(spec),
    causal(data),
    readYourWrites(data),
    monotonicReads(data),
    // A read of a register shows one write and not which others it saw, so no history of registers can break these two.
    ...(data === "list" ? [monotonicWrites(data), writesFollowReads(data)] : []),
    convergence(),
    durability(data),
  ];
}
