import { CONSISTENCY_MODELS, type ConsistencyModel, weakest } from "../../core/consistency.ts";
import type { Conditions } from "../../core/model.ts";
import { type Settings, settingsOf } from "./settings.ts";

/**
 * What a session sees, where what a node shows of an object never goes back and a change keeps or overwrites all that its
 * session saw of it. In a ring or a star nodes get writes in an order of causes, so that it is `causal-ccv`. All-to-all a write
 * of another object may come before its cause; but each node gets the writes of each other one in order.
 */
const seen = ({ topology }: Settings): ConsistencyModel[] =>
  topology === "all-to-all" ? ["read-your-writes", "monotonic-reads", "monotonic-writes"] : ["causal-ccv"];

/**
 * The strongest models that hold, whatever faults strike, for registers and for sets:
 *
 * - Every write gets to every node in the end, and equal writes make equal copies: `eventual`.
 * - Wall clocks (`lww`) may put a session's second write before its first; what is shown of concurrent writes may change for
 *   an older one (`fww`); and both drop elements that were added concurrently. Nothing else is left.
 * - `union`, `version-vectors`, `crdt`: logical stamps agree with causes and what is shown has the latest of all that the
 *   node has, sets only grow: `seen`. In the first two a write only overwrites what was acknowledged before it was called, or
 *   concurrently with it, and the closing reads find all that is not overwritten: `durable`.
 * - `merge`: what is shown was written by someone and not overwritten by anything in its reader's past, but the higher bid
 *   may be overwritten by a lower one, and an older one be shown again: `causal-cc` without `monotonic-reads`.
 * - `on-write`: a write is shown once all nodes have it. What it was made after was shown before, so they have that too, and
 *   can show it no later, in every topology. Those of an object are made one after the other (`causal-ccv`), so what a node
 *   shows in turn is the order that each of its sessions sees (`causal-cm`). What is acknowledged is committed on every
 *   node: `durable`.
 */
export function holds({ config }: Conditions): ConsistencyModel[] {
  const settings = settingsOf(config);
  switch (settings.conflicts) {
    case "lww":
    case "fww":
      return ["eventual"];
    case "union":
    case "version-vectors":
      return [...seen(settings), "eventual", "durable"];
    case "crdt":
      return [...seen(settings), "eventual"];
    case "merge":
      return settings.topology === "all-to-all"
        ? ["read-your-writes", "monotonic-writes", "eventual"]
        : ["causal-cc", "eventual"];
    case "on-write":
      return ["causal-ccv", "causal-cm", "eventual", "durable"];
  }
}

/**
 * The weakest models that are seen to break, as measured with registers; sets that lose elements (`lww`, `fww`) break all
 * session guarantees as well. Leaders that a partition keeps apart go on by themselves, so that no order of all
 * operations explains what they show; and when they meet again, it is not the last write that wins, but one with another
 * stamp. Clocks that differ do that to `lww` without any partition, even to a write that its session made over what it had
 * read. Where all nodes must agree, one that a partition keeps from hearing of that shows old values.
 *
 * All-to-all, effects are seen before their causes as well (`causal-cc`; with version vectors in one set `writes-follow-reads`,
 * since an element may stand alone). But registers show it in one run of ten only, so it is not demanded.
 */
export function breaks({ config, faults }: Conditions): ConsistencyModel[] {
  const { conflicts } = settingsOf(config);
  const found = new Set<ConsistencyModel>();
  if (conflicts === "lww" && faults.has("clock"))
    for (const model of ["causal-cc", "durable"] as const) found.add(model);
  if (faults.has("partition")) {
    found.add(conflicts === "on-write" ? "linearizable" : "sequential");
    if (conflicts === "fww" || conflicts === "crdt") found.add("durable");
  }
  return weakest(CONSISTENCY_MODELS.filter((model) => found.has(model)));
}
