import type { NodeId, Outcome } from "../../core/operation.ts";
import type { Request } from "../../core/replica.ts";
import { LagMeter } from "./lag.ts";
import type { Ack, Mismatch } from "./messages.ts";
import type { Node } from "./node.ts";
import { agreement, lastEpoch } from "./positions.ts";
import { isLossless } from "./quorums.ts";
import { BATCH, HEARTBEAT_MS } from "./settings.ts";

export const HEARTBEAT_TIMER = "heartbeat";
export const FLUSH_TIMER = "flush";
/** The bug `ack-before-disk`: how long writes wait for the disk. */
const FLUSH_MS = 1000;

/** What the leader knows of one follower. */
interface Progress {
  /** Its disk holds the leader's log up to here; `undefined` until it has answered. */
  match: number | undefined;
  /** The entries up to here were sent, on the assumption that they arrive. */
  sent: number;
  /** The latest round that it has answered. */
  round: number;
  /** Entries by which it was behind when that was last told. */
  lag: number;
}

/**
 * A node's time in office, for one epoch: writes go into its log, then to the followers, and are acknowledged once
 * enough disks have them. The copy shows a write from then on (PostgreSQL's synchronous commit does the same), so a
 * read from the leader never sees what is not acknowledged.
 */
export class Leadership {
  readonly #node: Node;
  readonly #epoch: number;
  readonly #followers = new Map<NodeId, Progress>();
  readonly #writes = new Map<number, Request>();
  /** Reads wait until this much is acknowledged: what earlier leaders may have acknowledged. */
  readonly #barrier: number;
  readonly #lag: LagMeter;
  #committed = 0;
  #round = 0;
  #syncing = false;

