import type { Json } from "../../../core/json.ts";
import { compareLamport, type LamportStamp } from "../../shared/clocks/lamport.ts";
import { unionOf } from "./data.ts";
import type { Resolution } from "./resolution.ts";

/** The state of an object: a register and a set, of which a client uses one. */
export type CrdtState = {
  readonly register?: { readonly value: Json; readonly stamp: LamportStamp };
  readonly elements: readonly Json[];
};

const EMPTY: CrdtState = { elements: [] };

const later = (a: CrdtState["register"], b: CrdtState["register"]): CrdtState["register"] =>
  a !== undefined && (b === undefined || compareLamport(a.stamp, b.stamp) >= 0) ? a : b;

/**
 * State-based data types whose states form a semilattice by themselves, so that there is no conflict to settle (Shapiro,
 * Preguiça, Baquero & Zawirski, "A comprehensive study of Convergent and Commutative Replicated Data Types", INRIA RR-7506,
 * 2011): the G-Set (§3.3.1), and the LWW-Register (§3.2.1), whose stamps must agree with causes and so are logical.
 * Converging is not the same as losing nothing: of concurrent writes the register keeps one.
 */
export const crdt: Resolution<CrdtState> = {
  update: (copy = EMPTY, { f, input }, { dot, time }) =>
    f === "add"
      ? { ...copy, elements: unionOf(copy.elements, [input]) }
      : { ...copy, register: { value: input, stamp: [time, dot[0]] } },
  merge: (a, b) => {
    const register = later(a.register, b.register);
    const elements = unionOf(a.elements, b.elements);
    return register === undefined ? { elements } : { register, elements };
  },
  show: ({ register, elements }) => (elements.length > 0 ? elements : (register?.value ?? null)),
};
