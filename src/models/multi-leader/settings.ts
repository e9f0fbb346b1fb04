import { completed, type ModelConfig, type ModelOption } from "../../core/model.ts";
import type { BugName } from "./bugs.ts";

export type TopologyName = "all-to-all" | "ring" | "star";
export type ConflictsName = "lww" | "fww" | "union" | "merge" | "on-write" | "version-vectors" | "crdt";

/** A configuration of the model, and the bug that is switched on, if any. */
export interface Settings {
  readonly topology: TopologyName;
  readonly conflicts: ConflictsName;
  readonly bug: BugName | undefined;
}

export const OPTIONS = {
  topology: {
    description: "who sends writes to whom",
    values: {
      "all-to-all": "each node its own to all others",
      ring: "each node all that it has to the next one: a dead node stops what would have to pass it",
      star: "each node its own to the first one, which passes them on: without that nothing gets anywhere",
    },
  },
  conflicts: {
    description: "what becomes of writes that nodes took without knowledge of each other",
    values: {
      lww: "the one with the latest wall clock wins, the others are dropped",
      fww: "of those that are concurrent the one with the earliest wall clock wins",
      union: "sets are united; a register shows the latest by logical time, and keeps the others",
      merge: "a function of the application's makes one value of two: the higher bid, all bidders",
      "on-write": "a write needs the agreement of all nodes; of two concurrent ones one aborts",
      "version-vectors": "all are kept and shown; the next write overwrites those that its session was shown",
      crdt: "there are none: grow-only sets, and registers of which the latest by logical time wins",
    },
  },
} as const satisfies Record<string, ModelOption>;

/** Reads a configuration; an option that is not given stays at its default, the first value. */
export function settingsOf(config: ModelConfig, bug?: string): Settings {
  const chosen = completed(OPTIONS, config);
  return {
    topology: chosen.topology as TopologyName,
    conflicts: chosen.conflicts as ConflictsName,
    bug: bug as BugName | undefined,
  };
}

/** A node sends its neighbours what they have not acknowledged this often. */
export const RESEND_MS = 50;
/** Most writes in one message. */
export const BATCH = 100;
/** Where writes need agreement: what a node learns of the others is passed on after so long, all at once. */
export const GOSSIP_MS = 3;
/** The bug `silent-node-ignored`: a node that was not heard of for so long has no say. */
export const SILENCE_MS = 300;
