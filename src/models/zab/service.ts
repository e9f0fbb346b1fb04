import type { Outcome } from "../../core/operation.ts";
import type { Reply, Request } from "../../core/replica.ts";
import type { LoggedOp } from "../shared/exactly-once.ts";
import { isRead } from "../shared/key-value.ts";
import { WaitingRequests } from "../shared/waiting.ts";
import type { ReplyContext, RequestContext, Transaction } from "./messages.ts";
import type { Node } from "./node.ts";
import { WAIT_MS } from "./settings.ts";
import { compareZxids, NO_ZXID, type Zxid } from "./zxid.ts";

export const SESSIONS_TIMER = "sessions";
export const SYNCS_TIMER = "syncs";

/** A server's way to the leader that it follows, or is. */
export interface Channel {
  readonly connection: number;
  /** Hands over a request; its transaction comes back in the broadcast. Numbers count from 1 on each connection. */
  submit(number: number, op: LoggedOp): void;
  /** Asks how far the leader has got; answered by `Service.onSynced`, or lost. */
  sync(number: number): void;
}

/**
 * What a server does for its sessions (Hunt et al. 2010, §4.4): reads from its own copy; hands writes to the leader, and
 * answers once it has applied them itself. It serves only while it belongs to a quorum.
 */
export class Service {
  readonly #node: Node;
  readonly #sessions: WaitingRequests;
  readonly #syncs: WaitingRequests;
  #channel: Channel | undefined;
  #submitted = 0;
  #synced = 0;
  /** By their number on the connection. */
  readonly #pending = new Map<number, Request>();
  /** How far the leader had got, by the number of the sync. */
  readonly #reached = new Map<number, Zxid>();

  constructor(node: Node) {
    this.#node = node;
    const waiting = (timer: string, answer: (request: Request) => void): WaitingRequests =>
      new WaitingRequests(node.env, { timer, waitMs: WAIT_MS, answer, refusal: () => refusal("it lags behind") });
    this.#sessions = waiting(SESSIONS_TIMER, (request) => this.#serve(request));
    this.#syncs = waiting(SYNCS_TIMER, (request) => this.#answerRead(request));
    node.onApplied = (transaction) => this.#onApplied(transaction);
  }

  /** The server belongs to a quorum from now on, and has all that was committed before. */
  connect(channel: Channel): void {
    this.#channel = channel;
    this.#submitted = 0;
    this.#synced = 0;
  }

  /** It no longer does. What was handed over may yet be done (ZooKeeper's ConnectionLoss); reads have no effect. */
  disconnect(): void {
    this.#channel = undefined;
    const error = { name: "crash", text: "the connection to the leader was lost" } as const;
    for (const request of this.#pending.values())
      this.#node.env.reply(request, isRead(request.op) ? refusal(error.text) : { outcome: { type: "info", error } });
    this.#pending.clear();
    this.#reached.clear();
    this.#sessions.refuseAll();
    this.#syncs.refuseAll();
  }

  onRequest(request: Request): void {
    if (request.op.final) this.#answerRead(request);
    else if (this.#channel === undefined) this.#node.env.reply(request, refusal("it has no leader"));
    else if (this.#node.settings.bug === "session-not-checked") this.#serve(request);
    else this.#sessions.add(request, () => compareZxids(this.#node.applied, seenBy(request)) >= 0);
  }

  onSynced(number: number, zxid: Zxid): void {
    this.#reached.set(number, zxid);
    this.flush();
  }

  /** To be called when the copy has moved on. */
  flush(): void {
    this.#sessions.flush();
    this.#syncs.flush();
  }

  onTimer(name: string): void {
    if (name === SESSIONS_TIMER) this.#sessions.onTimer();
    else this.#syncs.onTimer();
  }

  #serve(request: Request): void {
    const channel = this.#channel;
    const { settings, env } = this.#node;
    if (channel === undefined) env.reply(request, refusal("it has no leader"));
    else if (isRead(request.op) && settings.reads === "local") this.#answerRead(request);
    else if (isRead(request.op) && settings.reads === "sync") this.#syncFirst(request, channel);
    else {
      const { f, key, input } = request.op;
      this.#pending.set(++this.#submitted, request);
      channel.submit(this.#submitted, key === undefined ? { f, input } : { f, key, input });
    }
  }

  #syncFirst(request: Request, channel: Channel): void {
    const number = ++this.#synced;
    this.#syncs.add(request, () => {
      const zxid = this.#reached.get(number);
      return zxid !== undefined && compareZxids(this.#node.applied, zxid) >= 0;
    });
    channel.sync(number);
  }

  #onApplied({ origin, outcome }: Transaction): void {
    if (origin.server !== this.#node.env.id || origin.connection !== this.#channel?.connection) return;
    const request = this.#pending.get(origin.number);
    if (request === undefined) return;
    this.#pending.delete(origin.number);
    if (isRead(request.op)) this.#answerRead(request);
    else this.#answer(request, outcome);
  }

  #answerRead(request: Request): void {
    this.#answer(request, { type: "ok", value: this.#node.read(request.op.key) });
  }

  #answer(request: Request, outcome: Outcome): void {
    const context: ReplyContext = { zxid: this.#node.applied };
    this.#node.env.reply(request, { outcome, context });
  }
}

const seenBy = ({ context }: Request): Zxid => ((context ?? { seen: NO_ZXID }) as RequestContext).seen ?? NO_ZXID;

/** The request was not and will not be done: the client may ask elsewhere. */
function refusal(why: string): Reply {
  const context: ReplyContext = { refused: true };
  const error = { name: "temporarily-unavailable", text: `the server cannot serve the session: ${why}` } as const;
  return { outcome: { type: "fail", error }, context };
}
