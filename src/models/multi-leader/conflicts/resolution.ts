import type { Json } from "../../../core/json.ts";
import type { Invocation } from "../../../core/operation.ts";
import type { Dot, VersionVector } from "../../shared/clocks/siblings.ts";

/** A client's change of an object: `write` of a register, `add` of an element to a set. */
export type Change = Pick<Invocation, "f" | "input">;

/** What the node that takes a change knows then. */
export interface Writer {
  /** The name that the write gets. Its number counts all writes that the node took, of whatever object. */
  readonly dot: Dot;
  /** Logical time: later than that of every write that the node has. */
  readonly time: number;
  /** The node's wall clock. */
  readonly wallMs: number;
  /** All writes that the node has. */
  readonly has: VersionVector;
  /** The writes of this object that the client's session was shown. */
  readonly session: VersionVector;
}

/** What becomes of a write about which all nodes must agree. */
export type Fate = "committed" | "aborted";

/**
 * A way to settle conflicts: of writes that two nodes took without knowledge of each other. A node's copy of an object is a
 * `Copy`, plain data; `merge` makes one of two. Copies that met the same writes must be equal, whatever came first or twice:
 * `merge` is commutative, associative and idempotent, the least upper bound of a semilattice (Shapiro, Preguiça, Baquero &
 * Zawirski, "Conflict-free Replicated Data Types", SSS 2011, §2).
 */
export interface Resolution<Copy> {
  /** What a change adds to the node's copy. It travels to all nodes, and each merges it. `undefined`: the change is refused. */
  update(copy: Copy | undefined, change: Change, writer: Writer): Copy | undefined;
  merge(a: Copy, b: Copy): Copy;
  /** What a client reads. */
  show(copy: Copy): Json;
  /** What the copy holds, where that is more than a client can be shown: the closing reads find it. */
  showAll?(copy: Copy): Json;
  /** What a session has been shown of the object once it got an answer from this copy. */
  contextOf?(copy: Copy): VersionVector;
  /** Where writes need the agreement of all nodes. */
  readonly agreement?: Agreement<Copy>;
}

export interface Agreement<Copy> {
  /**
   * Decides about those writes for which it can be done; what that adds to the copy, `undefined` if there is none. `isStable`
   * tells of a write that all nodes have it, and that all writes that were made without it are in the copy.
   */
  settle(copy: Copy, isStable: (dot: Dot) => boolean): Copy | undefined;
  /** `undefined` until it is decided. */
  fateOf(copy: Copy, dot: Dot): Fate | undefined;
  /** True once there is nothing left to be decided. */
  isSettled(copy: Copy): boolean;
}
