import type { NodeId } from "../../core/operation.ts";
import type { VersionVector } from "../shared/clocks/siblings.ts";
import type { Copy } from "./copies.ts";
import type { KeyDigest } from "./merkle.ts";

/** What a node tells of a place in the tree of one range. */
export type Step = { readonly range: number; readonly path: string } & (
  | { readonly branches: readonly number[] }
  | { readonly keys: readonly KeyDigest[] }
);

export type PeerMessage =
  /** A coordinator asks for what the receiver has of a key. `round` comes back with the answer. */
  | { readonly type: "ask"; readonly round: string; readonly key: string }
  | { readonly type: "answer"; readonly round: string; readonly copy: Copy | null }
  | Store
  | { readonly type: "stored"; readonly round: string }
  /** A hint comes home. */
  | { readonly type: "handoff"; readonly key: string; readonly copy: Copy }
  /** The home has it on disk. */
  | { readonly type: "handed"; readonly key: string; readonly digest: number }
  /** The digests of the sender's trees, of the ranges that both keep and that are not empty. */
  | { readonly type: "roots"; readonly roots: readonly (readonly [range: number, digest: number])[] }
  /** Places where both differ, as the sender has them. */
  | { readonly type: "walk"; readonly steps: readonly Step[] }
  /** Copies of keys that differ; and keys of which the sender has less. */
  | {
      readonly type: "exchange";
      readonly copies: readonly (readonly [key: string, copy: Copy])[];
      readonly wanted: readonly string[];
    };

/** A coordinator has the receiver keep a copy. */
export type Store = {
  readonly type: "store";
  readonly round: string;
  readonly key: string;
  readonly copy: Copy;
  /** The home for which the receiver stands in. */
  readonly hint?: NodeId;
  /** It is no new write: a read has found the receiver behind. */
  readonly repair?: true;
};

/** What a client tells a node beside the operation. */
export type RequestContext = {
  /** The writes of the key that the session knows of. */
  readonly seen: VersionVector;
};

/** What a node tells a client beside the outcome. */
export type ReplyContext =
  /** Nothing was changed; another node may do it. */
  | { readonly refused: true }
  /** The writes of the key that the session knows of from now on. */
  | { readonly seen: VersionVector };
