import type { NodeId } from "../../core/operation.ts";
import type { Standing } from "./messages.ts";
import type { Node } from "./node.ts";
import { type LogShape, moreUpToDate } from "./positions.ts";
import { nextEpochOf } from "./quorums.ts";
import { RANK_MS, SILENCE_MS, SURVEY_MS } from "./settings.ts";

export const SURVEY_TIMER = "survey";

/** Lower ranks are quicker, so usually one node sees to the succession; nothing makes sure. */
export const naiveSilenceMs = ({ env }: Node): number => SILENCE_MS + RANK_MS * env.nodes.indexOf(env.id);

/**
 * Naive failover (Kleppmann, "Designing Data-Intensive Applications", ch. 5, "Leader failure: Failover"): a follower takes
 * silence for death, asks whom it can reach how much they have, and picks the most up-to-date, as MySQL's MHA and Redis
 * Sentinel do by replication offset. Nobody promises anything: the old leader, and whoever cannot be reached, may go on.
 */
export class Survey {
  readonly #node: Node;
  readonly #answers = new Map<NodeId, LogShape>();

  constructor(node: Node) {
    this.#node = node;
    node.broadcast({ type: "survey", epoch: node.epoch });
    node.env.setTimer(SURVEY_TIMER, SURVEY_MS);
  }

  onStanding(from: NodeId, { epoch, log }: Standing): void {
    if (epoch === this.#node.epoch) this.#answers.set(from, log);
  }

  /** The node itself, unless one that answered is more up to date; of equals the lowest rank. */
  mostUpToDate(): NodeId {
    const { env, log } = this.#node;
    let best: { readonly node: NodeId; readonly log: LogShape } = { node: env.id, log };
    for (const node of env.peers) {
      const answer = this.#answers.get(node);
      if (answer !== undefined && moreUpToDate(answer, best.log)) best = { node, log: answer };
    }
    return best.node;
  }
}

/** Enters an epoch of the node's own after `epoch`, in which it leads from now on. */
export function promoteSelf(node: Node, epoch = node.epoch): void {
  node.enterEpoch(nextEpochOf(node.env.id, epoch, node.env.nodes));
}
