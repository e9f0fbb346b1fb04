import type { Operation } from "../../src/core/operation.ts";

/** True if one operation certainly came before another: by time, or in their session. */
export const precedes = (a: Operation, b: Operation): boolean =>
  a.returnNs < b.callNs || (a.process === b.process && a.index < b.index);

/** True if an operation that is another one may have come before this one. */
export const mayPrecede = (op: Operation, other: Operation): boolean =>
  other.index !== op.index && !precedes(op, other);
