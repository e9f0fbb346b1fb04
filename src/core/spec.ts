import type { Invocation, Outcome } from "./operation.ts";

/**
 * A sequential specification: what one copy, used by one client at a time, would answer. Deterministic; states are
 * immutable values.
 */
export interface Spec<S = unknown> {
  readonly name: string;
  init(): S;
  /**
   * The state after `op`, or `undefined` if `op` could not have had this outcome in state `s`. An `info` outcome
   * constrains nothing but the effect. A `fail` outcome is only ever passed where `observes` said that it tells something.
   */
  step(s: S, op: Invocation, outcome: Outcome): S | undefined;
  /** Equal for equal states and different for different ones; used to recognise states met before. */
  key(s: S): string | number;
  /** The state in words, for evidence: "x = 3". */
  describe(s: S): string;
  /** True for functions that never change the state. */
  isRead(f: string): boolean;
  /** True if a failed operation proves something about the state (a compare-and-set that did not match). */
  observes(op: Invocation, outcome: Outcome & { type: "fail" }): boolean;
  /** Which functions the specification knows, with the shape of input and output in words. */
  readonly functions: Readonly<Record<string, string>>;
  /** True if operations on different `Operation.key`s never affect each other, so that each key is judged alone. */
  readonly perKey: boolean;
}
