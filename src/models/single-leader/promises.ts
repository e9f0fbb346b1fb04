import type { ConsistencyModel } from "../../core/consistency.ts";
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

export function breaks(_: Conditions): ConsistencyModel[] {
  return [];
}
