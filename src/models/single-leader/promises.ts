import { CONSISTENCY_MODELS, type ConsistencyModel } from "../../core/consistency.ts";
import type { Conditions } from "../../core/model.ts";
import { type Settings, settingsOf } from "./settings.ts";

/** True if no acknowledged write can be lost. Under `sync` every node has it, so even a rash successor has. */
const lossless = ({ replication, failover }: Settings): boolean =>
  failover === "none" || replication === "sync" || (replication === "semi-sync" && failover === "fenced");

/**
 * True if nothing that a copy has shown is ever taken back. Under `sync` with failover a follower shows writes that are
 * still waiting for others, and a successor may not have them.
 */
const settled = ({ replication, failover }: Settings): boolean =>
  failover === "none" || (replication === "semi-sync" && failover === "fenced");

/**
 * The strongest models that hold, whatever faults strike: the argument never depends on time, so the kinds of fault do
 * not matter.
 *
 * - Copies are prefixes of one log, and the log of the latest epoch wins: `eventual`.
 * - No acknowledged write is lost, and a session's writes enter the log in order: `durable`, `monotonic-writes`.
 * - A session writes behind everything that it was shown, if that stays: `writes-follow-reads`.
 * - One copy only ever grows, if nothing is taken back: `monotonic-reads` for a session that reads from one.
 * - An acknowledged write is on every copy, or the session waits for it: `read-your-writes`. With one copy per session
 *   and all acknowledged writes on it, the order of the log, with every read at its place, is `sequential`.
 */
export function holds({ config }: Conditions): ConsistencyModel[] {
  const settings = settingsOf(config);
  const { replication, reads } = settings;
  if (!lossless(settings)) return ["eventual"];
  if (reads === "leader") return ["linearizable", "eventual"];
  if (reads === "sticky-replica" && replication === "sync" && settled(settings))
    return ["sequential", "eventual", "durable"];
  const found: ConsistencyModel[] = ["monotonic-writes", "eventual", "durable"];
  if (replication === "sync" || reads === "read-your-writes") found.push("read-your-writes");
  if (settled(settings)) found.push("writes-follow-reads");
  if (settled(settings) && reads === "sticky-replica") found.push("monotonic-reads");
  return found;
}

/**
 * The weakest models that are seen to break, as measured with the workload `append` on three nodes or more (histories of
 * registers cannot refute `monotonic-writes` and `writes-follow-reads`). A partition is what keeps copies apart for long
 * enough. Bad links do the same to followers alone; a paused asynchronous leader is succeeded by one that lacks its last
 * writes.
 */
export function breaks({ config, faults }: Conditions): ConsistencyModel[] {
  const settings = settingsOf(config);
  const { replication, reads } = settings;
  const found = new Set<ConsistencyModel>();
  if (faults.has("partition")) {
    if (!lossless(settings)) for (const model of [...SESSION_GUARANTEES, "durable"] as const) found.add(model);
    else if (reads !== "leader") for (const model of brokenByLag(settings)) found.add(model);
  }
  if (faults.has("link") && replication !== "sync" && (reads === "any-replica" || reads === "sticky-replica"))
    found.add("read-your-writes");
  if (faults.has("pause") && replication === "async" && !lossless(settings)) found.add("durable");
  return CONSISTENCY_MODELS.filter((model) => found.has(model));
}

/** What reads from copies break where no acknowledged write is lost. */
function brokenByLag(settings: Settings): readonly ConsistencyModel[] {
  const { replication, reads } = settings;
  const found: ConsistencyModel[] = [];
  if (replication !== "sync" && reads !== "read-your-writes") found.push("read-your-writes");
  if (!settled(settings) || reads !== "sticky-replica") found.push("monotonic-reads");
  if (!settled(settings)) found.push("writes-follow-reads");
  return found.length > 0 ? found : ["linearizable"];
}

const SESSION_GUARANTEES = ["read-your-writes", "monotonic-reads", "monotonic-writes", "writes-follow-reads"] as const;