  constructor(node: Node) {
    this.#node = node;
    this.#epoch = node.epoch;
    const { log, env } = node;
    node.leader = env.id;
    // A first entry of its own lets the leader settle those before it (Raft §8), and followers drop what it lacks.
    if (this.#epoch > 1 && lastEpoch(log) !== this.#epoch) {
      node.append({ epoch: this.#epoch, op: null });
      env.disk.sync();
    }
    this.#barrier = node.settings.failover === "none" ? 0 : log.length;
    this.#lag = new LagMeter(env, log.length);
    for (const peer of env.peers) this.#followers.set(peer, { match: undefined, sent: log.length, round: 0, lag: 0 });
    env.trace("leader", { term: this.#epoch, ...log.shape() });
    this.#advance();
    this.onHeartbeat();
  }

  onWrite(request: Request): void {
    const { log, env, settings } = this.#node;
    const { f, key, input } = request.op;
    this.#node.append({ epoch: this.#epoch, op: key === undefined ? { f, input } : { f, key, input } });
    this.#lag.wrote();
    this.#writes.set(log.length, request);
    if (settings.bug === "ack-before-disk") this.#syncLater();
    else env.disk.sync();
    for (const [peer, progress] of this.#followers) this.#send(peer, progress);
    this.#advance();
  }

  /**
   * A read of all that is acknowledged. Under fenced failover the leader first asks whether it still leads: answers from
   * `copies` nodes, itself included, that are given after the read began, prove that no other leader had been elected
   * when it began (Raft §8; Ongaro's thesis, 2014, §6.4).
   */
  onRead(request: Request): void {
    const { settings, copies, reads } = this.#node;
    const ask = settings.failover === "fenced" && copies > 1 && settings.bug !== "unconfirmed-read";
    const round = ask ? ++this.#round : 0;
    if (ask) for (const [peer, progress] of this.#followers) this.#send(peer, progress);
    reads.add(request, () => this.#committed >= this.#barrier && this.#confirmed(round));
  }

  onAck(from: NodeId, { epoch, index, round }: Ack): void {
    if (epoch === this.#epoch) this.#learn(from, index, round);
  }

  onMismatch(from: NodeId, { epoch, log, round }: Mismatch): void {
    const progress = this.#followers.get(from);
    if (epoch !== this.#epoch || progress === undefined) return;
    const index = agreement(this.#node.log, log);
    // Start again from where the logs agree. A message that is older than what is known is no reason to send again.
    if (index >= (progress.match ?? 0)) progress.sent = index;
    this.#learn(from, index, round);
  }

  onHeartbeat(): void {
    for (const [peer, progress] of this.#followers) {
      progress.sent = progress.match ?? progress.sent;
      this.#send(peer, progress);
      this.#traceLag(peer, progress);
    }
    this.#node.env.setTimer(HEARTBEAT_TIMER, HEARTBEAT_MS);
  }

  /** The bug `ack-before-disk`: forces to disk what was acknowledged long ago. */
  onFlush(): void {
    this.#syncing = false;
    this.#node.env.disk.sync();
  }

  /** Leaves office. Writes that were not acknowledged may have reached others, and may yet survive. */
  resign(): void {
    const { env, reads, settings } = this.#node;
    env.clearTimer(HEARTBEAT_TIMER);
    env.trace("follower", { term: this.#node.epoch });
    const error = { name: "crash", text: "the leader was deposed before it could acknowledge the write" };
    const outcome: Outcome =
      settings.bug === "fail-in-doubt" ? { type: "fail", error: { ...error, name: "abort" } } : { type: "info", error };
    for (const request of this.#writes.values()) env.reply(request, { outcome });
    reads.refuseAll();
  }

  #learn(from: NodeId, index: number, round: number): void {
    const progress = this.#followers.get(from);
    if (progress === undefined) return;
    progress.match = Math.max(progress.match ?? 0, index);
    progress.sent = Math.max(progress.sent, progress.match);
    progress.round = Math.max(progress.round, round);
    if (progress.sent < this.#node.log.length) this.#send(from, progress);
    this.#advance();
    // An answer alone may be what a read waited for.
    this.#node.reads.flush();
  }

  #send(to: NodeId, progress: Progress): void {
    const { log } = this.#node;
    const after = progress.sent;
    // Until the follower has answered, only ask where the logs agree.
    const entries = progress.match === undefined ? [] : log.after(after, BATCH);
    progress.sent += entries.length;
    const afterEpoch = log.epochAt(after) ?? 0;
    const message = { epoch: this.#epoch, after, afterEpoch, entries, committed: this.#committed, round: this.#round };
    this.#node.send(to, { type: "append", ...message });
  }

  /** Tells how far a follower is behind: `lag {follower, entries, ms}`, and once more when it no longer is. */
  #traceLag(follower: NodeId, progress: Progress): void {
    if (progress.match === undefined) return;
    const { entries, ms } = this.#lag.after(progress.match);
    if (entries > 0 || progress.lag > 0) this.#node.env.trace("lag", { follower, entries, ms });
    progress.lag = entries;
  }

  /** Acknowledges what enough disks hold, if it ends in this epoch (Raft §5.4.2). */
  #advance(): void {
    const { log, copy, copies, env, reads, settings } = this.#node;
    const stored = [log.length, ...[...this.#followers.values()].map(({ match }) => match ?? 0)].sort((a, b) => b - a);
    const index = stored[copies - 1] ?? 0;
    if (index <= this.#committed || log.epochAt(index) !== this.#epoch) return;
    this.#committed = index;
    if (isLossless(settings)) env.trace("acknowledge", { epoch: this.#epoch, index });
    copy.advance(log, index, (at, outcome) => {
      const request = this.#writes.get(at);
      if (request === undefined) return;
      this.#writes.delete(at);
      env.reply(request, { outcome, context: { position: [this.#epoch, at] } });
    });
    reads.flush();
  }

  /** The bug `ack-before-disk`. */
  #syncLater(): void {
    if (this.#syncing) return;
    this.#syncing = true;
    this.#node.env.setTimer(FLUSH_TIMER, FLUSH_MS);
  }

  #confirmed(round: number): boolean {
    if (round === 0) return true;
    const answers = [...this.#followers.values()].filter((progress) => progress.round >= round).length;
    return answers + 1 >= this.#node.copies;
  }
}
