import type { Invocation, NodeId } from "../../core/operation.ts";
import type { Client, ClientEnv, Reply } from "../../core/replica.ts";
import { MOST_ATTEMPTS, REST_MS } from "./settings.ts";

/** What a client tells the node beside the operation: which session it is. */
export type RequestContext = { readonly session: number };

/**
 * A session. It asks again only where nobody heard it: a transaction whose answer is lost may have committed, and would happen
 * twice. One that was aborted is reported as failed; whoever wants it done calls it again.
 */
export class IsolationClient implements Client {
  readonly #env: ClientEnv;
  #op: Invocation | undefined;
  #id = 0;
  #attempts = 0;

  constructor(env: ClientEnv) {
    this.#env = env;
  }

  onInvoke(op: Invocation): void {
    this.#op = op;
    this.#attempts = 0;
    this.#ask(op);
  }

  onReply(_from: NodeId, id: number, { outcome }: Reply): void {
    if (this.#op === undefined || id !== this.#id) return;
    const unheard = outcome.type === "fail" && outcome.error.name === "node-not-found";
    if (unheard && this.#attempts < MOST_ATTEMPTS) {
      this.#env.setTimer("retry", REST_MS);
      return;
    }
    this.#op = undefined;
    this.#env.complete(outcome);
  }

  onTimer(): void {
    if (this.#op !== undefined) this.#ask(this.#op);
  }

  #ask(op: Invocation): void {
    this.#attempts++;
    this.#id++;
    const context: RequestContext = { session: this.#env.process };
    this.#env.send(this.#env.node, { id: this.#id, op, context });
  }
}
