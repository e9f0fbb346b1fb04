import type { Json } from "../../../core/json.ts";
import type { Invocation, NodeId } from "../../../core/operation.ts";
import type { LamportStamp } from "../../shared/clocks/lamport.ts";

/** A client's change of an object. */
export type Change = Pick<Invocation, "f" | "input">;

/** The node that takes a change. */
export interface Site {
  readonly node: NodeId;
  /** A stamp that is later than all that the node has met; never given twice. */
  stamp(): LamportStamp;
}

/**
 * A replicated data type. Its states, plain data that is never changed, form a join-semilattice: `join` is commutative,
 * associative and idempotent, so that copies that met the same changes are equal, whatever came first or twice (Shapiro,
 * Preguiça, Baquero & Zawirski, "A comprehensive study of Convergent and Commutative Replicated Data Types", INRIA RR-7506,
 * 2011, §2.3). A change is a delta from the same lattice, small, that is joined into the state (Almeida, Shoker & Baquero,
 * "Delta state replicated data types", JPDC 2018, Definition 1): so states and deltas travel alike.
 */
export interface DataType<State extends Json> {
  /** What an object is before its first change; the least state. */
  readonly bottom: State;
  /** The delta of a change; `undefined` if the type does not know such a change. */
  update(state: State, change: Change, site: Site): State | undefined;
  join(a: State, b: State): State;
  /** True if `a` has all that `b` has: to join `b` would change nothing. */
  covers(a: State, b: State): boolean;
  /** What a client reads. */
  value(state: State): Json;
  /** The latest stamp in the state, where it has stamps. */
  stamp?(state: State): LamportStamp;
}
