import type { Invocation, NodeId } from "../../core/operation.ts";
import type { Client, ClientEnv, Reply } from "../../core/replica.ts";
import type { VersionVector } from "../shared/clocks/siblings.ts";
import { merge } from "../shared/clocks/vector-clock.ts";
import { isRead } from "../shared/key-value.ts";
import type { ReplyContext, RequestContext } from "./messages.ts";

/** Requests that one operation may make before the client gives up, and how long it rests between them. */
const MAX_ATTEMPTS = 8;
const REST_MS = 30;
/** A read that is not answered for this long is asked of another node; a node refuses within 300 ms if it is alive. */
const SILENCE_MS = 400;
const RETRY_TIMER = "retry";

/**
 * A session behind a load balancer: each request goes to a random node (Dynamo, §4.5). It carries along, key by key, which
 * writes it knows of (the context of Dynamo's `put`, §4.4). A write that is not answered is not made again.
 */
export class LeaderlessClient implements Client {
  readonly #env: ClientEnv;
  readonly #seen = new Map<string, VersionVector>();
  #op: Invocation | undefined;
  #attempts = 0;
  #id = 0;

  constructor(env: ClientEnv) {
    this.#env = env;
  }

  onInvoke(op: Invocation): void {
    this.#op = op;
    this.#attempts = 0;
    this.#ask(op);
  }

  onReply(_from: NodeId, id: number, { outcome, context }: Reply): void {
    const op = this.#op;
    if (op === undefined || id !== this.#id) return;
    const told = (context ?? { seen: {} }) as ReplyContext;
    const refused = "refused" in told || (outcome.type === "fail" && outcome.error.name === "node-not-found");
    if (refused && !op.final && this.#attempts < MAX_ATTEMPTS) {
      this.#env.setTimer(RETRY_TIMER, REST_MS * this.#attempts);
      return;
    }
    this.#env.clearTimer(RETRY_TIMER);
    const { key = "" } = op;
    if ("seen" in told && !op.final) this.#seen.set(key, merge(this.#seen.get(key) ?? {}, told.seen));
    this.#op = undefined;
    this.#env.complete(outcome);
  }

  onTimer(): void {
    if (this.#op !== undefined) this.#ask(this.#op);
  }

  #ask(op: Invocation): void {
    this.#attempts++;
    this.#id++;
    const { nodes, node, random } = this.#env;
    const target = op.final ? node : (nodes[Math.floor(random() * nodes.length)] ?? node);
    const context: RequestContext = { seen: this.#seen.get(op.key ?? "") ?? {} };
    this.#env.send(target, { id: this.#id, op, context });
    if (isRead(op) && !op.final) this.#env.setTimer(RETRY_TIMER, SILENCE_MS);
    else this.#env.clearTimer(RETRY_TIMER);
  }
}
