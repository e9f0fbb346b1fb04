import { CONSISTENCY_MODELS, type ConsistencyModel } from "../../core/consistency.ts";
import type { Conditions } from "../../core/model.ts";
import { isLossless } from "./quorums.ts";
import { type Settings, settingsOf } from "./settings.ts";

/**
 * True if nothing that a copy has shown is ever taken back. Under `sync` with failover a follower shows writes that are
 * still waiting for others, and a successor may not have them; a consistent prefix waits until the leader says that all
 * have them.
 */
const settled = (settings: Settings): boolean => {
  const { replication, reads, failover } = settings;
  if (failover === "none" || (replication === "semi-sync" && failover === "fenced")) return true;
  return reads === "consistent-prefix" && isLossless(settings);
};

/** True if reads show no later entry without all earlier ones: the leader never does. */
const gapless = ({ reads, apply }: Settings): boolean =>
  apply === "in-order" || reads === "leader" || reads === "consistent-prefix";

/** True if an acknowledged write is on the copy that is asked next, or the session waits for it. */
const readsItsWrites = ({ replication, reads, apply }: Settings): boolean =>
  reads === "read-your-writes" || (replication === "sync" && apply === "in-order" && reads !== "consistent-prefix");

/** True if a session's reads never go back, if nothing is taken back. */
const readsForwards = ({ reads }: Settings): boolean => reads === "sticky-replica" || reads === "consistent-prefix";

/**
 * The strongest models that hold, whatever faults strike: the argument never depends on time, so the kinds of fault do
 * not matter.
 *
 * - Copies are prefixes of one log, and the log of the latest epoch wins: `eventual`.
 * - A transaction is one entry of the log, and is applied at one go. So what is read comes from entries before, and all of
 *   it from one branch of history, whether that survives or not: in the order of epoch and index this is `read-atomic`.
 * - No acknowledged write is lost, and a session's writes enter the log in order: `durable`, and `monotonic-writes` unless
 *   copies have gaps.
 * - A session writes behind everything that it was shown, if that stays and has no gaps: `writes-follow-reads`. A read of
 *   several keys is then of one prefix, and has its place in the order of the log: `serializable`.
 * - One copy only ever grows, if nothing is taken back, and a session may know how far it has seen: `monotonic-reads`.
 * - An acknowledged write is on every copy, or the session waits for it: `read-your-writes`. With one copy per session
 *   and all acknowledged writes on it, the order of the log, with every read at its place, is `sequential`.
 *
 * A consistent prefix (Terry, "Replicated Data Consistency Explained Through Baseball", CACM 2013) is what a read of several
 * keys sees of one past state; that a session then also sees the order of writes in its reads one after the other
 * (Kleppmann, ch. 5, 'Consistent Prefix Reads') takes the position that it carries. It need not see its own writes.
 */
export function holds({ config }: Conditions): ConsistencyModel[] {
  const settings = settingsOf(config);
  const { replication, reads } = settings;
  if (!isLossless(settings)) return ["read-atomic", "eventual"];
  if (reads === "leader") return ["strict-serializable", "linearizable", "eventual"];
  const prefix = settled(settings) && gapless(settings);
  if (prefix && reads === "sticky-replica" && replication === "sync" && readsItsWrites(settings))
    return ["strong-session-serializable", "sequential", "eventual", "durable"];
  const found = new Set<ConsistencyModel>([prefix ? "serializable" : "read-atomic", "eventual", "durable"]);
  if (readsItsWrites(settings)) found.add("read-your-writes");
  if (settled(settings) && readsForwards(settings)) found.add("monotonic-reads");
  if (gapless(settings)) found.add("monotonic-writes");
  if (prefix) found.add("writes-follow-reads");
  return CONSISTENCY_MODELS.filter((model) => found.has(model));
}

/**
 * The weakest models that are seen to break, as measured with the workloads `append` and `long-fork` on three nodes or more
 * (histories of registers cannot refute `monotonic-writes` and `writes-follow-reads`). A partition is what keeps copies
 * apart for long enough. Bad links do the same to followers alone; a paused asynchronous leader is succeeded by one that
 * lacks its last writes. Gaps need no fault.
 */
export function breaks({ config, faults }: Conditions): ConsistencyModel[] {
  const settings = settingsOf(config);
  const { replication, reads } = settings;
  const found = new Set<ConsistencyModel>();
  if (faults.has("partition")) {
    if (!isLossless(settings)) for (const model of brokenByLoss(settings)) found.add(model);
    else if (reads !== "leader") for (const model of brokenByLag(settings)) found.add(model);
  }
  if (faults.has("link") && replication !== "sync" && reads !== "leader" && !readsItsWrites(settings))
    found.add("read-your-writes");
  if (faults.has("pause") && replication === "async" && !isLossless(settings)) found.add("durable");
  if (isLossless(settings) && !gapless(settings)) found.add("prefix");
  return CONSISTENCY_MODELS.filter((model) => found.has(model));
}

/**
 * What breaks where acknowledged writes can be lost. A session that carries a position waits for that very entry, in vain if
 * it is lost, rather than go back.
 */
const brokenByLoss = ({ reads }: Settings): readonly ConsistencyModel[] => [
  "read-your-writes",
  ...(reads === "consistent-prefix" ? [] : ["monotonic-reads" as const]),
  "monotonic-writes",
  "writes-follow-reads",
  "durable",
];

/** What reads from copies break where no acknowledged write is lost. */
function brokenByLag(settings: Settings): readonly ConsistencyModel[] {
  const found: ConsistencyModel[] = [];
  if (!readsItsWrites(settings)) found.push("read-your-writes");
  if (!settled(settings) || !readsForwards(settings)) found.push("monotonic-reads");
  if (!settled(settings)) found.push("writes-follow-reads");
  return found.length > 0 ? found : ["linearizable"];
}
