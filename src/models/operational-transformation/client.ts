import type { Invocation, NodeId } from "../../core/operation.ts";
import type { Client, ClientEnv, Reply } from "../../core/replica.ts";
import type { Settings } from "./settings.ts";

/** Sites that one operation may be tried at, and how long the user rests between them. */
const MAX_ATTEMPTS = 8;
const REST_MS = 30;
const RETRY_TIMER = "retry";

/** A user. Only who roams goes elsewhere, and only if a site is certainly down: one that is silent may have taken the edit. */
export class EditorClient implements Client {
  readonly #env: ClientEnv;
  readonly #settings: Settings;
  #op: Invocation | undefined;
  #attempts = 0;
  #id = 0;

  constructor(env: ClientEnv, settings: Settings) {
    this.#env = env;
    this.#settings = settings;
  }

  onInvoke(op: Invocation): void {
    this.#op = op;
    this.#attempts = 0;
    this.#ask(op);
  }

  onReply(_from: NodeId, id: number, { outcome }: Reply): void {
    if (this.#op === undefined || id !== this.#id) return;
    const isDown = outcome.type === "fail" && outcome.error.name === "node-not-found";
    if (isDown && this.#roams(this.#op) && this.#attempts < MAX_ATTEMPTS) {
      this.#env.setTimer(RETRY_TIMER, REST_MS * this.#attempts);
      return;
    }
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
    const { nodes, node, random } = this.#env;
    this.#attempts++;
    this.#id++;
    const site = this.#roams(op) ? (nodes[Math.floor(random() * nodes.length)] ?? node) : node;
    this.#env.send(site, { id: this.#id, op, context: null });
  }
}
