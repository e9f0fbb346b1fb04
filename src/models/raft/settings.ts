import { completed, type ModelConfig, type ModelOption } from "../../core/model.ts";
import type { NodeId } from "../../core/operation.ts";
import type { BugName } from "./bugs.ts";

export type Reads = "log" | "read-index" | "lease" | "local";
export type Compaction = "whole-log" | "snapshots";
export type MembershipMode = "fixed" | "joint" | "one-at-a-time";
export type ElectionMode = "plain" | "pre-vote";
export type LeadershipMode = "stays" | "transfers";

/** A configuration of the model, and the bug that is switched on, if any. */
export interface Settings {
  readonly reads: Reads;
  readonly compaction: Compaction;
  readonly membership: MembershipMode;
  readonly election: ElectionMode;
  readonly leadership: LeadershipMode;
  readonly bug: BugName | undefined;
  /** Leadership is handed over to this node only, whenever that is up; only with `transfers`. */
  readonly preferredLeader?: NodeId;
}

export const OPTIONS = {
  reads: {
    description: "how a read is answered",
    values: {
      log: "as a command: it goes through the log",
      "read-index": "by the leader, after a majority confirmed that it still leads",
      lease: "by the leader at once, while a lease on its monotonic clock runs",
      local: "by the node the client is connected to, from its own copy, however old",
    },
  },
  compaction: {
    description: "what becomes of applied entries",
    values: {
      "whole-log": "they stay in the log for ever",
      snapshots: "a snapshot replaces them, also on followers that are far behind",
    },
  },
  membership: {
    description: "who votes; an operator at the leader replaces voters from time to time, the others are learners",
    values: {
      fixed: "all nodes, for ever",
      joint: "any set after any other, by joint consensus",
      "one-at-a-time": "sets that differ by one server",
    },
  },
  election: {
    description: "how a node that hears no leader stands for election",
    values: {
      plain: "at once, in a new term",
      "pre-vote": "once a majority would vote for it; and a leader that no majority answers steps down",
    },
  },
  leadership: {
    description: "whether a leader hands over to another node",
    values: {
      stays: "never",
      transfers: "from time to time, to a voter that has the whole log",
    },
  },
} as const satisfies Record<string, ModelOption>;

/** Reads a configuration; an option that is not given stays at its default, the first value. */
export function settingsOf(config: ModelConfig, bug?: string): Settings {
  const chosen = completed(OPTIONS, config);
  return {
    reads: chosen.reads as Reads,
    compaction: chosen.compaction as Compaction,
    membership: chosen.membership as MembershipMode,
    election: chosen.election as ElectionMode,
    leadership: chosen.leadership as LeadershipMode,
    bug: bug as BugName | undefined,
  };
}
