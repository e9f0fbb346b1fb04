import type { NodeId } from "../../core/operation.ts";
import type { Prepare, Promised } from "./messages.ts";
import type { Node } from "./node.ts";
import { agreement, moreUpToDate } from "./positions.ts";
import { nextEpochOf } from "./quorums.ts";
import { SILENCE_MS } from "./settings.ts";

/** Randomised, so that two candidates do not go on thwarting each other (Raft §5.2). */
export const fencedSilenceMs = ({ env }: Node): number => SILENCE_MS * (1 + env.random());

/** Answers a candidate of a later epoch, with what it lacks. The promise is on disk before the answer leaves. */
export function promise(node: Node, from: NodeId, { epoch, log }: Prepare): void {
  node.enterEpoch(epoch);
  const ahead = moreUpToDate(node.log, log);
  const after = agreement(node.log, log);
  const entries = ahead ? node.log.after(after) : [];
  node.send(from, { type: "promise", epoch, log: node.log.shape(), after, entries });
}

/**
 * A node that wants to lead an epoch of its own: phase 1 of Paxos for the whole log (Lamport, "The Part-Time
 * Parliament", TOCS 1998, §3.1), with the quorum of `electionQuorum`.
 */
export class Candidacy {
  readonly #node: Node;
  readonly #epoch: number;
  readonly #promises = new Map<NodeId, Promised>();

  constructor(node: Node) {
    this.#node = node;
    node.enterEpoch(nextEpochOf(node.env.id, node.epoch, node.env.nodes));
    this.#epoch = node.epoch;
    node.broadcast({ type: "prepare", epoch: this.#epoch, log: node.log.shape() });
  }

  get won(): boolean {
    return this.#promises.size + 1 >= this.#node.quorum;
  }

  onPromise(from: NodeId, message: Promised): void {
    if (message.epoch === this.#epoch) this.#promises.set(from, message);
  }

  /** Takes over the most up-to-date log among those who promised, the candidate's own included. */
  adoptBestLog(): void {
    if (this.#node.settings.bug === "elect-stale-follower") return;
    let best: Promised | undefined;
    for (const candidate of this.#promises.values())
      if (moreUpToDate(candidate.log, best?.log ?? this.#node.log)) best = candidate;
    if (best !== undefined && this.#node.takeOver(best.after, best.entries)) this.#node.env.disk.sync();
  }
}
