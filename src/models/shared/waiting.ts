import type { Env, Reply, Request } from "../../core/replica.ts";

/** How requests wait, and what becomes of them. */
export interface WaitingOptions {
  /** Name of the timer that the queue uses; its owner passes `onTimer` on. */
  readonly timer: string;
  readonly waitMs: number;
  answer(request: Request): void;
  refusal(request: Request): Reply;
}

interface Waiting {
  readonly request: Request;
  readonly ready: () => boolean;
  readonly untilMs: number;
}

/**
 * Requests that wait for something: a session's position to arrive, a leader to learn that it still leads. Each is answered
 * as soon as it is ready, or refused when it has waited long enough. A refusal is definite, since nothing was done yet.
 */
export class WaitingRequests {
  readonly #env: Env;
  readonly #options: WaitingOptions;
  #waiting: Waiting[] = [];

  constructor(env: Env, options: WaitingOptions) {
    this.#env = env;
    this.#options = options;
  }

  /** Answers at once if `ready` already says so. */
  add(request: Request, ready: () => boolean): void {
    const { timer, waitMs, answer } = this.#options;
    if (ready()) {
      answer(request);
      return;
    }
    if (this.#waiting.length === 0) this.#env.setTimer(timer, waitMs);
    this.#waiting.push({ request, ready, untilMs: this.#env.monoMs() + waitMs });
  }

  /** To be called whenever something may have become ready. */
  flush(): void {
    const waiting = this.#waiting;
    this.#waiting = waiting.filter((one) => !one.ready());
    for (const one of waiting) if (!this.#waiting.includes(one)) this.#options.answer(one.request);
  }

  /** Refuses all that wait: the node's part has changed. */
  refuseAll(): void {
    this.#refuse(Number.POSITIVE_INFINITY);
  }

  onTimer(): void {
    this.#refuse(this.#env.monoMs());
    const next = this.#waiting[0];
    if (next !== undefined) this.#env.setTimer(this.#options.timer, Math.max(1, next.untilMs - this.#env.monoMs()));
  }

  #refuse(untilMs: number): void {
    for (const { request, untilMs: end } of this.#waiting)
      if (end <= untilMs) this.#env.reply(request, this.#options.refusal(request));
    this.#waiting = this.#waiting.filter((one) => one.untilMs > untilMs);
  }
}
