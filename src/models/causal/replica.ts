import type { NodeId } from "../../core/operation.ts";
import type { Env, Message, Replica, Request } from "../../core/replica.ts";
import { covers, eventsOf } from "../shared/clocks/vector-clock.ts";
import { NO_CONTEXT, type PeerMessage, type ReplyContext, type RequestContext } from "./messages.ts";
import { BATCH, RESEND_MS, type Settings, WAIT_MS } from "./settings.ts";
import { Store, stampFor, valueShown } from "./store.ts";

const RESEND_TIMER = "resend";
const WAIT_TIMER = "wait";

interface Waiting {
  readonly request: Request;
  readonly context: RequestContext["context"];
  readonly untilMs: number;
}

/** A node of the store: it takes writes by itself, shows what it has, and sends its own writes to all others. */
export class CausalReplica implements Replica {
  readonly #env: Env;
  readonly #settings: Settings;
  readonly #store: Store;
  /** How many of this node's writes each peer is known to have. */
  readonly #acknowledged = new Map<NodeId, number>();
  #waiting: Waiting[] = [];

  constructor(env: Env, settings: Settings) {
    this.#env = env;
    this.#settings = settings;
    this.#store = new Store(env, { ignoresDependencies: settings.bug === "dependencies-ignored" });
    env.setTimer(RESEND_TIMER, RESEND_MS);
  }

  onMessage(from: NodeId, raw: Message): void {
    const message = raw as PeerMessage;
    if (message.type === "ack") {
      this.#acknowledged.set(from, Math.max(message.count, this.#acknowledged.get(from) ?? 0));
      return;
    }
    const known = this.#store.count(from);
    if (message.after > known) {
      // Something was lost on the way; the sender hears from where to begin.
      this.#send(from, { type: "ack", count: known });
      return;
    }
    for (const write of message.writes.slice(known - message.after)) this.#store.add(from, write);
    if (this.#store.count(from) > known) this.#env.disk.sync();
    this.#store.apply();
    this.#send(from, { type: "ack", count: this.#store.count(from) });
    this.#serveWaiting();
  }

  onTimer(name: string): void {
    if (name === WAIT_TIMER) {
      this.#refuseLate();
      return;
    }
    for (const peer of this.#env.peers) this.#sendWrites(peer, this.#acknowledged.get(peer) ?? 0);
    this.#env.setTimer(RESEND_TIMER, RESEND_MS);
  }

  onRequest(request: Request): void {
    const { context, wait } = (request.context ?? NO_CONTEXT) as RequestContext;
    if (request.op.final || !wait || covers(this.#store.applied, context)) {
      this.#serve(request, context);
      return;
    }
    if (this.#waiting.length === 0) this.#env.setTimer(WAIT_TIMER, WAIT_MS);
    this.#waiting.push({ request, context, untilMs: this.#env.monoMs() + WAIT_MS });
  }

  #serve(request: Request, context: RequestContext["context"]): void {
    const { f, key = "", input } = request.op;
    if (f === "read") {
      const shown = this.#store.shown(key);
      const told: ReplyContext =
        shown === undefined ? { initial: true } : { dot: shown.dot, dependencies: shown.write.dependencies };
      this.#env.reply(request, { outcome: { type: "ok", value: valueShown(shown) }, context: told });
      return;
    }
    if (f !== "write") {
      const text = `a store of registers without coordination has no ${f}`;
      this.#env.reply(request, { outcome: { type: "fail", error: { name: "not-supported", text } } });
      return;
    }
    const { id } = this.#env;
    const before = this.#store.count(id);
    const stamp = stampFor(this.#env, this.#store, this.#settings.bug === "wall-clock-wins");
    this.#store.add(id, { key, value: input, dependencies: context, stamp });
    this.#store.apply();
    if (this.#settings.bug !== "ack-before-disk") this.#env.disk.sync();
    for (const peer of this.#env.peers) this.#sendWrites(peer, before);
    const told: ReplyContext = { dot: [id, before + 1], dependencies: context };
    this.#env.reply(request, { outcome: { type: "ok", value: null }, context: told });
  }

  #serveWaiting(): void {
    const ready = this.#waiting.filter(({ context }) => covers(this.#store.applied, context));
    this.#waiting = this.#waiting.filter((one) => !ready.includes(one));
    for (const { request, context } of ready) this.#serve(request, context);
  }

  /** A request that waits has changed nothing yet, so that a refusal is definite. */
  #refuseLate(): void {
    const nowMs = this.#env.monoMs();
    const late = this.#waiting.filter(({ untilMs }) => untilMs <= nowMs);
    this.#waiting = this.#waiting.filter(({ untilMs }) => untilMs > nowMs);
    for (const { request, context } of late) {
      const missing = Object.keys(context).filter(
        (node) => eventsOf(this.#store.applied, node) < eventsOf(context, node),
      );
      const text = `writes of ${missing.join(", ")} that the session depends on are not here yet`;
      const refused: ReplyContext = { refused: true };
      this.#env.reply(request, {
        outcome: { type: "fail", error: { name: "temporarily-unavailable", text } },
        context: refused,
      });
    }
    const [next] = this.#waiting;
    if (next !== undefined) this.#env.setTimer(WAIT_TIMER, Math.max(1, next.untilMs - nowMs));
  }

  #sendWrites(peer: NodeId, after: number): void {
    const writes = this.#store.writesOf(this.#env.id, after, BATCH);
    if (writes.length > 0) this.#send(peer, { type: "writes", after, writes });
  }

  #send(to: NodeId, message: PeerMessage): void {
    this.#env.send(to, message);
  }
}
