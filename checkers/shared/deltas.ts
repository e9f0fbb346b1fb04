import type { Operation } from "../../src/core/operation.ts";
import { deltaOf } from "../specs/counter.ts";
import { isInteger, malformed } from "./object-checker.ts";

const CHANGES: readonly string[] = ["add", "increment", "decrement"];

/** True for a function that changes a counter. */
export const isChange = (f: string): boolean => CHANGES.includes(f);

/** By how much an operation changes a counter. Throws `Malformed` if it is none that does, or by no integer. */
export function deltaIn(op: Operation): number {
  if (!isChange(op.f)) malformed(op, `a counter knows read, ${CHANGES.join(", ")}, but not ${op.f}`);
  if (op.input !== null && !isInteger(op.input)) malformed(op, `the input of ${op.f} must be an integer`);
  if (op.f === "add" && op.input === null) malformed(op, "the input of an add must be an integer");
  return deltaOf(op);
}

/** The value that a read of a counter showed. Throws `Malformed` if it is no integer. */
export function countIn(op: Operation): number {
  const value = op.outcome.type === "ok" ? op.outcome.value : null;
  return isInteger(value) ? value : malformed(op, "a read of a counter must yield an integer");
}
