import type { Invocation, NodeId } from "../../core/operation.ts";
import type { Client, ClientEnv, Reply } from "../../core/replica.ts";
import { isRead } from "../shared/key-value.ts";
import type { ClientContext } from "./messages.ts";

/** After so long a client asks no other gateway, milliseconds: before a harness gives the operation up. */
const GIVE_UP_MS = 600;
/** A read that nobody has answered for so long is asked of another gateway. */
const SILENCE_MS = 300;
const REST_MS = 20;
const TIMER = "retry";

/**
 * A session. It goes to another gateway when one has refused, which has no effect; what it has read and written it need not
 * carry along. A transaction that was not answered may have been done, so that silence is waited out, but for reads.
 */
export class SpannerClient implements Client {
  readonly #env: ClientEnv;
  #gateway: NodeId;
  #op: Invocation | undefined;
  #context: ClientContext = {};
  #sinceMs = 0;
  #id = 0;
  #firstId = 0;
  /** False while it rests between two requests. */
  #asking = false;

  constructor(env: ClientEnv) {
    this.#env = env;
    this.#gateway = env.node;
  }

  onInvoke(op: Invocation): void {
    this.#op = op;
    this.#context = {};
    this.#sinceMs = this.#env.monoMs();
    this.#firstId = this.#id + 1;
    this.#ask(op);
  }

  onReply(_from: NodeId, id: number, { outcome, context }: Reply): void {
    const op = this.#op;
    if (!op || id < this.#firstId) return;
    const told = (context ?? {}) as ClientContext;
    const refused = told.refused === true || (outcome.type === "fail" && outcome.error.name === "node-not-found");
    if (refused && id !== this.#id) return;
    if (refused && !op.final) {
      if (told.age) this.#context = { age: told.age };
      this.#moveOn();
      this.#asking = false;
      if (this.#env.monoMs() - this.#sinceMs < GIVE_UP_MS) {
        this.#env.setTimer(TIMER, REST_MS * this.#env.random());
        return;
      }
    }
    this.#op = undefined;
    this.#env.clearTimer(TIMER);
    this.#env.complete(outcome);
  }

  onTimer(): void {
    if (!this.#op) return;
    if (this.#asking) this.#moveOn();
    this.#ask(this.#op);
  }

  #ask(op: Invocation): void {
    this.#id++;
    const to = op.final ? this.#env.node : this.#gateway;
    this.#env.send(to, { id: this.#id, op, context: this.#context });
    this.#asking = true;
    if (isRead(op) && !op.final) this.#env.setTimer(TIMER, SILENCE_MS);
  }

  #moveOn(): void {
    const { nodes } = this.#env;
    this.#gateway = nodes[(nodes.indexOf(this.#gateway) + 1) % nodes.length] ?? this.#gateway;
  }
}
