import type { Json } from "../../core/json.ts";
import type { Invocation, Outcome } from "../../core/operation.ts";
import type { Request } from "../../core/replica.ts";

/** `SET key value NX PX ttl`: yields the node's wall clock, microseconds, unless somebody else has the key. */
export const setOp = (key: string, value: string): Invocation => ({ f: "set", key, input: value });

/** Deletes the key if it holds this value, as the script of Redis' manual does. */
export const deleteOp = (key: string, value: string): Invocation => ({ f: "delete", key, input: value });

/** The value of either. */
export const valueIn = ({ op }: Request): Json => op.input;

export const ok = (value: Json): Outcome => ({ type: "ok", value });

/** It was not done, and never will be. */
export const failed = (
  name: "precondition-failed" | "temporarily-unavailable" | "not-supported",
  text: string,
): Outcome => ({
  type: "fail",
  error: { name, text },
});
