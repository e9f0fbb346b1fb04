import * as fc from "fast-check";
import type { ClockFault } from "../core/fault.ts";
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

/** Bends wall clocks. */
export const clockSkews = (nodes: readonly NodeId[]): fc.Arbitrary<Aimed> =>
  fc.record({ who: victims(nodes), skew: skews }).map(({ who: { nodes: struck, ...aim }, skew }) => ({
    fault: { kind: "clock", nodes: struck, ...skew },
    ...aim,
  }));
