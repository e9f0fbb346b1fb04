import type { ModelConfig, ModelOption } from "../../core/model.ts";
import type { BugName } from "./bugs.ts";

export type Placement = "anywhere" | "home-region";

/** A configuration of the model, and the bug that is switched on, if any. */
export interface Settings {
  readonly placement: Placement;
  readonly bug: BugName | undefined;
}

export const OPTIONS = {
  placement: {
    description: "where the leaseholder of a range is (§2.3)",
    values: {
      anywhere: "at whichever replica was elected",
      "home-region": "at the replica in the range's home region whenever that is up: the lease goes back there",
    },
  },
} as const satisfies Record<string, ModelOption>;

/** Reads a configuration; an option that is not given stays at its default, the first value. */
export const settingsOf = ({ placement }: ModelConfig, bug?: string): Settings => ({
  placement: placement === "home-region" ? "home-region" : "anywhere",
  bug: bug as BugName | undefined,
});

/** The clocks of two nodes are never further apart than this, milliseconds (§4.1; CockroachDB's own default). */
export const MAX_OFFSET_MS = 500;
/** So far may a clock be off from true time, either way. */
export const MAX_SKEW_MS = MAX_OFFSET_MS / 2;
/** With the bug `offset-understated`. */
export const UNDERSTATED_OFFSET_MS = 20;

/** How far a lease reaches beyond the stamps that are in use when it is taken or extended, milliseconds. */
export const LEASE_MS = 250;
/** A lease is extended when less than this is left of it. */
export const LEASE_LEFT_MS = 100;

/** A call that is not answered is made again after this long, to another replica. */
export const CALL_MS = 100;
/** Pause before a call to a range that has no leaseholder is made again; before one that met an intent is. */
export const REDIRECT_MS = 20;
export const CONFLICT_MS = 5;
/** A transaction for which others have waited this long is aborted: its coordinator may be dead. */
export const PATIENCE_MS = 250;
/** An operation that is not about to commit is given up after this long. */
export const GIVE_UP_MS = 800;
/** How often a leaseholder looks for intents that nobody has resolved. */
export const SWEEP_MS = 250;
