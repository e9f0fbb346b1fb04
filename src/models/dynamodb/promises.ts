import type { ConsistencyModel } from "../../core/consistency.ts";
import type { Conditions } from "../../core/model.ts";
import { settingsOf } from "./settings.ts";

/**
 * The strongest models that hold, whatever faults strike:
 *
 * - One region: a partition's log has each command once, between its call and its return, and its leader answers reads only
 *   under a lease from a copy with all that was chosen before; conditions are judged in the log. Each item is of one partition,
 *   and linearizability is local (Herlihy & Wing 1990, §3.3): `linearizable`.
 * - What is chosen stays so: `durable` in one region, whatever is read. Copies of a region are prefixes of the same logs, and
 *   those of two have applied the same records in the end, of which the latest stamp wins, in whatever order: `eventual`.
 * - Two regions, strong reads: in a region an item's stamp only rises, since a local write is stamped later than what it
 *   replaces, and a remote one is applied only if it is later. Its leader shows the latest, and a session stays in its
 *   region. So it sees what it wrote or read, or something with a later stamp: `read-your-writes`, `monotonic-reads`. Streams
 *   of different partitions know nothing of each other, so causes may be seen after effects. And of concurrent conditional
 *   writes in two regions both succeed. A later remote stamp drops acknowledged writes, even earlier ones: not `durable`.
 * - An eventually consistent read may be of any copy, so that nothing is promised to a session. Within a partition writes are
 *   seen in their order; across partitions they are not (`monotonic-writes`).
 */
export function holds({ config }: Conditions): ConsistencyModel[] {
  const { consistency, tables } = settingsOf(config);
  if (tables === "global")
    return consistency === "strong" ? ["read-your-writes", "monotonic-reads", "eventual"] : ["eventual"];
  return consistency === "strong" ? ["linearizable", "eventual"] : ["eventual", "durable"];
}

/**
 * The weakest models that are seen to break. A replica learns later than the writer that a write is chosen, and a region later
 * still of what the other one writes: neither needs a fault. A region whose leader's clock is ahead wins over writes that
 * came later in the other one.
 */
export function breaks({ config, faults }: Conditions): ConsistencyModel[] {
  const { consistency, tables } = settingsOf(config);
  const found: ConsistencyModel[] = [];
  if (consistency === "eventual") found.push("read-your-writes", "monotonic-reads");
  else if (tables === "global") found.push("sequential");
  if (tables === "global" && faults.has("clock")) found.push("durable");
  return found;
}
