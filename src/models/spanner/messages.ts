import type { Json } from "../../core/json.ts";

/** Names a transaction, one try of it: `node.life.number` of its gateway. */
export type TxnId = string;

/** When a transaction began, by its gateway's clock; it keeps that when it is tried again. Ties go by the second. */
export type Age = readonly [wallMs: number, first: TxnId];

export type Write = readonly [key: string, value: Json];

/** A commit timestamp, milliseconds since the epoch; `null` if the transaction was aborted. */
export type Stamp = number | null;

/**
 * What nodes tell each other beside the messages of their groups. What is for a shard's leader goes to all its members, and
 * those who do not lead ignore it. Anything may come twice, late, or not at all.
 */
export type PeerMessage =
  /** Gateway to leader: lock these keys, shared those that are only read, and tell what those read hold. */
  | {
      readonly type: "lock";
      readonly txn: TxnId;
      readonly age: Age;
      readonly reads: readonly string[];
      readonly writes: readonly string[];
    }
  /** `lock` names the grant: the same locks granted again later are others. */
  | {
      readonly type: "locked";
      readonly txn: TxnId;
      readonly shard: string;
      readonly lock: string;
      readonly values: readonly Write[];
    }
  /** An older transaction took the locks. */
  | { readonly type: "wounded"; readonly txn: TxnId }
  | { readonly type: "release"; readonly txn: TxnId }
  /** Gateway to the leaders of all participants but the coordinator. */
  | {
      readonly type: "prepare";
      readonly txn: TxnId;
      readonly lock: string;
      readonly coordinator: string;
      readonly reads: readonly string[];
      readonly writes: readonly Write[];
    }
  /** Gateway to the coordinator's leader. `others` are the participants beside it. */
  | {
      readonly type: "commit";
      readonly txn: TxnId;
      readonly lock: string;
      readonly others: readonly string[];
      readonly reads: readonly string[];
      readonly writes: readonly Write[];
    }
  /** Participant to coordinator: prepared at this timestamp, or no. Repeated until the outcome is known. */
  | { readonly type: "vote"; readonly txn: TxnId; readonly shard: string; readonly at: Stamp }
  /** Coordinator to participants. */
  | { readonly type: "outcome"; readonly txn: TxnId; readonly at: Stamp }
  /** Coordinator to gateway. */
  | { readonly type: "decided"; readonly txn: TxnId; readonly at: Stamp }
  /** Gateway to replica: what these keys hold at a timestamp. */
  | { readonly type: "read-at"; readonly read: string; readonly atMs: number; readonly keys: readonly string[] }
  | { readonly type: "values"; readonly read: string; readonly shard: string; readonly values: readonly Write[] }
  /** Replica to leader: let no transaction of this shard have a timestamp up to this one any more. */
  | { readonly type: "advance"; readonly toMs: number }
  /** What the receiver's own copy of a key holds, however old. */
  | { readonly type: "copy"; readonly read: string; readonly key: string };

/** What a client tells a gateway beside the operation, and is told with a refusal. */
export type ClientContext = { readonly age?: Age; readonly refused?: true };
