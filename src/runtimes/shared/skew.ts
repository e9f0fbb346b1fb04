import type { ClockFault } from "../../core/fault.ts";

/** How far a fault has moved the clock, milliseconds, so long after it began. */
export function offsetAfterMs(fault: ClockFault, elapsedMs: number): number {
  switch (fault.mode) {
    case "jump":
      return fault.offsetMs;
    case "strobe":
      return Math.floor(elapsedMs / fault.periodMs) % 2 === 0 ? fault.offsetMs : 0;
    case "drift":
      return elapsedMs * (fault.rate - 1);
  }
}
