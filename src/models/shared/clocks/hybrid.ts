/** A moment of hybrid time: the largest physical time known, milliseconds since the epoch, and a count of events at it. */
export type HybridStamp = readonly [wallMs: number, logical: number];

/** Negative if `a` is before `b`, 0 if they are the same. */
export const compareHybrid = ([a, i]: HybridStamp, [b, j]: HybridStamp): number => a - b || i - j;

/** What a clock says of a stamp that is too far ahead of it. */
export interface TooFarAhead {
  readonly aheadMs: number;
}

/**
 * A hybrid logical clock (Kulkarni, Demirbas, Madappa, Avva & Leone, "Logical Physical Clocks", OPODIS 2014, §3): what
 * happened before has the smaller stamp, as with Lamport's clock, and a stamp is never further from physical time than
 * the clocks are from each other.
 */
export class HybridClock {
  readonly #wallMs: () => number;
  readonly #maxOffsetMs: number;
  #stamp: HybridStamp;

  /**
   * @param wallMs the node's physical clock, which may run backwards.
   * @param maxOffsetMs stamps of others that are further ahead of it are refused: they are a sign of a broken clock.
   * @param stamp what the node's disk remembers, so that no stamp is given twice.
   */
  constructor(wallMs: () => number, maxOffsetMs = Number.POSITIVE_INFINITY, stamp: HybridStamp = [0, 0]) {
    this.#wallMs = wallMs;
    this.#maxOffsetMs = maxOffsetMs;
    this.#stamp = stamp;
  }

  /** The stamp of the latest event. */
  get latest(): HybridStamp {
    return this.#stamp;
  }

  /** The stamp of a new event: sending is one. */
  tick(): HybridStamp {
    const [before, logical] = this.#stamp;
    const now = this.#wallMs();
    this.#stamp = now > before ? [now, 0] : [before, logical + 1];
    return this.#stamp;
  }

  /** The stamp of receiving what was sent at `sent`; or by how much that is too far ahead, and then nothing has changed. */
  receive(sent: HybridStamp): HybridStamp | TooFarAhead {
    const now = this.#wallMs();
    const aheadMs = sent[0] - now;
    if (aheadMs > this.#maxOffsetMs) return { aheadMs };
    const [before, logical] = this.#stamp;
    const latest = Math.max(before, sent[0], now);
    const counts = [...(latest === before ? [logical] : []), ...(latest === sent[0] ? [sent[1]] : [])];
    this.#stamp = [latest, counts.length === 0 ? 0 : Math.max(...counts) + 1];
    return this.#stamp;
  }
}
