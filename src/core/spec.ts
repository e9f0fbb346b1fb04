import type { Json } from "./json.ts";
import type { Invocation, Operation, Outcome } from "./operation.ts";

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
   * The `process` matters only where `byProcess` says so.
   */
  step(s: S, op: Invocation & { readonly process?: number }, outcome: Outcome): S | undefined;
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
  /**
   * How an operation that happened depends on the state it meets. Optional knowledge with which a search skips orders
   * that make no difference.
   * - `overwrite`: possible in every state, and the state after it does not depend on the state before (a write).
   * - `blind`: possible in every state (an append that was acknowledged).
   * - `guarded`: anything else; assumed where the method is missing.
   */
  nature?(op: Invocation, outcome: Outcome): "overwrite" | "blind" | "guarded";
  /**
   * Optional knowledge with which a search gives up early. False only if no sequence of operations whose nature is not
   * `overwrite`, with `first` (also not an overwrite) at its head where that is given, leads from `s` to a state in which
   * `op` has this outcome: a list that begins otherwise than what was read.
   */
  leadsTo?(s: S, op: Invocation, outcome: Outcome, first?: Invocation): boolean;
  /**
   * Optional, for evidence that fits on a page: what is left of an operation if the values that are `gone` had never been
   * written; `undefined` if nothing is. A history that is linearizable stays so when this is done to all its operations.
   */
  without?(op: Operation, gone: (value: Json) => boolean): Operation | undefined;
  /**
   * Optional, for the same: true if an operation with this outcome cannot have changed the state (a taker that found nothing).
   * It can be left out like a read. Reads and failures need not be told.
   */
  changesNothing?(op: Invocation, outcome: Outcome): boolean;
  /** True if operations on different `Operation.key`s never affect each other, so that each key is judged alone. */
  readonly perKey: boolean;
  /** True if it matters which process issued an operation (a lock belongs to who acquired it). Absent: it does not. */
  readonly byProcess?: boolean;
}
