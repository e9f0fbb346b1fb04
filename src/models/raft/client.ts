import type { Client, ClientEnv } from "../../core/replica.ts";
import { isRead, observes } from "../shared/key-value.ts";
import { startLeaderClient } from "../shared/leader-client.ts";
import type { Settings } from "./settings.ts";
import { MAX_ELECTION_MS, MIN_ELECTION_MS } from "./state.ts";

/** A session with a Raft cluster. In mode `local` it reads from its own node, and what it only wrote does not count as seen. */
export const startClient = (env: ClientEnv, { reads, bug }: Pick<Settings, "reads" | "bug">): Client =>
  startLeaderClient(env, {
    minSilenceMs: MIN_ELECTION_MS,
    maxSilenceMs: MAX_ELECTION_MS,
    staysAtNode: (op) => reads === "local" && isRead(op),
    sees: (op) => reads !== "local" || observes(op),
    // The lease outlives the leadership.
    readsFromHolder: bug === "lease-on-wall-clock",
  });
