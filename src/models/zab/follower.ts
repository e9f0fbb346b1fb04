import type { NodeId } from "../../core/operation.ts";
import type { LoggedOp } from "../shared/exactly-once.ts";
import type { ToFollower, ToLeader, Transaction } from "./messages.ts";
import type { Node } from "./node.ts";
import type { Channel, Service } from "./service.ts";
import { BATCH, FOLLOWER_PATIENCE_MS, INIT_MS } from "./settings.ts";
import { compareZxids, type Zxid } from "./zxid.ts";

/** A server that follows a leader, through the phases of Junqueira et al. 2011, §4. `leave` is called when it must not any more. */
export class Follower implements Channel {
  readonly connection: number;
  readonly leader: NodeId;
  readonly #node: Node;
  readonly #service: Service;
  readonly #leave: () => void;
  #phase: "discovery" | "synchronisation" | "synchronised" | "broadcast" = "discovery";
  #epoch = 0;
  /** The epoch was first accepted on this connection. */
  #counts = false;
  #heardMs: number;
  /** Requests that the leader may not have yet. */
  #requests: { readonly number: number; readonly op: LoggedOp }[] = [];

  constructor(node: Node, service: Service, leader: NodeId, leave: () => void) {
    this.#node = node;
    this.#service = service;
    this.leader = leader;
    this.#leave = leave;
    this.connection = node.nextConnection();
    this.#heardMs = node.env.monoMs();
    this.#hello();
  }

  onTick(): void {
    const patienceMs = this.#phase === "broadcast" ? FOLLOWER_PATIENCE_MS : INIT_MS;
    if (this.#node.env.monoMs() - this.#heardMs > patienceMs) this.#leave();
    else if (this.#phase === "discovery") this.#hello();
    else for (const request of this.#requests.slice(0, BATCH)) this.#sendRequest(request);
  }

  onMessage(from: NodeId, message: ToFollower): void {
    if (from !== this.leader || message.connection !== this.connection) return;
    if (message.type === "newepoch") {
      this.#onNewEpoch(message.epoch);
      return;
    }
    if (message.epoch !== this.#epoch) return;
    if (message.type === "newleader") this.#onNewLeader(message.after, message.transactions);
    else if (this.#phase !== "synchronised" && this.#phase !== "broadcast") return;
    else if (message.type === "propose") this.#onPropose(message.after, message.transactions);
    else if (message.type === "commit") this.#onCommit(message.zxid, message.requests);
    else this.#service.onSynced(message.number, message.zxid);
    if (message.type !== "newleader") this.#heardMs = this.#node.env.monoMs();
  }

  submit(number: number, op: LoggedOp): void {
    const request = { number, op };
    this.#requests.push(request);
    this.#sendRequest(request);
  }

  sync(number: number): void {
    this.#send({ type: "sync", connection: this.connection, epoch: this.#epoch, number });
  }

  /** Phase 1: promises itself to the epoch, and tells where it stands. A promise counts once, for the first who asked. */
  #onNewEpoch(epoch: number): void {
    const node = this.#node;
    if (this.#phase !== "discovery" && this.#phase !== "synchronisation") return;
    if (epoch < node.accepted) {
      this.#leave();
      return;
    }
    if (epoch > node.accepted) {
      node.setEpochs(epoch, node.current);
      node.env.disk.sync();
      this.#counts = true;
    }
    this.#epoch = epoch;
    this.#phase = "synchronisation";
    const { current, history } = node;
    const { connection } = this;
    this.#send({ type: "ack-e", connection, epoch, current, zxid: history.last, counts: this.#counts });
  }

  /** Phase 2: its history becomes the leader's. The history is written before the epoch (ZOOKEEPER-4643). */
  #onNewLeader(after: Zxid, transactions: readonly Transaction[]): void {
    const node = this.#node;
    if (this.#phase === "synchronisation") {
      if (node.settings.bug !== "no-truncation") node.truncate(node.history.upTo(after));
      for (const transaction of transactions) node.history.append(transaction);
      node.setEpochs(node.accepted, this.#epoch);
      node.env.disk.sync();
      this.#phase = "synchronised";
    }
    this.#send({ type: "ack-ld", connection: this.connection, epoch: this.#epoch, zxid: node.history.last });
  }

  /** Phase 3. Of what is told twice only what is new is taken; what does not follow on will be told again. */
  #onPropose(after: Zxid, transactions: readonly Transaction[]): void {
    const { history, settings, env } = this.#node;
    const hasGap = compareZxids(after, history.last) > 0 && settings.bug !== "gaps-accepted";
    const news = hasGap ? [] : transactions.filter(({ zxid }) => compareZxids(zxid, history.last) > 0);
    for (const transaction of news) history.append(transaction);
    if (news.length > 0 && settings.bug !== "ack-before-disk") env.disk.sync();
    if (settings.bug === "applied-when-proposed") this.#node.applyTo(history.length);
    this.#send({ type: "ack", connection: this.connection, epoch: this.#epoch, zxid: history.last });
  }

  #onCommit(zxid: Zxid, requests: number): void {
    const node = this.#node;
    this.#requests = this.#requests.filter(({ number }) => number > requests);
    node.applyTo(node.history.upTo(zxid));
    if (this.#phase === "synchronised" && compareZxids(node.applied, zxid) >= 0) {
      this.#phase = "broadcast";
      this.#service.connect(this);
    }
    this.#service.flush();
    this.#send({ type: "ack", connection: this.connection, epoch: this.#epoch, zxid: node.history.last });
  }

  #hello(): void {
    this.#send({ type: "cepoch", connection: this.connection, accepted: this.#node.accepted });
  }

  #sendRequest({ number, op }: { readonly number: number; readonly op: LoggedOp }): void {
    this.#send({ type: "request", connection: this.connection, epoch: this.#epoch, number, op });
  }

  #send(message: ToLeader): void {
    this.#node.send(this.leader, message);
  }
}
