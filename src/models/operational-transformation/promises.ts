import type { ConsistencyModel } from "../../core/consistency.ts";
import type { Conditions } from "../../core/model.ts";
import { settingsOf } from "./settings.ts";

/**
 * The strongest models that hold, whatever faults strike:
 *
 * - Whoever has all revisions and got back all own edits shows the server's text (the argument is at `rebase`), and both are
 *   sent until they have arrived: `eventual`.
 * - An edit is on its site's disk before it is acknowledged, and becomes a revision exactly once, for it keeps its number
 *   until it has: `durable`.
 * - A site's copy is the first so many revisions and its own edits. A site sends its edits in order, on top of the revisions
 *   that it had, so every edit comes behind all that its user saw; and whoever sees it has all revisions before it, of every
 *   document. All order concurrent edits as the server does. So of who stays at one site it is `causal-ccv`; and as an edit once
 *   seen stays seen while others come in that one order, also `causal-cm`. Both are about which edits are seen. Of positions
 *   there is no order of untransformed edits that would explain them.
 *
 * - A site answers from its own copy and disk, and waits for nobody: `available`, unless its disk stalls.
 *
 * Who roams may come to a copy that has less, or to a site that is frozen while the own one runs.
 */
export const holds = ({ config, faults }: Conditions): ConsistencyModel[] =>
  settingsOf(config).sessions === "roaming"
    ? ["eventual", "durable"]
    : ["causal-ccv", "causal-cm", "eventual", "durable", ...(faults.has("disk") ? [] : ["available" as const])];

/**
 * The weakest models that are seen to break. Nobody waits for the others, so there are always stale reads; sites that a partition
 * keeps apart go on by themselves.
 */
export const breaks = ({ config, faults }: Conditions): ConsistencyModel[] => {
  if (!faults.has("partition")) return ["linearizable"];
  return settingsOf(config).sessions === "roaming"
    ? ["read-your-writes", "monotonic-reads", "monotonic-writes", "writes-follow-reads"]
    : ["sequential"];
};
