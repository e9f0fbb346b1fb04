import type { NodeId } from "../../core/operation.ts";
import type { Env, Request } from "../../core/replica.ts";
import { WaitingRequests } from "../shared/waiting.ts";
import { Copy } from "./copy.ts";
import { type Entry, ReplicationLog, takeOver } from "./log.ts";
import type { PeerMessage } from "./messages.ts";
import { lastEpoch, type Position } from "./positions.ts";
import { copiesNeeded, electionQuorum } from "./quorums.ts";
import { READS_TIMER, refusal } from "./reads.ts";
import { READ_WAIT_MS, type Settings } from "./settings.ts";

const EPOCH = "epoch";

/** What a node has and knows, whatever part it plays. */
export class Node {
  readonly env: Env;
  readonly settings: Settings;
  readonly log: ReplicationLog;
  readonly copy = new Copy();
  readonly reads: WaitingRequests;
  /** Disks that must hold a write before it is acknowledged. */
  readonly copies: number;
  /** Promises that make a leader under fenced failover. */
  readonly quorum: number;
  /** True on a disk that nothing was ever written to. */
  readonly fresh: boolean;
  /** The node that this one believes to lead. */
  leader: NodeId | undefined;
  /**
   * True after a restart where failover is possible, until a leader has confirmed some of the log: what the copy may
   * show is unknown, because the end of the log may have been discarded elsewhere.
   */
  recovering: boolean;
  #epoch: number;

  constructor(env: Env, settings: Settings) {
    this.env = env;
    this.settings = settings;
    this.log = new ReplicationLog(env.disk);
    this.copies = copiesNeeded(settings.replication, env.nodes.length);
    this.quorum = electionQuorum(settings.replication, env.nodes.length);
    // A crash may leave an entry of an epoch without the record that the node has entered it.
    this.#epoch = Math.max((env.disk.read(EPOCH) as number | undefined) ?? 0, lastEpoch(this.log));
    this.fresh = this.#epoch === 0;
    if (this.fresh) this.enterEpoch(1);
    this.recovering = !this.fresh && settings.failover !== "none";
    if (settings.failover === "none") this.copy.advance(this.log, this.log.length);
    this.reads = new WaitingRequests(env, {
      timer: READS_TIMER,
      waitMs: READ_WAIT_MS,
      answer: (request) => this.answer(request),
      refusal: () => refusal(this.leader),
    });
  }

  /** The latest epoch that this node knows of; it accepts nothing older. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Moves on to a later epoch, which is a promise, so it is on disk before anything leaves. */
  enterEpoch(epoch: number): void {
    if (epoch <= this.#epoch) return;
    this.#epoch = epoch;
    this.env.disk.write(EPOCH, epoch);
    this.env.disk.sync();
  }

  send(to: NodeId, message: PeerMessage): void {
    this.env.send(to, message);
  }

  broadcast(message: PeerMessage): void {
    for (const peer of this.env.peers) this.send(peer, message);
  }

  /** Takes entries over into the log, see `takeOver`; the copy forgets what is discarded. */
  takeOver(after: number, entries: readonly Entry[]): boolean {
    return takeOver(this.log, after, entries, (length) => this.copy.rollBack(this.log, length));
  }

  /** True if the copy reflects this very entry, not just as many entries. */
  shows([epoch, index]: Position): boolean {
    return this.copy.applied >= index && this.log.epochAt(index) === epoch;
  }

  /** Answers a read from the copy. */
  answer(request: Request): void {
    this.env.reply(request, { outcome: this.copy.read(request.op) });
  }

  refuse(request: Request): void {
    this.env.reply(request, refusal(this.leader));
  }
}
