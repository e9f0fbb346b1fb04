import type { OpError } from "./errors.ts";
import type { Json } from "./json.ts";

/** A node (`n1`, `n2`, …) or a client (`c0`, `c1`, …) as it is called on the wire. */
export type NodeId = string;

/** What a client asks for, before it is known when or by whom. */
export interface Invocation<I = Json> {
  /** The function's name in the workload's vocabulary: `read`, `write`, `cas`, `append`. */
  readonly f: string;
  /** The object it works on. Absent where the workload has a single object. */
  readonly key?: string;
  /** Argument; `null` where the function takes none. */
  readonly input: I;
  /**
   * True for a read of the closing phase that a node answers from its own copy, after all faults were healed and the
   * cluster had time to settle. Such reads judge convergence and durability only: no model promises that they are fresh.
   */
  readonly final?: true;
}

/**
 * What became of an operation (Jepsen's three completions).
 * - `ok`: it took effect between call and return, and yielded `value`.
 * - `fail`: it definitely did not take effect, and never will.
 * - `info`: unknown. It may have taken effect, or may still do so at any time after its call.
 */
export type Outcome<O = Json> =
  | { readonly type: "ok"; readonly value: O }
  | { readonly type: "fail"; readonly error: OpError }
  | { readonly type: "info"; readonly error: OpError };

/** One operation of a history: an invocation, paired with what became of it. */
export interface Operation<I = Json, O = Json> extends Invocation<I> {
  /** Position in the order of invocations, from 0; an operation's name in anomalies. */
  readonly index: number;
  /**
   * The logical client, single-threaded: its operations never overlap. A process that saw an unknown outcome issues no
   * further operation; its thread goes on under a new process number. So a process is a session.
   */
  readonly process: number;
  /** The node the session was opened on. `""` where the history does not say. */
  readonly node: NodeId;
  /** Invocation, integer nanoseconds since the run's start on the harness's monotonic clock. */
  readonly callNs: number;
  /** Completion on the same clock; `Infinity` if and only if the outcome is `info`. */
  readonly returnNs: number;
  readonly outcome: Outcome<O>;
}
