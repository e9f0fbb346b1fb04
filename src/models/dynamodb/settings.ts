import { completed, type ModelConfig, type ModelOption } from "../../core/model.ts";
import type { BugName } from "./bugs.ts";

export type Consistency = "strong" | "eventual";
export type Tables = "single-region" | "global";

/** A configuration of the model, and the bug that is switched on, if any. */
export interface Settings {
  readonly consistency: Consistency;
  readonly tables: Tables;
  readonly bug: BugName | undefined;
}

export const OPTIONS = {
  consistency: {
    description: "which reads clients ask for",
    values: {
      strong: "of the leader of the item's partition, while its lease runs, else through the log",
      eventual: "of any replica of the partition in the session's region, from its copy",
    },
  },
  tables: {
    description: "where a table lives",
    values: {
      "single-region": "in one region, of all nodes",
      global:
        "in two regions, of half the nodes each: each takes writes, and applies the other's change stream, the last writer winning",
    },
  },
} as const satisfies Record<string, ModelOption>;

/** Reads a configuration; an option that is not given stays at its default, the first value. */
export function settingsOf(config: ModelConfig, bug?: string): Settings {
  const chosen = completed(OPTIONS, config);
  return {
    consistency: chosen.consistency as Consistency,
    tables: chosen.tables as Tables,
    bug: bug as BugName | undefined,
  };
}

/** Partitions of a table. */
export const PARTITIONS = 2;
/** Fewest nodes of a region that bear the loss of one. */
export const REPLICAS = 3;
/** The leader of a partition asks the other region for what its stream has more this often: regions are within a second of each other. */
export const POLL_MS = 500;
/** Most records of a stream in one message. */
export const BATCH = 500;
/** A replica that has not answered an eventually consistent read by now is given up for another. */
export const SILENCE_MS = 150;
/** After so long such a read is reported as failed. */
export const GIVE_UP_MS = 800;
