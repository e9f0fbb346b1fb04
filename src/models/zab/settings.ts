import type { ModelConfig, ModelOption } from "../../core/model.ts";
import type { BugName } from "./bugs.ts";

export type Reads = "local" | "sync" | "quorum-sync";

export type Sessions = "staying" | "roaming";

/** A configuration of the model, and the bug that is switched on, if any. */
export interface Settings {
  readonly reads: Reads;
  readonly sessions: Sessions;
  readonly bug: BugName | undefined;
}

export const OPTIONS = {
  reads: {
    description: "how a read is answered",
    values: {
      local: "by the session's server, from its own copy",
      sync: "likewise, after a sync that the leader answers by itself, as ZooKeeper's does",
      "quorum-sync": "likewise, after a sync that is broadcast as a transaction",
    },
  },
  sessions: {
    description: "when a session moves to another server, which must have all that it saw",
    values: {
      staying: "when its server refuses it or is gone",
      roaming: "for every operation, to a random one",
    },
  },
} as const satisfies Record<string, ModelOption>;

/** Reads a configuration; an option that is not given stays at its default, the first value. */
export const settingsOf = ({ reads = "local", sessions = "staying" }: ModelConfig, bug?: string): Settings => ({
  reads: reads as Reads,
  sessions: sessions as Sessions,
  bug: bug as BugName | undefined,
});

/** Leaders show that they live, and everyone sends again what may be lost, this often. */
export const TICK_MS = 50;
/** A follower that hears no leader for so long looks for another. */
export const FOLLOWER_PATIENCE_MS = 250;
/** A leader that hears no quorum for so many of its own ticks gives up. As in ZooKeeper, a pause is no tick. */
export const LEADER_PATIENCE_TICKS = 10;
/** From an election to the first commit in the new epoch. */
export const INIT_MS = 400;
/** A vote with a quorum behind it waits so long for a better one. */
export const FINALIZE_MS = 20;
/** A request that its server cannot serve yet is refused after this long, so that the client may ask elsewhere. */
export const WAIT_MS = 200;
/** Most transactions in one proposal. */
export const BATCH = 100;
