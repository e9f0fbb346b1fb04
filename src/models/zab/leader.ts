import type { NodeId } from "../../core/operation.ts";
import type { LoggedOp } from "../shared/exactly-once.ts";
import { apply, type Contents, isRead } from "../shared/key-value.ts";
import type { Origin, ToFollower, ToLeader, Transaction } from "./messages.ts";
import { type Node, traceOf } from "./node.ts";
import type { Channel, Service } from "./service.ts";
import { BATCH, INIT_MS, LEADER_PATIENCE_TICKS } from "./settings.ts";
import { compareZxids, type Zxid } from "./zxid.ts";

/** What the leader knows of one connected follower. */
interface Learner {
  readonly connection: number;
  readonly accepted: number;
  heardTick: number;
  /** Where it stood when it accepted the epoch. */
  stands: { readonly current: number; readonly zxid: Zxid; readonly counts: boolean } | undefined;
  /** It has taken the leader's history. */
  synchronised: boolean;
  /** So much of the leader's history is on its disk, and was sent to it. */
  acked: number;
  sent: number;
  /** So many of its requests were taken. */
  requests: number;
}

/** A server that was elected, through the phases of Junqueira et al. 2011, §4. `leave` is called when it gives up. */
export class Leader implements Channel {
  readonly connection: number;
  readonly #node: Node;
  readonly #service: Service;
  readonly #leave: () => void;
  readonly #learners = new Map<NodeId, Learner>();
  readonly #startedMs: number;
  #phase: "discovery" | "synchronisation" | "broadcast" = "discovery";
  #tick = 0;
  #epoch = 0;
  #counter = 0;
  #committed = 0;
  /** The state after all that was proposed: what requests are turned into changes of (Hunt et al. 2010, §4.1). */
  #outstanding: Contents = new Map();

  constructor(node: Node, service: Service, leave: () => void) {
    this.#node = node;
    this.#service = service;
    this.#leave = leave;
    this.connection = node.nextConnection();
    this.#startedMs = node.env.monoMs();
    this.#discover();
  }

  /** True if it leads a quorum. */
  get established(): boolean {
    return this.#phase === "broadcast";
  }

