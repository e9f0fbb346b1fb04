import type { NodeId } from "../../core/operation.ts";
import type { Append } from "./messages.ts";
import type { Node } from "./node.ts";

/**
 * A follower's side of replication, for an append that its epoch allows: check that the entries follow what is there,
 * take them over, have them on disk, then acknowledge (Raft §5.3; Kleppmann, "Designing Data-Intensive Applications",
 * ch. 5, "Leaders and Followers").
 */
export function followAppend(node: Node, from: NodeId, message: Append): void {
  const { log } = node;
  const { epoch, after, afterEpoch, entries, round } = message;
  if (node.settings.bug === "skip-lost-entry") fillGap(node, message);
  if (log.epochAt(after) !== afterEpoch) {
    node.send(from, { type: "mismatch", epoch, round, log: log.shape() });
    return;
  }
  if (node.takeOver(after, entries)) node.env.disk.sync();
  const index = after + entries.length;
  node.show(settledBy(node, message, index));
  node.send(from, { type: "ack", epoch, index, round });
}

/**
 * How far the copy may show the log, which up to `index` agrees with the leader's log. Nothing more while the log ends in an
 * earlier epoch: entries of a deposed leader are settled only once an entry of the current one stands behind them
 * (Raft §5.4.2). With that, all that a follower shows under `semi-sync` is on two disks and can never be discarded. Under
 * `sync` it may be on fewer disks than it must be on, so reads of a consistent prefix wait for the leader's word.
 */
function settledBy({ settings, log }: Node, { epoch, committed }: Append, index: number): number {
  if (settings.reads === "consistent-prefix") return Math.min(index, committed);
  return settings.failover === "none" || log.epochAt(index) === epoch ? index : 0;
}

/** The bug `skip-lost-entry`: what is missing before `after` counts as empty. */
function fillGap(node: Node, { after, afterEpoch }: Append): void {
  while (node.log.length < after) node.append({ epoch: afterEpoch, op: null });
}
