import type { Invocation, NodeId } from "../../core/operation.ts";
import type { ClientEnv, Reply } from "../../core/replica.ts";
import { Calls } from "./calls.ts";
import type { Command } from "./messages.ts";
import { MARGIN_MS, RENEW_MS, SESSION_MS } from "./settings.ts";

const RENEW_TIMER = "renew";
const RENEW_CALL_TIMER = "renew-call";

/** A client's session, and the renewals that keep it alive. */
export class Session {
  readonly name: string;
  readonly #env: ClientEnv;
  readonly #calls: Calls;
  #safeUntilMs = Number.NEGATIVE_INFINITY;
  #expired = false;

  constructor(env: ClientEnv, name: string, nextId: () => number) {
    this.#env = env;
    this.name = name;
    this.#calls = new Calls(env, RENEW_CALL_TIMER, nextId);
  }

  /** True once the service has said so. */
  get expired(): boolean {
    return this.#expired;
  }

  /** It was opened by a request that left then, monotonic milliseconds. */
  begin(sentMs: number): void {
    this.#renewed(sentMs);
  }

  /** True while the service cannot have let it expire: it counts from after the renewal was sent. */
  isSafe(): boolean {
    return !this.#expired && this.#env.monoMs() < this.#safeUntilMs;
  }

  expire(): void {
    this.#expired = true;
    this.close();
  }

  /** Renews it no more. */
  close(): void {
    this.#calls.giveUp();
    this.#env.clearTimer(RENEW_TIMER);
  }

  onReply(from: NodeId, id: number, reply: Reply): void {
    this.#calls.onReply(from, id, reply);
  }

  onTimer(name: string): void {
    if (name === RENEW_CALL_TIMER) this.#calls.onTimer();
    else if (name === RENEW_TIMER) this.#renew();
  }

  #renew(): void {
    const command: Command = { f: "renew", input: { session: this.name } };
    this.#calls.ask(command as unknown as Invocation, (outcome, sentMs) => {
      if (outcome.type === "ok") this.#renewed(sentMs);
      else this.expire();
    });
  }

  #renewed(sentMs: number): void {
    this.#safeUntilMs = Math.max(this.#safeUntilMs, sentMs + SESSION_MS - MARGIN_MS);
    this.#env.setTimer(RENEW_TIMER, RENEW_MS);
  }
}
