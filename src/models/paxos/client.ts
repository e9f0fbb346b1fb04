import type { Client, ClientEnv } from "../../core/replica.ts";
import { isRead } from "../shared/key-value.ts";
import { startLeaderClient } from "../shared/leader-client.ts";
import { MAX_SILENCE_MS, MIN_SILENCE_MS, type Settings } from "./settings.ts";

/**
 * A session. Any node proposes, so it stays with its own until that is silent, and then asks the next one: a proposal that
 * is made twice under one name is chosen once.
 */
export const startClient = (env: ClientEnv, { reads }: Settings): Client =>
  startLeaderClient(env, {
    minSilenceMs: MIN_SILENCE_MS,
    maxSilenceMs: MAX_SILENCE_MS,
    staysAtNode: (op) => reads === "learned" && isRead(op),
  });
