import type { Json } from "../../core/json.ts";
import type { NodeId } from "../../core/operation.ts";
import type { VersionVector } from "../shared/clocks/siblings.ts";

/** A write as it is kept and sent. Its name is the node that took it and its number there, from 1. */
export type Write = {
  readonly origin: NodeId;
  readonly number: number;
  readonly key: string;
  /** What it adds to a copy of the object. */
  readonly delta: Json;
  /** Logical time: later than that of all writes that its node had. */
  readonly time: number;
};

export type PeerMessage =
  /** What follows the first `after` writes of the stream from the sender to the receiver. */
  | { readonly type: "writes"; readonly after: number; readonly writes: readonly Write[] }
  /** How many writes of the stream from the receiver of this the sender has on its disk. */
  | { readonly type: "ack"; readonly count: number }
  /** Of each node the writes that it is known to have on its disk. */
  | { readonly type: "progress"; readonly has: Readonly<Record<NodeId, VersionVector>> };

/** What a client tells a node beside the operation: which writes of the object its session was shown. */
export type RequestContext = { readonly shown: VersionVector };

/** What a node tells a client beside the outcome, likewise. */
export type ReplyContext = { readonly shown?: VersionVector };
