import type { Invocation, NodeId } from "../../core/operation.ts";
import type { Client, ClientEnv, Reply } from "../../core/replica.ts";

/** A session. It stays on its node, which answers everything at once; whatever is not answered may have been done. */
export class CrdtClient implements Client {
  readonly #env: ClientEnv;
  #id = 0;

  constructor(env: ClientEnv) {
    this.#env = env;
  }

  onInvoke(op: Invocation): void {
    this.#id++;
    this.#env.send(this.#env.node, { id: this.#id, op, context: null });
  }

  onReply(_from: NodeId, id: number, { outcome }: Reply): void {
    if (id === this.#id) this.#env.complete(outcome);
  }

  onTimer(): void {}
}
