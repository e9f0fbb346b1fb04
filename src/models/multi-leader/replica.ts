import type { OpError } from "../../core/errors.ts";
import type { NodeId } from "../../core/operation.ts";
import type { Env, Message, Replica, Request } from "../../core/replica.ts";
import { type Dot, knows } from "../shared/clocks/siblings.ts";
import { eventsOf, NO_EVENTS } from "../shared/clocks/vector-clock.ts";
import { AgreementOfAll, GOSSIP_TIMER } from "./agreement.ts";
import { resolutionOf } from "./conflicts/index.ts";
import { Copies } from "./copies.ts";
import { Journal } from "./journal.ts";
import type { PeerMessage, ReplyContext, RequestContext, Write } from "./messages.ts";
import type { Settings } from "./settings.ts";
import { RESEND_TIMER, Streams } from "./streams.ts";
import { topologyOf } from "./topology.ts";

/** A leader among leaders: it takes reads and writes by itself, and sends on what it has. */
export class MultiLeaderReplica implements Replica {
  readonly #env: Env;
  readonly #settings: Settings;
  readonly #journal: Journal;
  readonly #streams: Streams;
  readonly #copies: Copies;
  /** Only where writes need it. */
  readonly #agreement: AgreementOfAll | undefined;
  /** The logical time of this node's last write. Only a bug tells it from the journal's. */
  #ownTime = 0;

  constructor(env: Env, settings: Settings) {
    const resolution = resolutionOf(settings, env.id);
    this.#env = env;
    this.#settings = settings;
    this.#journal = new Journal(env, topologyOf(settings.topology, env.nodes));
    this.#streams = new Streams(env, this.#journal);
    this.#copies = new Copies(resolution, this.#journal.writes);
    env.trace("start", { has: this.#journal.has });
    if (resolution.agreement)
      this.#agreement = new AgreementOfAll(env, this.#journal, this.#copies, {
        ignoresSilent: settings.bug === "silent-node-ignored",
      });
  }

  onMessage(from: NodeId, raw: Message): void {
    const message = raw as PeerMessage;
    switch (message.type) {
      case "writes":
        this.#onWrites(from, message);
        break;
      case "ack":
        this.#streams.onAck(from, message.count);
        break;
      case "progress":
        this.#agreement?.onProgress(from, message);
        break;
    }
  }

  onTimer(name: string): void {
    if (name === GOSSIP_TIMER) {
      this.#agreement?.onGossip();
    } else if (name === RESEND_TIMER) {
      this.#streams.onResend();
      this.#agreement?.onResend();
    }
  }

  onRequest(request: Request): void {
    const { f, key = "", final } = request.op;
    if (f === "read") {
      const value = final ? this.#copies.readAll(key) : this.#copies.read(key);
      this.#env.reply(request, { outcome: { type: "ok", value }, context: this.#shown(key) });
    } else if (f === "write" || f === "add") this.#onUpdate(request, key);
    else this.#refuse(request, "not-supported", `leaders that do not ask each other have no ${f}`);
  }

  #onWrites(from: NodeId, message: Extract<PeerMessage, { type: "writes" }>): void {
    const fresh = this.#streams.newIn(from, message);
    for (const write of fresh) {
      this.#take(write);
      this.#agreement?.propose(write.key, [write.origin, write.number]);
    }
    if (fresh.length > 0) {
      if (this.#settings.bug !== "ack-before-disk") this.#env.disk.sync();
      this.#streams.push();
      this.#agreement?.onWrites();
    }
    this.#streams.acknowledge(from);
  }

  #onUpdate(request: Request, key: string): void {
    const { id } = this.#env;
    const { has } = this.#journal;
    const number = eventsOf(has, id) + 1;
    const dot: Dot = [id, number];
    const time = this.#nextTime();
    const session = ((request.context ?? {}) as Partial<RequestContext>).shown ?? NO_EVENTS;
    if (knows(session, dot)) throw new Error(`${id} gave the name ${dot.join(" ")} before`);
    const delta = this.#copies.update(key, request.op, { dot, time, wallMs: this.#env.wallMs(), has, session });
    if (delta === undefined) {
      this.#refuse(request, "txn-conflict", `another change of ${key} is being agreed on`);
      return;
    }
    this.#take({ origin: id, number, key, delta, time });
    this.#env.disk.sync();
    this.#streams.push();
    if (this.#agreement) {
      this.#agreement.propose(key, dot, request);
      this.#agreement.onWrites();
    } else this.#env.reply(request, { outcome: { type: "ok", value: null }, context: this.#shown(key) });
  }

  #take(write: Write): void {
    const { origin, number } = write;
    this.#journal.append(write);
    this.#copies.take(write);
    this.#env.trace("take", { origin, number, ordered: this.#settings.topology !== "all-to-all" });
  }

  #nextTime(): number {
    const known = this.#settings.bug === "clock-ignores-others" ? this.#ownTime : this.#journal.latest;
    this.#ownTime = known + 1;
    return this.#ownTime;
  }

  #shown(key: string): ReplyContext {
    const shown = this.#copies.shown(key);
    return shown === undefined ? {} : { shown };
  }

  #refuse(request: Request, name: OpError["name"], text: string): void {
    this.#env.reply(request, { outcome: { type: "fail", error: { name, text } } });
  }
}
