import type { Objects } from "./objects.ts";

export type PeerMessage =
  /** All that the sender has. */
  | { readonly type: "state"; readonly objects: Objects }
  /** What the sender has joined behind its first `after` deltas, up to the one of number `upTo`. Behind 0 it is its whole state. */
  | { readonly type: "delta"; readonly after: number; readonly upTo: number; readonly objects: Objects }
  /** The sender has the receiver's deltas up to this number on its disk. */
  | { readonly type: "ack"; readonly number: number };
