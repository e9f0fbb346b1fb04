import type { Invocation, NodeId } from "../../core/operation.ts";
import type { Client, ClientEnv, Reply } from "../../core/replica.ts";
import type { VersionVector } from "../shared/clocks/siblings.ts";
import { merge, NO_EVENTS } from "../shared/clocks/vector-clock.ts";
import type { ReplyContext, RequestContext } from "./messages.ts";

/**
 * A session, which stays with its node: another one may lack its writes. It carries along which writes of each object it was
 * shown, where its node asks for that. A request that is not answered may have been done, so it is never made again.
 */
export class MultiLeaderClient implements Client {
  readonly #env: ClientEnv;
  readonly #shown = new Map<string, VersionVector>();
  #op: Invocation | undefined;
  #id = 0;

  constructor(env: ClientEnv) {
    this.#env = env;
  }

  onInvoke(op: Invocation): void {
    this.#op = op;
    this.#id++;
    const context: RequestContext = { shown: this.#shown.get(op.key ?? "") ?? NO_EVENTS };
    this.#env.send(this.#env.node, { id: this.#id, op, context });
  }

  onReply(_from: NodeId, id: number, { outcome, context }: Reply): void {
    const op = this.#op;
    if (op === undefined || id !== this.#id) return;
    const { shown } = (context ?? {}) as ReplyContext;
    const key = op.key ?? "";
    if (shown !== undefined) this.#shown.set(key, merge(this.#shown.get(key) ?? NO_EVENTS, shown));
    this.#op = undefined;
    this.#env.complete(outcome);
  }

  onTimer(): void {}
}
