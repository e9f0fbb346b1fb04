import type { Invocation, NodeId } from "../../core/operation.ts";
import type { Env, Message, Replica, Request } from "../../core/replica.ts";
import type { LamportStamp } from "../shared/clocks/lamport.ts";
import { Deltas } from "./deltas.ts";
import type { PeerMessage } from "./messages.ts";
import { type Objects, valueShown } from "./objects.ts";
import { GOSSIP_MS, type Settings, STAMP_MS, typeFor } from "./settings.ts";
import { Store } from "./store.ts";
import { dataType } from "./types/index.ts";

const GOSSIP_TIMER = "gossip";

/** A node: it takes all changes by itself, shows what it has, and tells others of it in the background. */
export class CrdtReplica implements Replica {
  readonly #env: Env;
  readonly #settings: Settings;
  readonly #store: Store;
  readonly #deltas: Deltas;

  constructor(env: Env, settings: Settings) {
    this.#env = env;
    this.#settings = settings;
    this.#store = new Store(env);
    this.#deltas = new Deltas(env.peers);
    env.setTimer(GOSSIP_TIMER, GOSSIP_MS);
  }

  onMessage(from: NodeId, raw: Message): void {
    const message = raw as PeerMessage;
    if (message.type === "ack") {
      this.#deltas.acknowledge(from, message.number);
      return;
    }
    if (this.#join(message.objects)) this.#env.disk.sync();
    if (message.type === "state") return;
    const { after, upTo } = message;
    this.#env.trace("interval", { from, after, upTo });
    this.#send(from, { type: "ack", number: upTo });
  }

  onTimer(): void {
    const { peers } = this.#env;
    const peer = peers[Math.floor(this.#env.random() * peers.length)];
    if (peer !== undefined) this.#gossip(peer);
    this.#env.setTimer(GOSSIP_TIMER, GOSSIP_MS);
  }

  onRequest(request: Request): void {
    const { op } = request;
    if (op.f === "read") {
      const object = this.#store.object(op.key ?? "");
      this.#env.reply(request, { outcome: { type: "ok", value: object === undefined ? null : valueShown(object) } });
      return;
    }
    const refusal = this.#change(op);
    if (refusal === undefined) this.#env.reply(request, { outcome: { type: "ok", value: null } });
    else this.#env.reply(request, { outcome: { type: "fail", error: { name: "not-supported", text: refusal } } });
  }

  /** Makes a change, on disk before anybody hears of it; or says why it cannot be made. */
  #change(op: Invocation): string | undefined {
    const { key = "" } = op;
    const type = typeFor(op.f, this.#settings);
    if (type === undefined) return `there is no data type with ${op.f}`;
    const before = this.#store.object(key);
    if (before !== undefined && before.type !== type) return `${key} is a ${before.type}, which has no ${op.f}`;
    const { bottom, update } = dataType(type);
    const site = { node: this.#env.id, stamp: () => this.#stamp() };
    const state = update(before?.state ?? bottom, op, site);
    if (state === undefined) return `a ${type} has no ${op.f} of ${JSON.stringify(op.input)}`;
    if (this.#join([[key, { type, state }]]) && this.#settings.bug !== "gossip-before-disk") this.#env.disk.sync();
    return undefined;
  }

  #stamp(): LamportStamp {
    if (this.#settings.bug === "ties-by-arrival") return [Math.floor(this.#env.wallMs() / STAMP_MS), ""];
    return this.#store.stamp();
  }

  #join(objects: Objects): boolean {
    const delta = this.#store.join(objects);
    if (delta !== undefined && this.#settings.propagation === "delta") this.#deltas.add(delta);
    return delta !== undefined;
  }

  #gossip(peer: NodeId): void {
    const upTo = this.#store.number;
    if (upTo === 0) return;
    if (this.#settings.propagation === "state") {
      this.#send(peer, { type: "state", objects: this.#store.all() });
      return;
    }
    const acknowledged = this.#deltas.acknowledgedBy(peer);
    if (acknowledged >= upTo) return;
    const interval = this.#deltas.since(acknowledged);
    if (interval === undefined) this.#send(peer, { type: "delta", after: 0, upTo, objects: this.#store.all() });
    else this.#send(peer, { type: "delta", after: acknowledged, upTo, objects: interval });
    if (this.#settings.bug === "acks-assumed") this.#deltas.acknowledge(peer, upTo);
  }

  #send(to: NodeId, message: PeerMessage): void {
    this.#env.send(to, message);
  }
}
