import type { NodeId } from "../../core/operation.ts";
import type { Env, Message, Replica, Reply, Request } from "../../core/replica.ts";
import { covers, eventsOf } from "../shared/clocks/vector-clock.ts";
import { WaitingRequests } from "../shared/waiting.ts";
import { NO_CONTEXT, type PeerMessage, type ReplyContext, type RequestContext } from "./messages.ts";
import { BATCH, RESEND_MS, type Settings, WAIT_MS } from "./settings.ts";
import { Store, stampFor, valueShown } from "./store.ts";

const RESEND_TIMER = "resend";
const WAIT_TIMER = "wait";

/** A node of the store: it takes writes by itself, shows what it has, and sends its own writes to all others. */
export class CausalReplica implements Replica {
  readonly #env: Env;
  readonly #settings: Settings;
  readonly #store: Store;
  /** How many of this node's writes each peer is known to have. */
  readonly #acknowledged = new Map<NodeId, number>();
  readonly #waiting: WaitingRequests;

  constructor(env: Env, settings: Settings) {
    this.#env = env;
    this.#settings = settings;
    this.#store = new Store(env, { ignoresDependencies: settings.bug === "dependencies-ignored" });
    this.#waiting = new WaitingRequests(env, {
      timer: WAIT_TIMER,
      waitMs: WAIT_MS,
      answer: (request) => this.#serve(request),
      refusal: (request) => this.#refusal(request),
    });
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
    this.#waiting.flush();
  }

  onTimer(name: string): void {
    if (name === WAIT_TIMER) {
      this.#waiting.onTimer();
      return;
    }
    for (const peer of this.#env.peers) this.#sendWrites(peer, this.#acknowledged.get(peer) ?? 0);
    this.#env.setTimer(RESEND_TIMER, RESEND_MS);
  }

  onRequest(request: Request): void {
    const { context, wait } = contextOf(request);
    if (request.op.final || !wait) this.#serve(request);
    else this.#waiting.add(request, () => covers(this.#store.applied, context));
  }

  #serve(request: Request): void {
    const { context } = contextOf(request);
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

  #refusal(request: Request): Reply {
    const { applied } = this.#store;
    const missing = Object.entries(contextOf(request).context).filter(
      ([node, count]) => eventsOf(applied, node) < count,
    );
    const text = `writes of ${missing.map(([node]) => node).join(", ")} that the session depends on are not here yet`;
    const context: ReplyContext = { refused: true };
    return { outcome: { type: "fail", error: { name: "temporarily-unavailable", text } }, context };
  }

  #sendWrites(peer: NodeId, after: number): void {
    const writes = this.#store.writesOf(this.#env.id, after, BATCH);
    if (writes.length > 0) this.#send(peer, { type: "writes", after, writes });
  }

  #send(to: NodeId, message: PeerMessage): void {
    this.#env.send(to, message);
  }
}

const contextOf = ({ context }: Request): RequestContext => (context ?? NO_CONTEXT) as RequestContext;
