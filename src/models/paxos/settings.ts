import type { ModelConfig, ModelOption } from "../../core/model.ts";
import type { BugName } from "./bugs.ts";

export type Reads = "quorum" | "learned";

/** A configuration of the model, and the bug that is switched on, if any. */
export interface Settings {
  readonly reads: Reads;
  readonly bug: BugName | undefined;
}

export const OPTIONS = {
  reads: {
    description: "how a read finds out what was chosen",
    values: {
      quorum: "the node asks a majority, and completes what it finds begun",
      learned: "from what the client's own node has learned, however late",
    },
  },
} as const satisfies Record<string, ModelOption>;

/** Reads a configuration; an option that is not given stays at its default, the first value. */
export const settingsOf = ({ reads }: ModelConfig, bug?: string): Settings => ({
  reads: reads === "learned" ? "learned" : "quorum",
  bug: bug as BugName | undefined,
});

/** A ballot that is not over after this long, and up to twice as long, is given up for a higher one. */
export const BALLOT_MS = 80;
/** A proposer that was overtaken rests up to this long, and up to twice as long after each further time. */
export const REST_MS = 10;
/** It doubles no more than so often. */
export const MAX_DOUBLINGS = 4;
/** A request that waits longer is answered that nothing is known; its client has gone elsewhere by then. */
export const WAIT_MS = 600;
/** A node sends its peers what they have not acknowledged this often. */
export const RESEND_MS = 50;
/** Most decrees in one message. */
export const BATCH = 100;
/** Shortest and longest silence after which a client asks elsewhere: longer than a duel of two usually takes. */
export const MIN_SILENCE_MS = 200;
export const MAX_SILENCE_MS = 300;
