import type { Delay } from "./fault.ts";
import type { Random } from "./random.ts";
import { msToNs } from "./time.ts";

/** Draws a delay, integer nanoseconds. */
export function drawDelayNs(delay: Delay, random: Random): number {
  switch (delay.kind) {
    case "constant":
      return msToNs(delay.ms);
    case "uniform":
      return msToNs(delay.minMs + random.unit() * (delay.maxMs - delay.minMs));
    case "exponential":
      return msToNs(delay.meanMs * random.exponential());
    case "long-tail":
      // Pareto with exponent 2: a square root, which IEEE 754 rounds correctly everywhere.
      return msToNs(Math.min(delay.maxMs, delay.minMs / Math.sqrt(1 - random.unit())));
  }
}
