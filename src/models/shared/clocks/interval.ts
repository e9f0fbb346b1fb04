/** The true time lies in it, as long as clocks keep to their bound; milliseconds since the epoch. */
export interface TimeInterval {
  readonly earliestMs: number;
  readonly latestMs: number;
}

/**
 * A clock that says how far it may be off (TrueTime: Corbett et al., "Spanner: Google's Globally-Distributed Database",
 * OSDI 2012, §3). What it says is true only while the physical clock is off by no more than the bound.
 */
export class IntervalClock {
  readonly #wallMs: () => number;
  readonly errorMs: number;

  /** @param errorMs the bound: by how much at most `wallMs` is said to be off from true time, either way. */
  constructor(wallMs: () => number, errorMs: number) {
    this.#wallMs = wallMs;
    this.errorMs = errorMs;
  }

  now(): TimeInterval {
    const wallMs = this.#wallMs();
    return { earliestMs: wallMs - this.errorMs, latestMs: wallMs + this.errorMs };
  }

  /** True if this moment has certainly passed. */
  after(atMs: number): boolean {
    return this.now().earliestMs > atMs;
  }

  /** True if this moment has certainly not come yet. */
  before(atMs: number): boolean {
    return this.now().latestMs < atMs;
  }

  /** How long to wait, by this clock, until `after(atMs)` (commit wait, §4.1.2): at least so long, and 0 if it is so now. */
  waitMs(atMs: number): number {
    return Math.max(0, atMs - this.now().earliestMs);
  }
}
