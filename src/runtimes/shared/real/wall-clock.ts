import type { ClockFault } from "../../../core/fault.ts";
import { offsetAfterMs } from "../skew.ts";

/** How a wall clock differs from the true one: by `offsetMs` now, and by `rate - 1` more with every unit of time. */
export interface Skew {
  readonly offsetMs: number;
  readonly rate: number;
}

/** What shows a skewed clock to a node. */
export interface Hands {
  /** Renewed so often while the clock drifts, if it only knows offsets, milliseconds. */
  readonly stepMs?: number;
  /** Resolves once the node sees it, if it can see anything. */
  set(skew: Skew): Promise<void>;
}

interface Bent {
  readonly fault: ClockFault;
  readonly sinceMs: number;
}

/** One node's wall clock, as the clock faults in force bend it. Several at once add up. It outlives the node's crashes. */
export class WallClock {
  readonly #hands: Hands;
  readonly #bent = new Set<Bent>();
  #timer: NodeJS.Timeout | undefined;
  /** The last that was shown, or is being shown. */
  #shown: Promise<void> = Promise.resolve();
  /** What is shown after that. */
  #next: Promise<void> | undefined;

  constructor(hands: Hands) {
    this.#hands = hands;
  }

  /** Puts a fault in force; resolves with its end once the node sees it. */
  async skew(fault: ClockFault): Promise<() => Promise<void>> {
    const bent: Bent = { fault, sinceMs: performance.now() };
    this.#bent.add(bent);
    await this.#renew();
    return async () => {
      if (this.#bent.delete(bent)) await this.#renew();
    };
  }

  now(): Skew {
    const nowMs = performance.now();
    let offsetMs = 0;
    let rate = 1;
    for (const { fault, sinceMs } of this.#bent) {
      offsetMs += offsetAfterMs(fault, nowMs - sinceMs);
      if (fault.mode === "drift") rate += fault.rate - 1;
    }
    return { offsetMs, rate };
  }

  /** No fault is in force any more. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#bent.clear();
  }

  /**
   * Shows the node its clock as it is by then. One at a time: where hands are slower than the clock changes, changes would
   * else queue up without end, and a heal behind them.
   */
  #renew(): Promise<void> {
    this.#next ??= this.#shown
      .catch(() => undefined)
      .then(() => {
        this.#next = undefined;
        this.#shown = this.#show();
        return this.#shown;
      });
    return this.#next;
  }

  async #show(): Promise<void> {
    clearTimeout(this.#timer);
    const nextMs = this.#nextMs();
    if (nextMs !== undefined) this.#timer = setTimeout(() => this.#renew().catch(() => undefined), nextMs);
    await this.#hands.set(this.now());
  }

  /** How long what was set stays right. */
  #nextMs(): number | undefined {
    const nowMs = performance.now();
    const spans: number[] = [];
    for (const { fault, sinceMs } of this.#bent) {
      if (fault.mode === "strobe") spans.push(fault.periodMs - ((nowMs - sinceMs) % fault.periodMs));
      if (fault.mode === "drift" && this.#hands.stepMs !== undefined) spans.push(this.#hands.stepMs);
    }
    return spans.length === 0 ? undefined : Math.max(1, Math.ceil(Math.min(...spans)));
  }
}
