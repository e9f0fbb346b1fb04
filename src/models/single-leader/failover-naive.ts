import type { Node } from "./node.ts";
import { nextEpochOf } from "./quorums.ts";
import { RANK_MS, SILENCE_MS } from "./settings.ts";

/**
 * Naive failover (Kleppmann, "Designing Data-Intensive Applications", ch. 5, "Leader failure: Failover"): a follower
 * takes silence for death and promotes itself. Lower ranks are quicker, so usually one does it first; nothing makes sure.
 */
export const naiveSilenceMs = ({ env }: Node): number => SILENCE_MS + RANK_MS * env.nodes.indexOf(env.id);

/** Enters an epoch of the node's own, in which it leads from now on. Nobody is asked. */
export function promoteSelf(node: Node): void {
  node.enterEpoch(nextEpochOf(node.env.id, node.epoch, node.env.nodes));
}
