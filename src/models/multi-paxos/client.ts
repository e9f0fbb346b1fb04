import type { Client, ClientEnv } from "../../core/replica.ts";
import { isRead, observes } from "../shared/key-value.ts";
import { startLeaderClient } from "../shared/leader-client.ts";
import { MAX_ELECTION_MS, MIN_ELECTION_MS, type Settings } from "./settings.ts";

/**
 * A session. Where it reads what its own node has learned, what it only wrote does not count as seen; where there are
 * leases, it asks whoever has answered its last read, for as long as that one does.
 */
export const startClient = (env: ClientEnv, { reads }: Settings): Client =>
  startLeaderClient(env, {
    minSilenceMs: MIN_ELECTION_MS,
    maxSilenceMs: MAX_ELECTION_MS,
    staysAtNode: (op) => reads === "learned" && isRead(op),
    sees: (op) => reads !== "learned" || observes(op),
    readsFromHolder: reads === "lease",
  });
