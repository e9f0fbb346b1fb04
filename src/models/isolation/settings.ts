import { completed, type ModelConfig, type ModelOption } from "../../core/model.ts";
import type { BugName } from "./bugs.ts";

/** A configuration of the model, and the bug that is switched on, if any. */
export interface Settings {
  readonly isolation: Isolation;
  readonly bug: BugName | undefined;
}

export const OPTIONS = {
  isolation: {
    description: "how transactions that run at the same time are kept apart",
    values: {
      "strict-two-phase-locking":
        "read and write locks until the end; of a deadlock, the transaction that closes the circle aborts",
      "serializable-snapshot-isolation":
        "snapshots, and a transaction aborts between two anti-dependencies, one into it and one out of it",
      "snapshot-isolation":
        "reads from a snapshot as of the start; of two concurrent writers of a key the first to commit wins",
      "parallel-snapshot-isolation":
        "the same, but sessions are spread over lanes, each of which sees the commits of the others late, in an order of its own",
      "read-committed": "each statement sees what is committed by then; write locks until the end",
      "read-uncommitted": "reads see what is there, committed or not; write locks until the end",
    },
  },
} as const satisfies Record<string, ModelOption>;

export type Isolation = keyof typeof OPTIONS.isolation.values;

/** Reads a configuration; an option that is not given stays at its default, the first value. */
export const settingsOf = (config: ModelConfig, bug?: string): Settings => ({
  isolation: completed(OPTIONS, config).isolation as Isolation,
  bug: bug as BugName | undefined,
});

/** A client thinks for up to this long before each statement, and before it commits. */
export const THINK_MS = 12;
/** Lanes of parallel snapshot isolation. */
export const LANES = 3;
/** Each lane takes over commits of one other lane this often. */
export const TAKE_OVER_MS = 40;
/** A client asks a node that is down again after this long, so many times in all. */
export const REST_MS = 50;
export const MOST_ATTEMPTS = 15;
