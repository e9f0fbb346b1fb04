import { completed, type ModelConfig, type ModelOption } from "../../core/model.ts";
import type { BugName } from "./bugs.ts";

/** A configuration of the model, and the bug that is switched on, if any. */
export interface Settings {
  readonly expiry: "wall-clock" | "monotonic-clock";
  readonly restart: "forgetful" | "delayed" | "synced";
  readonly resource: "unfenced" | "fenced";
  readonly bug: BugName | undefined;
}

export const OPTIONS = {
  expiry: {
    description: "by which clock a node lets a key expire",
    values: {
      "wall-clock": "by one that can jump, as Redis does",
      "monotonic-clock": "by one that cannot",
    },
  },
  restart: {
    description: "what a node that has crashed knows of the keys it had",
    values: {
      forgetful: "nothing, and it grants them anew at once",
      delayed: "nothing, and it grants none until all that it may have forgotten have expired",
      synced: "all of them: they were on its disk before it answered",
    },
  },
  resource: {
    description:
      "what the resource makes of the tokens in its writes, here the wall clock of a node that granted the lock",
    values: {
      unfenced: "nothing: it takes every write",
      fenced: "it refuses one that is smaller than one before",
    },
  },
} as const satisfies Record<string, ModelOption>;

/** Reads a configuration; an option that is not given stays at its default, the first value. */
export function settingsOf(config: ModelConfig, bug?: string): Settings {
  const { expiry, restart, resource } = completed(OPTIONS, config);
  return {
    expiry: expiry as Settings["expiry"],
    restart: restart as Settings["restart"],
    resource: resource as Settings["resource"],
    bug: bug as BugName | undefined,
  };
}

/** How long a node keeps a key for whoever has set it. */
export const TTL_MS = 900;
/** By how much clocks may disagree about that: a hundredth, and what it takes to expire a key ("Safety arguments"). */
export const DRIFT_MS = TTL_MS / 100 + 2;
/** An attempt is given up after this long: short beside the time to live, or little of that would be left. */
export const ATTEMPT_MS = 100;
/** Shortest and longest rest between two attempts; random, so that those who met once do not meet again. */
export const MIN_REST_MS = 20;
export const MAX_REST_MS = 120;
/** After this long nobody tries any more. */
export const PATIENCE_MS = 400;
