import type { Entry } from "./log.ts";
import type { LogShape } from "./positions.ts";

/** What replicas tell each other. Every message names its sender's epoch: that is the fence. */
export type Append = {
  readonly type: "append";
  readonly epoch: number;
  /** The entries follow this index, whose entry is of `afterEpoch`. */
  readonly after: number;
  readonly afterEpoch: number;
  readonly entries: readonly Entry[];
  /** Enough disks hold the leader's log up to here. */
  readonly committed: number;
  /** The leader's latest round of asking whether it still leads. */
  readonly round: number;
};

/** The follower's disk holds the leader's log up to `index`. */
export type Ack = { readonly type: "ack"; readonly epoch: number; readonly index: number; readonly round: number };

/** The follower's log does not hold what the entries were to follow; this is what it looks like. */
export type Mismatch = {
  readonly type: "mismatch";
  readonly epoch: number;
  readonly round: number;
  readonly log: Shape;
};

/** The receiver's epoch is over. */
export type Stale = { readonly type: "stale"; readonly epoch: number };

/** A candidate asks for the promise to accept nothing older than `epoch`; `log` is what it has. */
export type Prepare = { readonly type: "prepare"; readonly epoch: number; readonly log: Shape };

/** Given. If the sender's log is more up to date than the candidate's, `entries` are what follows where they agree. */
export type Promised = {
  readonly type: "promise";
  readonly epoch: number;
  readonly log: Shape;
  readonly after: number;
  readonly entries: readonly Entry[];
};

/** Naive failover: a follower that takes the leader for dead asks the others what they have. */
export type SurveyRequest = { readonly type: "survey"; readonly epoch: number };

/** What the sender has; the answer to a survey of `epoch`. */
export type Standing = { readonly type: "standing"; readonly epoch: number; readonly log: Shape };

/** The receiver is the most up to date of those whom the sender, in `epoch`, can reach: it is to lead. */
export type Nominate = { readonly type: "nominate"; readonly epoch: number };

export type PeerMessage = Append | Ack | Mismatch | Stale | Prepare | Promised | SurveyRequest | Standing | Nominate;

type Shape = { readonly [K in keyof LogShape]: LogShape[K] };
