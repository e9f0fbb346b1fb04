import type { Env } from "../../core/replica.ts";

/**
 * How far a follower is behind its leader, as the leader knows: what is on its way there, or acknowledged on its way back,
 * counts too. So it is at least what would be lost if the follower succeeded now.
 */
export interface Lag {
  readonly entries: number;
  /** Since the oldest of them was written; 0 if there is none. */
  readonly ms: number;
}

/** Measures lag for one leader in office. Of entries that it found there, it only knows since when it is answerable for them. */
export class LagMeter {
  readonly #env: Pick<Env, "monoMs">;
  readonly #found: number;
  readonly #sinceMs: number;
  /** When it wrote the entries after those. */
  readonly #writtenMs: number[] = [];

  /** `found` is the length of the log that it takes office with. */
  constructor(env: Pick<Env, "monoMs">, found: number) {
    this.#env = env;
    this.#found = found;
    this.#sinceMs = env.monoMs();
  }

  /** One more entry is written. */
  wrote(): void {
    this.#writtenMs.push(this.#env.monoMs());
  }

  /** The lag of a follower that has acknowledged the entries up to `match`. */
  after(match: number): Lag {
    const entries = this.#found + this.#writtenMs.length - match;
    if (entries === 0) return { entries: 0, ms: 0 };
    const oldestMs = match < this.#found ? this.#sinceMs : (this.#writtenMs[match - this.#found] ?? this.#sinceMs);
    return { entries, ms: this.#env.monoMs() - oldestMs };
  }
}
