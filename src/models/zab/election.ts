import type { NodeId } from "../../core/operation.ts";
import type { Notification, Vote } from "./messages.ts";
import type { Node } from "./node.ts";
import { FINALIZE_MS } from "./settings.ts";
import { compareZxids } from "./zxid.ts";

export const FINALIZE_TIMER = "finalize";

/** Positive if `a` is the better vote: the later epoch, then the later history, then the higher id. */
export const compareVotes = (nodes: readonly NodeId[], a: Vote, b: Vote): number =>
  a.epoch - b.epoch || compareZxids(a.zxid, b.zxid) || nodes.indexOf(a.leader) - nodes.indexOf(b.leader);

/**
 * A server that looks for a leader (FastLeaderElection: Medeiros 2012, §4.1). Everyone tells the best vote it has heard of
 * until a quorum tells the same; no safety rests on it. A server that works already says for whom, and is joined.
 */
export class Election {
  readonly #node: Node;
  readonly #decide: (leader: NodeId) => void;
  #round: number;
  #vote: Vote;
  readonly #votes = new Map<NodeId, Vote>();
  readonly #working = new Map<NodeId, Notification>();
  #finalizing = false;

  constructor(node: Node, round: number, decide: (leader: NodeId) => void) {
    this.#node = node;
    this.#round = round;
    this.#decide = decide;
    this.#vote = node.ownVote;
    this.#votes.set(node.env.id, this.#vote);
    this.#tellAll();
    this.#count();
  }

  get round(): number {
    return this.#round;
  }

  get notification(): Notification {
    return { type: "notification", round: this.#round, vote: this.#vote, state: "looking" };
  }

  onTick(): void {
    this.#tellAll();
  }

  onNotification(from: NodeId, told: Notification): void {
    if (told.state !== "looking") {
      this.#working.set(from, told);
      this.#join(told.vote.leader);
      return;
    }
    this.#working.delete(from);
    if (told.round < this.#round) {
      this.#node.send(from, this.notification);
      return;
    }
    if (told.round > this.#round) {
      this.#round = told.round;
      this.#votes.clear();
      this.#take(this.#isBetter(told.vote, this.#node.ownVote) ? told.vote : this.#node.ownVote);
    } else if (this.#isBetter(told.vote, this.#vote)) this.#take(told.vote);
    this.#votes.set(from, told.vote);
    this.#count();
  }

  /** No better vote came in time. */
  onFinalize(): void {
    this.#finalizing = false;
    if (this.#supporters() >= this.#node.quorum) this.#decide(this.#vote.leader);
  }

  #isBetter(a: Vote, b: Vote): boolean {
    const { env, settings } = this.#node;
    if (settings.bug === "elected-by-id") return env.nodes.indexOf(a.leader) > env.nodes.indexOf(b.leader);
    return compareVotes(env.nodes, a, b) > 0;
  }

  #take(vote: Vote): void {
    this.#vote = vote;
    this.#votes.set(this.#node.env.id, vote);
    this.#node.env.clearTimer(FINALIZE_TIMER);
    this.#finalizing = false;
    this.#tellAll();
  }

  #supporters(): number {
    return [...this.#votes.values()].filter(
      ({ leader, epoch, zxid }) =>
        leader === this.#vote.leader && epoch === this.#vote.epoch && compareZxids(zxid, this.#vote.zxid) === 0,
    ).length;
  }

  #count(): void {
    if (this.#finalizing || this.#supporters() < this.#node.quorum) return;
    this.#finalizing = true;
    this.#node.env.setTimer(FINALIZE_TIMER, FINALIZE_MS);
  }

  /** Joins a leader that says so itself, if that makes a quorum with its followers. */
  #join(leader: NodeId): void {
    const followers = [...this.#working.values()].filter(({ vote }) => vote.leader === leader).length;
    if (this.#working.get(leader)?.state === "leading" && followers + 1 >= this.#node.quorum) this.#decide(leader);
  }

  #tellAll(): void {
    for (const peer of this.#node.env.peers) this.#node.send(peer, this.notification);
  }
}
