import { completed, type ModelConfig, type ModelOption } from "../../core/model.ts";
import type { BugName } from "./bugs.ts";

export type Replication = "async" | "semi-sync" | "sync";
export type Reads = "leader" | "any-replica" | "sticky-replica" | "read-your-writes" | "consistent-prefix";
export type Failover = "none" | "naive" | "fenced";
export type Apply = "in-order" | "by-key";

/** A configuration of the model, and the bug that is switched on, if any. */
export interface Settings {
  readonly replication: Replication;
  readonly reads: Reads;
  readonly failover: Failover;
  readonly apply: Apply;
  readonly bug: BugName | undefined;
}

export const OPTIONS = {
  replication: {
    description: "when the leader acknowledges a write",
    values: {
      async: "after its own disk has it",
      "semi-sync": "after one follower's disk has it too",
      sync: "after the disks of all followers have it too",
    },
  },
  reads: {
    description: "who answers reads",
    values: {
      leader: "the leader, from what it has acknowledged",
      "any-replica": "a random replica each time, from its copy",
      "sticky-replica": "one replica per session, from its copy",
      "read-your-writes": "a random replica once it has the session's last write, else the leader",
      "consistent-prefix": "a random replica, from settled entries without a gap, at least those the session has seen",
    },
  },
  failover: {
    description: "what happens when the leader falls silent",
    values: {
      none: "nothing: writes wait until it is back",
      naive:
        "the most up-to-date of those whom the first follower to notice can reach leads; nothing stops the old leader",
      fenced: "a follower collects promises that shut the old leader out, and takes the best log among them",
    },
  },
  apply: {
    description: "how a follower brings its copy up to date",
    values: {
      "in-order": "entry by entry",
      "by-key": "in parallel streams by key, each at its own pace",
    },
  },
} as const satisfies Record<string, ModelOption>;

/** Reads a configuration; an option that is not given stays at its default, the first value. */
export function settingsOf(config: ModelConfig, bug?: string): Settings {
  const chosen = completed(OPTIONS, config);
  return {
    replication: chosen.replication as Replication,
    reads: chosen.reads as Reads,
    failover: chosen.failover as Failover,
    apply: chosen.apply as Apply,
    bug: bug as BugName | undefined,
  };
}

/** The leader sends to every follower this often, and sends again what is not acknowledged. */
export const HEARTBEAT_MS = 50;
/** A follower that hears nothing for this long suspects the leader. */
export const SILENCE_MS = 300;
/** Naive failover: each rank waits this much longer, so that usually one node promotes itself. */
export const RANK_MS = 100;
/** Naive failover: so long the others have to say what they have. */
export const SURVEY_MS = 50;
/** A read that its node cannot yet answer is refused after this long, so that the client may ask elsewhere. */
export const READ_WAIT_MS = 200;
/** Applying by key: a stream takes up to this long for what is there. */
export const STREAM_MS = 20;
/** Now and then a large entry holds its stream up for this long. */
export const LARGE_ENTRY_MS = 200;
export const LARGE_ENTRY_SHARE = 0.05;
/** Streams in which a follower applies by key. */
export const STREAMS = 4;
/** Most entries in one message. */
export const BATCH = 100;
