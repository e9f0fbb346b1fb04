import type { ClockFault } from "../../core/fault.ts";
import { nsToMs } from "../../core/time.ts";
import { offsetAfterMs } from "../shared/skew.ts";

/** The true wall clock at the run's start, milliseconds since the epoch: 2026-01-01T00:00:00Z, in every run. */
export const EPOCH_MS = 1_767_225_600_000;

interface Skew {
  readonly fault: ClockFault;
  readonly sinceNs: number;
}

/** A node's wall clock: true, but for the clock faults in force. Several at once add up. */
export class WallClock {
  #skews: readonly Skew[] = [];

  /** Milliseconds since the epoch. */
  readMs(nowNs: number): number {
    let wallMs = EPOCH_MS + nsToMs(nowNs);
    for (const skew of this.#skews) wallMs += offsetAfterMs(skew.fault, nsToMs(nowNs - skew.sinceNs));
    return wallMs;
  }

  /** Puts a fault in force from `nowNs`; returns its end. */
  skew(fault: ClockFault, nowNs: number): () => void {
    const skew: Skew = { fault, sinceNs: nowNs };
    this.#skews = [...this.#skews, skew];
    return () => {
      this.#skews = this.#skews.filter((other) => other !== skew);
    };
  }
}
