import type { Invocation, NodeId } from "../../core/operation.ts";
import type { Client, ClientEnv, Reply } from "../../core/replica.ts";
import type { VersionVector } from "../shared/clocks/siblings.ts";
import { merge } from "../shared/clocks/vector-clock.ts";
import type { ReplyContext, RequestContext } from "./messages.ts";
import type { Settings } from "./settings.ts";

/** Requests that one operation may make before the client gives up, and how long it rests between them. */
const MAX_ATTEMPTS = 8;
const REST_MS = 30;
const RETRY_TIMER = "retry";

/** A session. It carries along what it has read and written: that is what its next write depends on. */
export class CausalClient implements Client {
  readonly #env: ClientEnv;
  readonly #settings: Settings;
  #context: VersionVector = {};
  #op: Invocation | undefined;
  #target: NodeId;
  #attempts = 0;
  #id = 0;

  constructor(env: ClientEnv, settings: Settings) {
    this.#env = env;
    this.#settings = settings;
    this.#target = env.node;
  }

  onInvoke(op: Invocation): void {
    this.#op = op;
    this.#attempts = 0;
    this.#ask(op);
  }

  onReply(_from: NodeId, id: number, { outcome, context }: Reply): void {
    const op = this.#op;
    if (op === undefined || id !== this.#id) return;
    const told = (context ?? { initial: true }) as ReplyContext;
    const refused = "refused" in told || (outcome.type === "fail" && outcome.error.name === "node-not-found");
    // A node that is dead is asked again only by those who can go elsewhere.
    if (refused && this.#roams(op) && this.#attempts < MAX_ATTEMPTS) {
      this.#env.setTimer(RETRY_TIMER, REST_MS * this.#attempts);
      return;
    }
    if ("dot" in told) this.#learn(op, told);
    this.#op = undefined;
    this.#env.complete(outcome);
  }

  onTimer(): void {
    if (this.#op !== undefined) this.#ask(this.#op);
  }

  #roams(op: Invocation): boolean {
    return this.#settings.sessions === "roaming" && !op.final;
  }

  #ask(op: Invocation): void {
    this.#attempts++;
    this.#id++;
    const { nodes, node, random } = this.#env;
    const before = this.#target;
    this.#target = this.#roams(op) ? (nodes[Math.floor(random() * nodes.length)] ?? node) : node;
    if (this.#settings.bug === "context-dropped" && this.#target !== before) this.#context = {};
    const context: RequestContext = { context: this.#context, wait: this.#roams(op) };
    this.#env.send(this.#target, { id: this.#id, op, context });
  }

  #learn(op: Invocation, { dot: [node, count], dependencies }: Extract<ReplyContext, { dot: unknown }>): void {
    if (op.final || (this.#settings.bug === "reads-not-tracked" && op.f === "read")) return;
    this.#context = merge(merge(this.#context, dependencies), { [node]: count });
  }
}
