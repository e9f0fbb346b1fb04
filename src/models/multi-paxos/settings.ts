import type { ModelConfig, ModelOption } from "../../core/model.ts";
import type { BugName } from "./bugs.ts";

export type Reads = "log" | "lease" | "learned";

/** A configuration of the model, and the bug that is switched on, if any. */
export interface Settings {
  readonly reads: Reads;
  readonly bug: BugName | undefined;
}

export const OPTIONS = {
  reads: {
    description: "how a read is answered",
    values: {
      log: "as a command: it takes a slot of the log",
      lease: "by the leader at once, while a majority has promised to follow nobody else yet",
      learned: "from what the client's own node has learned, however late",
    },
  },
} as const satisfies Record<string, ModelOption>;

const readsOf = (reads: string | undefined): Reads => (reads === "lease" || reads === "learned" ? reads : "log");

/** Reads a configuration; an option that is not given stays at its default, the first value. */
export const settingsOf = ({ reads }: ModelConfig, bug?: string): Settings => ({
  reads: readsOf(reads),
  bug: bug as BugName | undefined,
});

/** A node that has heard no leader for so long, drawn anew each time, wants to lead. */
export const MIN_ELECTION_MS = 150;
export const MAX_ELECTION_MS = 300;
/** A leader is heard this often, and sends again what was not accepted. */
export const HEARTBEAT_MS = 50;
/** An acceptor that has heard its leader promises nothing to others for so long. Nobody stands before that is over. */
export const GRANT_MS = MIN_ELECTION_MS;
/** A lease, counted from when the message left: shorter than what was granted, with room for the granularity of clocks. */
export const LEASE_MS = GRANT_MS - 50;
/** Most slots in one message, but for promises. */
export const BATCH = 256;
