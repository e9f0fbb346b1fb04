import { CONSISTENCY_MODELS, type ConsistencyModel, weakest } from "../../core/consistency.ts";
import type { Conditions } from "../../core/model.ts";
import { overlaps, settingsOf } from "./settings.ts";

/**
 * The strongest models that hold, whatever faults strike:
 *
 * - Copies of a key are merged by an operation that is commutative, associative and idempotent, and Merkle trees bring every
 *   version that a home has to all others; hints are kept until their home has them: `eventual`.
 * - `abd` (Attiya, Bar-Noy & Dolev 1995; several writers: Lynch & Shvartsman 1997): W copies have a version before a read
 *   of it or its write returns, and whoever asks R copies later meets one of them. So stamps put all operations in an order
 *   that agrees with real time: `linearizable`.
 * - `siblings` with quorums that overlap: a write knows of all that was acknowledged before it, and of all that its session
 *   had read or written, so none of that can come back over it (`durable`, `monotonic-writes`); and each read meets the
 *   session's last write, or what overwrote it (`read-your-writes`). In a set of elements the same goes for the sets that
 *   the siblings are made of.
 *
 * Where quorums do not overlap `siblings` lose no element of a set either: it is in every sibling whose writer knew of it.
 * But of other siblings a read shows only one, and a write may be concurrent to an earlier one that its quorum did not meet:
 * so `durable` is no promise there.
 */
export function holds({ config }: Conditions): ConsistencyModel[] {
  const settings = settingsOf(config);
  if (settings.writeBack === "abd") return ["linearizable", "eventual"];
  if (settings.versions === "siblings" && overlaps(settings))
    return ["read-your-writes", "monotonic-writes", "eventual", "durable"];
  return ["eventual"];
}

/**
 * The weakest models that are seen to break, as measured with the workload `sessions` on five nodes:
 *
 * - Quorums that do not overlap, be it by R + W ≤ N or because others stand in, miss what the session has just written
 *   (`read-your-writes`) or read (`monotonic-reads`).
 * - A write that has reached some copies only is seen by one read and not by the next (`monotonic-reads`), so quorums that
 *   overlap are not enough for linearizability. If a read asks one copy that is often so; with majorities it needs a
 *   partition that ends at the wrong moment, and a reader that stands in the gap: too rare to be demanded.
 * - On skewed clocks the last write by the wall clock need not be the last one: it is acknowledged and lost (`durable`),
 *   also over what its session had read and written before (`causal-cc`, `pram`).
 */
export function breaks({ config, faults }: Conditions): ConsistencyModel[] {
  const settings = settingsOf(config);
  const { versions, writeBack, n, r } = settings;
  if (writeBack === "abd") return [];
  const found = new Set<ConsistencyModel>();
  // A read that asks all misses little, even if some of them only stand in.
  if (faults.has("partition") && r < n && !overlaps(settings)) found.add("read-your-writes").add("monotonic-reads");
  if (faults.has("partition") && r === 1) found.add("monotonic-reads");
  if (faults.has("clock") && versions === "lww") found.add("pram").add("causal-cc").add("durable");
  return weakest(CONSISTENCY_MODELS.filter((model) => found.has(model)));
}
