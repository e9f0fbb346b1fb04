import type { Invocation, NodeId } from "../../core/operation.ts";
import type { Client, ClientEnv, Reply } from "../../core/replica.ts";
import { copyHolder } from "./ranges.ts";

/** Rests so long before it asks another node, and gives up when so much time has passed. */
const REST_MS = 20;
const GIVE_UP_MS = 150;

/**
 * A session. Its node is its gateway; it asks another one only where the operation certainly had no effect and there is time
 * left. A node's own copy of a key that it has none of is that of the node at its place in the range's group.
 */
export class CockroachClient implements Client {
  readonly #env: ClientEnv;
  #op: Invocation | undefined;
  #target: NodeId;
  #startedMs = 0;
  #id = 0;

  constructor(env: ClientEnv) {
    this.#env = env;
    this.#target = env.node;
  }

  onInvoke(op: Invocation): void {
    this.#op = op;
    this.#startedMs = this.#env.monoMs();
    const { nodes, node } = this.#env;
    this.#target = op.final ? copyHolder(nodes, node, op.key ?? "") : node;
    this.#ask(op);
  }

  onReply(_from: NodeId, id: number, { outcome }: Reply): void {
    const op = this.#op;
    if (op === undefined || id !== this.#id) return;
    const refused = outcome.type === "fail" && outcome.error.name === "node-not-found";
    if (refused && !op.final && this.#env.monoMs() - this.#startedMs < GIVE_UP_MS) {
      const { nodes } = this.#env;
      this.#target = nodes[(nodes.indexOf(this.#target) + 1) % nodes.length] ?? this.#target;
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
    this.#id++;
    this.#env.send(this.#target, { id: this.#id, op, context: null });
  }
}
