import * as fc from "fast-check";
import type { ClockFault, PlannedFault } from "../core/fault.ts";
import type { NodeId } from "../core/operation.ts";
import type { Aimed } from "./aim.ts";
import { victims } from "./victims.ts";

type Skew = ClockFault extends infer F ? (F extends unknown ? Omit<F, "kind" | "nodes"> : never) : never;

/** From a tenth of a lease to far beyond every timeout, either way. */
const offsetMs = fc
  .record({ size: fc.constantFrom(50, 200, 1000, 5000, 60_000), sign: fc.constantFrom(-1, 1) })
  .map(({ size, sign }) => size * sign);

const skews: fc.Arbitrary<Skew> = fc.oneof(
  offsetMs.map((ms): Skew => ({ mode: "jump", offsetMs: ms })),
  fc
    .record({ ms: offsetMs, periodMs: fc.constantFrom(50, 200, 500) })
    .map(({ ms, periodMs }): Skew => ({ mode: "strobe", offsetMs: ms, periodMs })),
  fc.constantFrom(0.5, 0.9, 1.1, 2).map((rate): Skew => ({ mode: "drift", rate })),
);

/** How wrong clocks may go. */
export interface SkewBound {
  /** The greatest error, either way, milliseconds. */
  readonly maxSkewMs: number;
  /** No fault lasts longer, milliseconds: a drift adds up. */
  readonly longestMs: number;
}

/** Errors within a bound: hardly any, half of it, nearly all; a drift has used it up when the longest fault ends. */
const skewsWithin = ({ maxSkewMs, longestMs }: SkewBound): fc.Arbitrary<Skew> => {
  const signed = fc.constantFrom(-1, -0.5, -0.1, 0.1, 0.5, 1);
  const within = signed.map((share) => share * maxSkewMs);
  return fc.oneof(
    within.map((ms): Skew => ({ mode: "jump", offsetMs: ms })),
    fc
      .record({ ms: within, periodMs: fc.constantFrom(50, 200, 500) })
      .map(({ ms, periodMs }): Skew => ({ mode: "strobe", offsetMs: ms, periodMs })),
    signed.map(
      (share): Skew => ({ mode: "drift", rate: 1 + (share * Math.min(maxSkewMs, longestMs / 2)) / longestMs }),
    ),
  );
};

/** Bends wall clocks; without a bound by a minute and more. */
export const clockSkews = (nodes: readonly NodeId[], bound?: SkewBound): fc.Arbitrary<Aimed> =>
  fc
    .record({ who: victims(nodes), skew: bound ? skewsWithin(bound) : skews })
    .map(({ who: { nodes: struck, ...aim }, skew }) => ({
      fault: { kind: "clock", nodes: struck, ...skew },
      ...aim,
    }));

/** The greatest error that a fault gives a clock before it ends, either way, milliseconds. */
export const skewMsOf = ({ fault, forMs }: Pick<PlannedFault, "fault" | "forMs">): number => {
  if (fault.kind !== "clock") return 0;
  return Math.abs(fault.mode === "drift" ? (fault.rate - 1) * forMs : fault.offsetMs);
};
