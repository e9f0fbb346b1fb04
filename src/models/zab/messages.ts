import type { Json } from "../../core/json.ts";
import type { NodeId, Outcome } from "../../core/operation.ts";
import type { LoggedOp } from "../shared/exactly-once.ts";
import type { Zxid } from "./zxid.ts";

/** Who waits for a transaction: the how manieth request of a server on one of its connections. */
export type Origin = { readonly server: NodeId; readonly connection: number; readonly number: number };

/**
 * A transaction: what a request comes to in the leader's state, so that it can be applied again without harm (Hunt et al.
 * 2010, §4.1). It carries the result along; one without a change is a refused compare-and-set, or a `sync`.
 */
export type Transaction = {
  readonly zxid: Zxid;
  readonly origin: Origin;
  readonly change: { readonly key: string; readonly value: Json } | null;
  readonly outcome: Outcome;
};

/** Whom a server would have lead, in the order of elections: the latest epoch, the latest transaction, the highest id. */
export type Vote = { readonly leader: NodeId; readonly epoch: number; readonly zxid: Zxid };

/** What servers tell each other of elections (FastLeaderElection: Medeiros 2012, §4.1). */
export type Notification = {
  readonly type: "notification";
  readonly round: number;
  readonly vote: Vote;
  readonly state: "looking" | "following" | "leading";
};

/**
 * Zab takes channels for granted that are reliable and in order (§2.1). Here a connection is a number that the follower
 * never uses again, and every message repeats it: those of other connections are dropped, and what is lost is sent again.
 */
type OnConnection = { readonly connection: number };
type InEpoch = OnConnection & { readonly epoch: number };

/** From a follower to its leader. The names are those of Junqueira et al. 2011, §4. */
export type ToLeader =
  | (OnConnection & { readonly type: "cepoch"; readonly accepted: number })
  /** `counts` is false if the epoch was accepted before, from whomever: one promise an epoch. */
  | (InEpoch & { readonly type: "ack-e"; readonly current: number; readonly zxid: Zxid; readonly counts: boolean })
  | (InEpoch & { readonly type: "ack-ld"; readonly zxid: Zxid })
  /** All up to `zxid` is on the follower's disk. */
  | (InEpoch & { readonly type: "ack"; readonly zxid: Zxid })
  | (InEpoch & { readonly type: "request"; readonly number: number; readonly op: LoggedOp })
  | (InEpoch & { readonly type: "sync"; readonly number: number });

/** From a leader to a follower. */
export type ToFollower =
  | (InEpoch & { readonly type: "newepoch" })
  /** The follower's history becomes what it has up to `after`, and these. */
  | (InEpoch & { readonly type: "newleader"; readonly after: Zxid; readonly transactions: readonly Transaction[] })
  | (InEpoch & { readonly type: "propose"; readonly after: Zxid; readonly transactions: readonly Transaction[] })
  /** All up to `zxid` is committed (the first is COMMIT-LD); the leader has the first `requests` requests. */
  | (InEpoch & { readonly type: "commit"; readonly zxid: Zxid; readonly requests: number })
  | (InEpoch & { readonly type: "synced"; readonly number: number; readonly zxid: Zxid });

export type ZabMessage = Notification | ToLeader | ToFollower;

/** What a client tells a server beside the operation: the last zxid that the session has seen. */
export type RequestContext = { readonly seen: Zxid };

/** What a server tells a client beside the outcome. */
export type ReplyContext = { readonly refused: true } | { readonly zxid: Zxid };
