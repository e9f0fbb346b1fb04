import type { NodeId } from "../../core/operation.ts";
import type { Env, Request } from "../../core/replica.ts";
import { WaitingRequests } from "../shared/waiting.ts";
import { Copy } from "./copy.ts";
import { type Entry, ReplicationLog, takeOver } from "./log.ts";
import type { PeerMessage } from "./messages.ts";
import { lastEpoch, type Position } from "./positions.ts";
import { copiesNeeded, electionQuorum } from "./quorums.ts";
import { READS_TIMER, refusal } from "./reads.ts";
import { READ_WAIT_MS, type Settings, STREAMS } from "./settings.ts";
import { Streams } from "./streams.ts";

const EPOCH = "epoch";

/** True if what copies show is always some prefix of the log that will stay. */
const isGapless = ({ reads }: Settings): boolean => reads === "consistent-prefix";

/** What a node has and knows, whatever part it plays. */
export class Node {
  readonly env: Env;
  readonly settings: Settings;
  readonly log: ReplicationLog;
  readonly copy: Copy;
  /** Where entries are applied by key: what sets the pace. */
  readonly streams: Streams | undefined;
  readonly reads: WaitingRequests;
  /** Disks that must hold a write before it is acknowledged. */
  readonly copies: number;
  /** Promises that make a leader under fenced failover. */
  readonly quorum: number;
  /** True on a disk that nothing was ever written to. */
  readonly fresh: boolean;
  /** The node that this one believes to lead. */
  leader: NodeId | undefined;
  /** Before the copy has come this far it shows less than it did before a restart. */
  #recoverTo = 0;
  #epoch: number;

  constructor(env: Env, settings: Settings) {
    this.env = env;
    this.settings = settings;
    this.log = new ReplicationLog(env.disk);
    // A copy without gaps is applied in the log's order, however the work is shared out.
    const hasGaps = settings.apply === "by-key" && (!isGapless(settings) || settings.bug === "gaps-shown");
    this.copy = new Copy(hasGaps ? STREAMS : 1);
    if (settings.apply === "by-key")
      this.streams = new Streams(env, this.log, (done) => {
        this.copy.advance(this.log, Math.min(...done));
        if (hasGaps) for (const [stream, index] of done.entries()) this.copy.advanceStream(this.log, stream, index);
        this.reads.flush();
      });
    this.copies = copiesNeeded(settings.replication, env.nodes.length);
    this.quorum = electionQuorum(settings.replication, env.nodes.length);
    // A crash may leave an entry of an epoch without the record that the node has entered it.
    this.#epoch = Math.max((env.disk.read(EPOCH) as number | undefined) ?? 0, lastEpoch(this.log));
    this.fresh = this.#epoch === 0;
    if (this.fresh) this.enterEpoch(1);
    if (settings.failover === "none") this.copy.advance(this.log, this.log.length);
    else this.#recoverTo = this.log.length;
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

  /**
   * True after a restart where failover is possible, until leaders have confirmed the log: its end may have been discarded
   * elsewhere, and what comes before may be less than the copy has shown.
   */
  get recovering(): boolean {
    return this.copy.applied < this.#recoverTo;
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

  /** Puts an entry at the end of the log. */
  append(entry: Entry): void {
    this.log.append(entry);
    this.#traceEntries(this.log.length - 1, [entry]);
  }

  /** Takes entries over into the log, see `takeOver`; the copy forgets what is discarded. */
  takeOver(after: number, entries: readonly Entry[]): boolean {
    const changed = takeOver(this.log, after, entries, (length) => {
      this.copy.rollBack(this.log, length);
      this.streams?.rollBack(length);
      this.#recoverTo = Math.min(this.#recoverTo, length);
    });
    if (changed) this.#traceEntries(after, entries);
    return changed;
  }

  /** A follower's copy may show the log up to `index`, and does so at its pace. */
  show(index: number): void {
    if (this.streams === undefined) this.copy.advance(this.log, index);
    else this.streams.advance(index, this.copy.applied);
    this.reads.flush();
  }

  /** True if the copy reflects this very entry, not just as many entries. */
  shows([epoch, index]: Position): boolean {
    return this.copy.applied >= index && this.log.epochAt(index) === epoch;
  }

  /** Answers a read from the copy, and where sessions keep count tells how far that is. */
  answer(request: Request): void {
    const outcome = this.copy.read(request.op);
    const { applied } = this.copy;
    const position: Position = [this.log.epochAt(applied) ?? 0, applied];
    this.env.reply(request, isGapless(this.settings) ? { outcome, context: { position } } : { outcome });
  }

  refuse(request: Request): void {
    this.env.reply(request, refusal(this.leader));
  }

  #traceEntries(after: number, entries: readonly Entry[]): void {
    this.env.trace("append", { after, afterEpoch: this.log.epochAt(after) ?? 0, entries });
  }
}
