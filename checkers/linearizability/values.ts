import type { Json } from "../../src/core/json.ts";
import type { Operation } from "../../src/core/operation.ts";
import type { Spec } from "../../src/core/spec.ts";
import { canonical, isArray } from "../shared/values.ts";

/** Both values of a compare-and-set. */
export const pair = ({ input }: Operation): readonly [from: Json, to: Json] =>
  isArray(input) ? [input[0] ?? null, input[1] ?? null] : [null, null];

/**
 * True if the state is nothing but a value that effects write, so that an effect whose value nobody could have seen, or
 * that was overwritten before, can be left out of a linearizable history. (An element of a queue, say, cannot.)
 */
export const holdsValues = ({ name }: Spec): boolean => ["register", "cas-register", "kv"].includes(name);

/** What an effect leaves behind. */
export const written = (op: Operation): Json => (op.f === "cas" ? pair(op)[1] : (op.input ?? null));

/** What an operation has certainly seen; `undefined` if nothing. (A failed compare-and-set saw anything else.) */
export function seen(spec: Spec, op: Operation): Json | undefined {
  if (op.outcome.type !== "ok") return undefined;
  if (!spec.isRead(op.f) && (spec.nature?.(op, op.outcome) ?? "guarded") !== "guarded") return undefined;
  return op.f === "cas" ? pair(op)[0] : (op.outcome.value ?? null);
}

/** Equal as JSON. */
export const equal = (a: Json, b: Json): boolean =>
  a === b || (typeof a === "object" && typeof b === "object" && canonical(a) === canonical(b));

/** True if the value that was seen is, or is a list that holds, the value that was written. */
export const shows = (saw: Json, wrote: Json): boolean =>
  equal(saw, wrote) || (isArray(saw) && saw.some((item) => equal(item, wrote)));

/** The same, and also if a text that was seen contains the one that was written. */
export const mayShow = (saw: Json, wrote: Json): boolean =>
  (typeof saw === "string" && typeof wrote === "string" && saw.includes(wrote)) || shows(saw, wrote);
