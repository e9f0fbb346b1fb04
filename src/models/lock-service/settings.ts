import { completed, type ModelConfig, type ModelOption } from "../../core/model.ts";
import type { BugName } from "./bugs.ts";

/** A configuration of the model, and the bug that is switched on, if any. */
export interface Settings {
  readonly recipe: "sequential-nodes" | "lease-key";
  readonly holder: "checks-clock" | "trusts-session";
  readonly resource: "fenced" | "unfenced";
  readonly sessions: "expiring" | "everlasting";
  readonly bug: BugName | undefined;
}

export const OPTIONS = {
  recipe: {
    description: "what a lock is made of",
    values: {
      "sequential-nodes": "a queue of ephemeral nodes, each of whose owners watches the one before it (ZooKeeper)",
      "lease-key": "one key under a lease, which others try to create until it is gone (etcd)",
    },
  },
  holder: {
    description: "when a holder takes its session for alive",
    values: {
      "checks-clock": "until its last renewal, counted from when it asked for it, may have run out",
      "trusts-session": "until it is told that it has expired",
    },
  },
  resource: {
    description: "what the resource makes of the fencing tokens in its writes",
    values: {
      fenced: "it refuses one that is smaller than one before",
      unfenced: "nothing: it takes every write",
    },
  },
  sessions: {
    description: "what becomes of the locks of a client that is heard of no more",
    values: {
      expiring: "they go with its session, which must be renewed (ephemeral nodes, leases)",
      everlasting: "nothing: only who has a lock can let go of it, so they may be lost for ever",
    },
  },
} as const satisfies Record<string, ModelOption>;

/** Reads a configuration; an option that is not given stays at its default, the first value. */
export function settingsOf(config: ModelConfig, bug?: string): Settings {
  const { recipe, holder, resource, sessions } = completed(OPTIONS, config);
  return {
    recipe: recipe as Settings["recipe"],
    holder: holder as Settings["holder"],
    resource: resource as Settings["resource"],
    sessions: sessions as Settings["sessions"],
    bug: bug as BugName | undefined,
  };
}

/** A session that is not renewed for this long expires: long enough to bear the election of another leader. */
export const SESSION_MS = 600;
/** Between two renewals. */
export const RENEW_MS = 100;
/** The service counts the time of sessions in ticks of this length. */
export const TICK_MS = 50;
/** A client stops this long before its session may expire: what differs between any two clocks. */
export const MARGIN_MS = 20;
/** After this long nobody waits for a lock any more. */
export const PATIENCE_MS = 400;
/** Between two attempts to create a key that somebody has; between two looks at a queue whose watch says nothing. */
export const MIN_REST_MS = 20;
export const MAX_REST_MS = 80;
export const WATCH_MS = 200;
