import type { NodeId, Outcome } from "../../core/operation.ts";
import type { Env, Request } from "../../core/replica.ts";
import { READ_WAIT_MS } from "./settings.ts";

/** Name of the timer that the queue uses. */
export const READS_TIMER = "reads";

interface WaitingRead {
  readonly request: Request;
  readonly ready: () => boolean;
  readonly untilMs: number;
}

/**
 * Reads that wait for something: a session's position to arrive, a leader to learn that it still leads. Each is
 * answered as soon as it is ready, or refused after `READ_WAIT_MS`. A refusal is definite, since a read changes nothing.
 */
export class WaitingReads {
  readonly #env: Env;
  readonly #answer: (request: Request) => void;
  readonly #leader: () => NodeId | undefined;
  #waiting: WaitingRead[] = [];

  constructor(env: Env, answer: (request: Request) => void, leader: () => NodeId | undefined) {
    this.#env = env;
    this.#answer = answer;
    this.#leader = leader;
  }

  /** Answers at once if `ready` already says so. */
  add(request: Request, ready: () => boolean): void {
    if (ready()) {
      this.#answer(request);
      return;
    }
    if (this.#waiting.length === 0) this.#env.setTimer(READS_TIMER, READ_WAIT_MS);
    this.#waiting.push({ request, ready, untilMs: this.#env.monoMs() + READ_WAIT_MS });
  }

  /** To be called whenever something may have become ready. */
  flush(): void {
    const waiting = this.#waiting;
    this.#waiting = waiting.filter((read) => !read.ready());
    for (const read of waiting) if (!this.#waiting.includes(read)) this.#answer(read.request);
  }

  /** Refuses every waiting read: the node's part has changed. */
  refuseAll(): void {
    this.#refuse(Number.POSITIVE_INFINITY);
  }

  onTimer(): void {
    this.#refuse(this.#env.monoMs());
    const next = this.#waiting[0];
    if (next !== undefined) this.#env.setTimer(READS_TIMER, Math.max(1, next.untilMs - this.#env.monoMs()));
  }

  #refuse(untilMs: number): void {
    for (const read of this.#waiting)
      if (read.untilMs <= untilMs) this.#env.reply(read.request, refusal(this.#leader()));
    this.#waiting = this.#waiting.filter((read) => read.untilMs > untilMs);
  }
}

/** The answer to a request that this node will not do. `context.leader` is who might, `null` if unknown. */
export function refusal(leader: NodeId | undefined): { outcome: Outcome; context: { leader: NodeId | null } } {
  const text = leader === undefined ? "no leader is known" : `${leader} leads`;
  return {
    outcome: { type: "fail", error: { name: "temporarily-unavailable", text } },
    context: { leader: leader ?? null },
  };
}
