import type { Checker } from "./checker.ts";
import type { History } from "./history.ts";
import type { Json } from "./json.ts";
import type { Invocation } from "./operation.ts";
import type { Spec } from "./spec.ts";

/** An operation that a scenario has planned: a thread issues it at `atMs`, or when it is done with the one before. */
export interface PlannedOperation {
  /** Milliseconds from the run's start. */
  readonly atMs: number;
  readonly op: Invocation;
}

export interface WorkloadPlan {
  readonly seed: number;
  /** Concurrent client threads. */
  readonly threads: number;
  readonly timeMs: number;
  /** Mean operations per second of one thread; gaps are drawn at random. */
  readonly ratePerS: number;
}

/** What clients do, and which checkers judge it. */
export interface Workload {
  readonly name: string;
  readonly description: string;
  readonly spec: Spec;
  /** What its histories are about for `check`, where that is no object with a specification: a kind of the checkers. */
  readonly kind?: string;
  /** What a read shows of an object that nobody has touched, where a store that does not know its type answers `null`. */
  readonly absent?: Json;
  /** One list per thread, each in order of `atMs`. The same plan always gives the same operations. */
  plan(options: WorkloadPlan): PlannedOperation[][];
  /** The reads of the closing phase: every key that the history touched. Given once with `final` for every node, and once plain. */
  closingReads(history: History): Invocation[];
  readonly checkers: readonly Checker[];
}
