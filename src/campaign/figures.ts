import type { Latency, Minority, Percentiles, Share } from "../core/matrix.ts";
import type { Operation } from "../core/operation.ts";
import { msToNs } from "../core/time.ts";

/** True for what only looks, in every workload; all else is counted as a write. */
export const isRead = ({ f, input }: Pick<Operation, "f" | "input">): boolean =>
  f === "read" ||
  (f === "txn" && Array.isArray(input) && input.every((micro) => Array.isArray(micro) && micro[0] === "r"));

/** From this share on of operations that are answered a minority counts as served: one in a hundred may meet bad luck. */
const SERVED = 0.99;

/** How many operations were asked of a minority, and how many of them were answered in time. */
export interface Service {
  readonly asked: number;
  readonly answered: number;
}

/** From how each of several minorities was served to what can be said of all of them. */
export function minorityOf(cuts: readonly { readonly reads: Service; readonly writes: Service }[]): Minority {
  const reads = shareOf(cuts.map((cut) => cut.reads));
  const writes = shareOf(cuts.map((cut) => cut.writes));
  const [served, taken] = [reads, writes].map((share) => share !== null && share.worst >= SERVED);
  return { serves: served ? (taken ? "all" : "reads") : taken ? "writes" : "nothing", reads, writes };
}

/** The mean counts every minority alike: who is not served waits, and asks less. */
function shareOf(services: readonly Service[]): Share | null {
  const shares = services.filter(({ asked }) => asked > 0).map(({ asked, answered }) => answered / asked);
  if (shares.length === 0) return null;
  const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  return { mean: rounded(mean, 4), worst: rounded(Math.min(...shares), 4) };
}

/** How long those operations took that were done, in delays of `delayMs`. */
export function latencyOf(ops: readonly Operation[], delayMs: number): Latency {
  const delays = (reads: boolean): number[] =>
    ops
      .filter((op) => op.outcome.type === "ok" && isRead(op) === reads)
      .map(({ callNs, returnNs }) => rounded((returnNs - callNs) / msToNs(delayMs), 1));
  return { reads: percentiles(delays(true)), writes: percentiles(delays(false)) };
}

/** By the nearest rank: each percentile is a value that was measured. */
export function percentiles(values: readonly number[]): Percentiles | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const at = (percent: number): number => sorted[Math.ceil((percent / 100) * sorted.length) - 1] ?? 0;
  return { p50: at(50), p99: at(99), operations: sorted.length };
}

const rounded = (number: number, digits: number): number => Math.round(number * 10 ** digits) / 10 ** digits;
