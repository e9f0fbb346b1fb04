import type { NodeId } from "../../core/operation.ts";
import { majorityOf } from "../shared/majority.ts";
import type { Replication, Settings } from "./settings.ts";

/** How many disks must hold a write before it is acknowledged, the leader's included. */
export function copiesNeeded(replication: Replication, nodes: number): number {
  switch (replication) {
    case "async":
      return 1;
    case "semi-sync":
      return Math.min(2, nodes);
    case "sync":
      return nodes;
  }
}

/**
 * How many nodes must promise before a candidate leads under fenced failover, itself included.
 *
 * Howard, Malkhi & Spiegelman, "Flexible Paxos" (OPODIS 2016), §4: only the quorums of different phases need to meet.
 * With `copies` disks per acknowledged write, any `n - copies + 1` nodes include one that has it, and leave the old
 * leader at most `copies - 1`, too few to acknowledge anything more. For `sync` that is a single node: each has all.
 * For `async` it would be every node, and no failure could be survived; a majority must do, which may miss writes that
 * only the old leader had. That is the price of asynchronous replication.
 */
export function electionQuorum(replication: Replication, nodes: number): number {
  return replication === "async" ? majorityOf(nodes) : nodes - copiesNeeded(replication, nodes) + 1;
}

/** True if no acknowledged write can be lost. Under `sync` every node has it, so even a rash successor has. */
export const isLossless = ({ replication, failover }: Pick<Settings, "replication" | "failover">): boolean =>
  failover === "none" || replication === "sync" || (replication === "semi-sync" && failover === "fenced");

/** The only node that may lead in this epoch, so that an epoch never has two leaders. Epochs count from 1. */
export function ownerOf(epoch: number, nodes: readonly NodeId[]): NodeId {
  const owner = nodes[(epoch - 1) % nodes.length];
  if (owner === undefined) throw new RangeError(`epoch ${epoch} has no owner: epochs count from 1`);
  return owner;
}

/** The first epoch after `epoch` that `node` owns. */
export function nextEpochOf(node: NodeId, epoch: number, nodes: readonly NodeId[]): number {
  let next = epoch + 1;
  while (ownerOf(next, nodes) !== node) next++;
  return next;
}
