import type { Json } from "../../core/json.ts";
import type { NodeId, Outcome } from "../../core/operation.ts";
import type { LoggedOp } from "../shared/exactly-once.ts";

/** Names an attempt to get a lock: the session, and its number there. */
export type Attempt = { readonly session: string; readonly number: number };

/** What stands in the log. `expire` is the leader's own; all others are clients'. */
export type Command =
  | { readonly f: "open" | "renew"; readonly input: { readonly session: string } }
  | { readonly f: "expire"; readonly input: { readonly session: string; readonly renewals: number } }
  | { readonly f: "create" | "look" | "delete"; readonly key: string; readonly input: Attempt };

/** Asks to be told when the node with this sequence number is gone. Answered from the copy of whoever is asked. */
export type Watch = { readonly f: "watch"; readonly key: string; readonly input: { readonly sequence: number } };

/** Where a client's node stands in its queue: the sequence numbers of its own, and of the one before it, if there is one. */
export type Place = { readonly sequence: number; readonly before: number | null };

export const asCommand = (op: LoggedOp): Command => op as unknown as Command;

/** What a node tells a client beside the outcome: who leads, as far as it knows. */
export type ReplyContext = { readonly leader?: NodeId | null };

export const ok = (value: Json): Outcome => ({ type: "ok", value });

/** It was not done, and never will be. */
export const failed = (
  name: "precondition-failed" | "temporarily-unavailable" | "key-does-not-exist" | "not-supported",
  text: string,
): Outcome => ({ type: "fail", error: { name, text } });
