import type { Operation } from "../../src/core/operation.ts";
import type { Spec } from "../../src/core/spec.ts";

/**
 * What became of one object's history. `culprits` are indices (`Operation.index`) of operations that by themselves, without
 * all others, cannot be linearized: a proof that the general search confirms and that evidence starts from.
 */
export type Decision =
  | { readonly type: "linearizable"; readonly placed: number }
  | { readonly type: "not-linearizable"; readonly culprits: readonly number[] }
  /** This history is outside of what the algorithm can decide exactly; the general search takes over. */
  | { readonly type: "declined"; readonly why: string }
  | { readonly type: "time"; readonly placed: number };

/** A decision procedure for one kind of object that is faster than the general search, and as exact. */
export interface Algorithm {
  /** For `--algorithm`, in kebab case. */
  readonly name: string;
  /**
   * Names of the bundled specifications whose histories it may decide. One of the same name that steps otherwise is never
   * given to it; one with another initial state is.
   */
  readonly specs: readonly string[];
  /** Paper and section. */
  readonly source: string;
  /**
   * Decides the operations on one object, all of which `counts`, in order of index. Must be exact or decline: operations
   * of unknown outcome included, which may take effect at any time after their call, or never. Operations that only touch
   * (one is called at the instant at which another returns) are concurrent, unless the same process issued both.
   * `deadlineMs` is on the clock of `performance.now()`.
   */
  decide(spec: Spec, ops: readonly Operation[], deadlineMs: number): Decision;
}
