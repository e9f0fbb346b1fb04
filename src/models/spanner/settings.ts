import { completed, type ModelConfig, type ModelOption } from "../../core/model.ts";
import type { BugName } from "./bugs.ts";

export type Reads = "leader" | "replica";

/** A configuration of the model, and the bug that is switched on, if any. */
export interface Settings {
  readonly reads: Reads;
  readonly bug: BugName | undefined;
}

export const OPTIONS = {
  reads: {
    description: "who answers read-only transactions",
    values: {
      leader: "the leader of each shard, from its copy",
      replica: "any replica of each shard, once its copy is safe at the timestamp",
    },
  },
} as const satisfies Record<string, ModelOption>;

/** Reads a configuration; an option that is not given stays at its default, the first value. */
export const settingsOf = (config: ModelConfig, bug?: string): Settings => ({
  reads: completed(OPTIONS, config).reads === "replica" ? "replica" : "leader",
  bug: bug as BugName | undefined,
});

/** By how much wall clocks may be off, either way: what TrueTime calls epsilon. In the paper 1 to 7 ms (§3). */
export const ERROR_MS = 10;
/** Timestamps that a group hands out are at least so far apart. A power of two, so that sums are exact. */
export const STEP_MS = 2 ** -10;
/** What was not answered is sent again this often; leaders look for what is overdue. */
export const TICK_MS = 50;
/** A gateway gives a transaction up that has not asked to commit for so long, and a read. */
export const GIVE_UP_MS = 400;
/** Locks of a transaction that has not prepared are dropped after so long: its gateway has given it up. */
export const LOCK_MS = 2 * GIVE_UP_MS;
/** A coordinator aborts if it has not heard all votes, or of the commit at all, for so long. */
export const VOTES_MS = 400;
/** What a gateway still remembers of a transaction that asked to commit: longer than any client waits. */
export const FORGET_MS = 5000;
/** A transaction that was aborted for another is tried again after up to so long. */
export const BACKOFF_MS = 8;
