import type { Json } from "../../core/json.ts";
import type { LamportStamp } from "../shared/clocks/lamport.ts";
import type { Dot, VersionVector } from "../shared/clocks/siblings.ts";

/** A write as it is kept and sent. Its name is the node that took it and its number there, from 1. */
export type Write = {
  readonly key: string;
  readonly value: Json;
  /** All writes that must be shown before this one. */
  readonly dependencies: VersionVector;
  /** Of two writes of a key the later stamp wins; it is later than those of all dependencies. */
  readonly stamp: LamportStamp;
};

export type PeerMessage =
  /** The sender's own writes that follow the first `after` of them. */
  | { readonly type: "writes"; readonly after: number; readonly writes: readonly Write[] }
  /** How many of the receiver's writes the sender has on its disk. */
  | { readonly type: "ack"; readonly count: number };

/** What a client tells a node beside the operation. */
export type RequestContext = {
  /** What the session depends on. */
  readonly context: VersionVector;
  /** The node may not have all of that, and must wait for it. */
  readonly wait: boolean;
};

/** What a node tells a client beside the outcome. */
export type ReplyContext =
  | { readonly refused: true }
  /** The write that was made or read, and what it depends on. */
  | { readonly dot: Dot; readonly dependencies: VersionVector }
  /** What was read is the initial state. */
  | { readonly initial: true };

export const NO_CONTEXT: RequestContext = { context: {}, wait: false };