  onTick(): void {
    this.#tick++;
    const heard = this.#having(
      (learner) =>
        this.#tick - learner.heardTick <= LEADER_PATIENCE_TICKS &&
        (learner.synchronised || this.#phase !== "broadcast"),
    );
    const late = this.#phase !== "broadcast" && this.#node.env.monoMs() - this.#startedMs > INIT_MS;
    if (late || (this.#phase === "broadcast" && heard < this.#node.quorum)) {
      this.#leave();
      return;
    }
    for (const [peer, learner] of this.#learners) this.#remind(peer, learner);
  }

  onMessage(from: NodeId, message: ToLeader): void {
    if (message.type === "cepoch") {
      this.#onHello(from, message.connection, message.accepted);
      return;
    }
    const learner = this.#learners.get(from);
    if (learner?.connection !== message.connection || message.epoch !== this.#epoch) return;
    learner.heardTick = this.#tick;
    if (message.type === "ack-e") this.#onAckEpoch(from, learner, message);
    else if (message.type === "ack-ld") this.#onAckLeader(from, learner, message.zxid);
    else if (this.#phase !== "broadcast" || !learner.synchronised) return;
    else if (message.type === "ack") this.#onAck(learner, message.zxid);
    else if (message.type === "sync") this.#onSync(from, message.connection, message.number);
    else if (message.number === learner.requests + 1) {
      learner.requests++;
      this.#propose({ server: from, connection: message.connection, number: message.number }, message.op);
    }
  }

  submit(number: number, op: LoggedOp): void {
    this.#propose({ server: this.#node.env.id, connection: this.connection, number }, op);
  }

  sync(number: number): void {
    this.#service.onSynced(number, this.#node.history.last);
  }

  #onHello(from: NodeId, connection: number, accepted: number): void {
    const known = this.#learners.get(from);
    if (known !== undefined && connection <= known.connection) {
      if (connection === known.connection) this.#remind(from, known);
      return;
    }
    // Whoever promised itself to a later epoch can only follow in one that is later still.
    if (this.#phase !== "discovery" && accepted > this.#epoch) {
      this.#leave();
      return;
    }
    const learner: Learner = {
      connection,
      accepted,
      heardTick: this.#tick,
      stands: undefined,
      synchronised: false,
      acked: 0,
      sent: 0,
      requests: 0,
    };
    this.#learners.set(from, learner);
    if (this.#phase === "discovery") this.#discover();
    else this.#remind(from, learner);
  }

  /** Phase 1: an epoch later than all that a quorum has accepted. */
  #discover(): void {
    const node = this.#node;
    if (this.#having(() => true) < node.quorum) return;
    this.#epoch = Math.max(node.accepted, ...[...this.#learners.values()].map(({ accepted }) => accepted)) + 1;
    node.setEpochs(this.#epoch, node.current);
    node.env.disk.sync();
    this.#phase = "synchronisation";
    for (const [peer, learner] of this.#learners) this.#remind(peer, learner);
    this.#synchronise();
  }

  #onAckEpoch(from: NodeId, learner: Learner, { current, zxid, counts }: Extract<ToLeader, { type: "ack-e" }>): void {
    learner.stands ??= { current, zxid, counts };
    if (this.#node.current === this.#epoch) this.#remind(from, learner);
    else this.#synchronise();
  }

  /**
   * Phase 2: once a quorum has promised itself to the epoch, and none of it knows more than the leader, the leader's
   * history is the epoch's initial one.
   */
  #synchronise(): void {
    const node = this.#node;
    const standing = [...this.#learners.values()].flatMap(({ stands }) => (stands?.counts ? [stands] : []));
    if (this.#phase !== "synchronisation" || standing.length + 1 < node.quorum) return;
    const { last } = node.history;
    const isAhead = standing.some(
      ({ current, zxid }) => current > node.current || (current === node.current && compareZxids(zxid, last) > 0),
    );
    if (isAhead && node.settings.bug !== "elected-by-id") {
      this.#leave();
      return;
    }
    node.setEpochs(this.#epoch, this.#epoch);
    node.env.disk.sync();
    for (const [peer, learner] of this.#learners) this.#remind(peer, learner);
    this.#establish();
  }

  #onAckLeader(from: NodeId, learner: Learner, zxid: Zxid): void {
    if (learner.stands === undefined || this.#node.current !== this.#epoch) return;
    if (!learner.synchronised) {
      learner.synchronised = true;
      learner.acked = this.#node.history.upTo(zxid);
      learner.sent = learner.acked;
    }
    if (this.#phase === "synchronisation") this.#establish();
    else {
      this.#advance();
      this.#remind(from, learner);
    }
  }

  /** A quorum has taken the history: it is committed, and the primary may broadcast. */
  #establish(): void {
    const node = this.#node;
    if (this.#having(({ synchronised }) => synchronised) < node.quorum) return;
    this.#phase = "broadcast";
    node.env.trace("leader", { term: this.#epoch });
    this.#committed = node.history.length;
    node.applyTo(this.#committed);
    this.#outstanding = new Map(node.contents);
    this.#service.connect(this);
    for (const [peer, learner] of this.#learners) this.#remind(peer, learner);
  }

  /** Phase 3: a request becomes a transaction, which follows all that was proposed before. */
  #propose(origin: Origin, op: LoggedOp): void {
    const { history, env, settings } = this.#node;
    const outcome = apply(this.#outstanding, op);
    const { key = "" } = op;
    const change = outcome.type === "ok" && !isRead(op) ? { key, value: this.#outstanding.get(key) ?? null } : null;
    const result = isRead(op) ? { type: "ok" as const, value: null } : outcome;
    const transaction: Transaction = { zxid: [this.#epoch, ++this.#counter], origin, change, outcome: result };
    env.trace("broadcast", traceOf(transaction));
    history.append(transaction);
    if (settings.bug !== "ack-before-disk") env.disk.sync();
    for (const [peer, learner] of this.#learners) if (learner.synchronised) this.#sendProposals(peer, learner);
    if (settings.bug === "applied-when-proposed") this.#node.applyTo(history.length);
    this.#advance();
  }

  #onAck(learner: Learner, zxid: Zxid): void {
    learner.acked = Math.max(learner.acked, this.#node.history.upTo(zxid));
    learner.sent = Math.max(learner.sent, learner.acked);
    this.#advance();
  }

  /** ZooKeeper's shortcut: answered without asking whether anyone still follows. */
  #onSync(to: NodeId, connection: number, number: number): void {
    this.#send(to, { type: "synced", connection, epoch: this.#epoch, number, zxid: this.#node.history.last });
  }

  /** Commits what a quorum has on disk. */
  #advance(): void {
    const { history, quorum } = this.#node;
    const acked = [...this.#learners.values()].filter(({ synchronised }) => synchronised).map((one) => one.acked);
    const reached = [history.length, ...acked].sort((a, b) => b - a)[quorum - 1] ?? 0;
    if (reached > this.#committed) {
      this.#committed = reached;
      for (const [peer, learner] of this.#learners) if (learner.synchronised) this.#sendCommit(peer, learner);
      this.#node.applyTo(reached);
    }
    this.#service.flush();
  }

  /** Sends again what a follower has not answered yet. */
  #remind(peer: NodeId, learner: Learner): void {
    const { connection, stands } = learner;
    const { history, current } = this.#node;
    const epoch = this.#epoch;
    if (this.#phase === "discovery") return;
    if (stands === undefined) this.#send(peer, { type: "newepoch", connection, epoch });
    else if (!learner.synchronised) {
      if (current !== epoch) return;
      // The last that both have: what was proposed in an epoch is a prefix of the same, whoever has it.
      const common = history.upTo(stands.zxid);
      const transactions = history.after(common);
      this.#send(peer, { type: "newleader", connection, epoch, after: history.zxidAt(common), transactions });
    } else if (this.#phase === "broadcast") {
      learner.sent = learner.acked;
      this.#sendProposals(peer, learner);
      this.#sendCommit(peer, learner);
    }
  }

  #sendProposals(peer: NodeId, learner: Learner): void {
    const { history } = this.#node;
    const transactions = history.after(learner.sent, BATCH);
    if (transactions.length === 0) return;
    const after = history.zxidAt(learner.sent);
    learner.sent += transactions.length;
    this.#send(peer, { type: "propose", connection: learner.connection, epoch: this.#epoch, after, transactions });
  }

  #sendCommit(peer: NodeId, { connection, requests }: Learner): void {
    const zxid = this.#node.history.zxidAt(this.#committed);
    this.#send(peer, { type: "commit", connection, epoch: this.#epoch, zxid, requests });
  }

  /** Of how many servers, the leader included, this is true. */
  #having(is: (learner: Learner) => boolean): number {
    return 1 + [...this.#learners.values()].filter(is).length;
  }

  #send(to: NodeId, message: ToFollower): void {
    this.#node.send(to, message);
  }
}
