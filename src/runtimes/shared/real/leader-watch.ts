import type { NodeId } from "../../../core/operation.ts";
import type { System, SystemEnv } from "../../../core/system.ts";
import { ask } from "./ask.ts";

export interface LeaderWatchOptions {
  readonly system: Pick<System, "leader">;
  /** Where the nodes are now. */
  env(): SystemEnv;
  /** Time between an answer and the next question, milliseconds. */
  readonly everyMs?: number;
  /** A question that takes longer is given up. */
  readonly timeoutMs?: number;
}

/** Asks a system again and again who leads. Begins at once; does nothing where the system cannot tell. */
export class LeaderWatch {
  readonly #options: LeaderWatchOptions;
  readonly #stop = new AbortController();
  #current: NodeId | undefined;
  /** Counts withdrawals: an answer to a question from before one is not believed. */
  #withdrawals = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: LeaderWatchOptions) {
    this.#options = options;
    if (options.system.leader) void this.#look();
  }

  /** Who led when the system last could tell. */
  get current(): NodeId | undefined {
    return this.#current;
  }

  /** This node cannot lead: it is down. */
  withdraw(node: NodeId): void {
    this.#withdrawals++;
    if (this.#current === node) this.#current = undefined;
  }

  /** Asks no more, and gives up what it is asking. Idempotent. */
  stop(): void {
    this.#stop.abort();
    clearTimeout(this.#timer);
  }

  async #look(): Promise<void> {
    const { system, env, everyMs = 500, timeoutMs = 2_000 } = this.#options;
    const withdrawals = this.#withdrawals;
    try {
      const where = env();
      const leader = await ask((signal) => system.leader?.(where, signal), timeoutMs, this.#stop.signal);
      const known = where.endpoints.some(({ node }) => node === leader);
      if (withdrawals === this.#withdrawals) this.#current = known ? leader : undefined;
    } catch {
      // One that cannot be asked just now, as in a partition, may well have the leader it had.
    }
    if (!this.#stop.signal.aborted) this.#timer = setTimeout(() => void this.#look(), everyMs);
  }
}
