import { type Chains, REFUSED } from "./chains.ts";
import type { Spans } from "./spans.ts";
import { measureChain, type ValueSpans, valueSpansOf } from "./value-spans.ts";
import { emptyZones, findContradiction, value, type Zones } from "./zones.ts";

/** Attempts to find an order; each one narrows the times of some producers. */
const MAX_ROUNDS = 12;

/**
 * True if an order of the chains was found, and an instant for each operation inside its span, so that each compare-and-set
 * that was refused overlaps a moment at which the value was not the one it expected. The chains themselves must not
 * contradict each other. False proves nothing.
 *
 * Every operation is placed as early as the order allows. Where a compare-and-set does not fit, either the value's
 * producer is made to wait until the compare-and-set was called, or another write waits until it can end the value. All of
 * this only makes spans shorter, so an order that is found is one.
 */
export function fitsRefused(spans: Spans, chains: Chains): boolean {
  const refused: number[] = [];
  for (let i = 0; i < chains.roles.length; i++) {
    const v = chains.valueAt[i] as number;
    if (chains.roles[i] === REFUSED && v >= 0 && chains.chainOf[v] !== -1) refused.push(i);
  }
  if (refused.length === 0) return true;
  const reads = valueSpansOf(spans, chains);
  const narrowed: Spans = { ...spans, calls: spans.calls.slice(), returns: spans.returns.slice() };
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const zones = emptyZones(chains.roots.length);
    for (const [chain, root] of chains.roots.entries())
      if (measureChain(narrowed, chains, reads, zones, chain, root) !== undefined) return false;
    if (findContradiction(zones) !== undefined) return false;
    const placed = place(narrowed, chains, reads, zones);
    const { since, until } = placed;
    let fits = true;
    for (const i of refused) {
      const v = chains.valueAt[i] as number;
      const [called, returned] = [value(spans.calls, i), value(spans.returns, i)];
      if (value(since, v) >= called || value(until, v) <= returned) continue;
      fits = false;
      if (!wait(narrowed, chains, reads, v, called) && !delay(narrowed, chains, reads, placed, v)) return false;
    }
    if (fits) return true;
  }
  return false;
}

/** An order of the chains in which everything happens as early as it can. */
interface Placed {
  /** By value: from when until when the register holds it. */
  readonly since: Float64Array;
  readonly until: Float64Array;
  readonly order: readonly number[];
  /** By chain: its place in the order. */
  readonly rankOf: Int32Array;
}

function place(
  { calls }: Spans,
  { roots, producers, next }: Chains,
  { lastRead }: ValueSpans,
  { firstReturn, lastCall }: Zones,
): Placed {
  // Chains that certainly span a time by its beginning. The others lie at one instant, their last call, which is inside
  // of none of those times; where it is a beginning they come first, as they may have to.
  const keyOf = (chain: number): number => Math.min(value(firstReturn, chain), value(lastCall, chain));
  const isForward = (chain: number): number => Number(value(firstReturn, chain) < value(lastCall, chain));
  const order = roots.map((_, chain) => chain);
  // Only the chain of the initial value begins at minus infinity.
  order.sort((a, b) => keyOf(a) - keyOf(b) || isForward(a) - isForward(b));
  const since = new Float64Array(calls.length + 1);
  const until = new Float64Array(calls.length + 1).fill(Number.POSITIVE_INFINITY);
  let now = Number.NEGATIVE_INFINITY;
  let before = -1;
  for (const chain of order)
    for (let v = roots[chain] as number; v >= 0; v = next[v] as number) {
      const producer = producers[v] as number;
      if (producer >= 0) now = Math.max(now, value(calls, producer));
      since[v] = now;
      if (before >= 0) until[before] = now;
      before = v;
      now = Math.max(now, value(lastRead, v));
    }
  const rankOf = new Int32Array(order.length);
  for (const [rank, chain] of order.entries()) rankOf[chain] = rank;
  return { since, until, order, rankOf };
}

/** Makes the producer of a value wait until a time; false if it returned earlier, or if the value was read earlier. */
function wait(
  { calls, returns }: Spans,
  { producers }: Chains,
  { firstRead }: ValueSpans,
  v: number,
  called: number,
): boolean {
  // The initial value has none, and there is no time at which that returned.
  const producer = producers[v] as number;
  const canWait = value(returns, producer) >= called && value(firstRead, v) >= called;
  if (canWait) calls[producer] = Math.max(value(calls, producer), called);
  return canWait;
}

/** Chains looked at for one that can wait. */
const MAX_LOOKED_AT = 64;

/** Makes a chain wait that comes before the last value of another one, so that it ends that value in time. */
function delay(
  { calls, returns }: Spans,
  { chainOf, roots, producers, next }: Chains,
  { firstRead, lastRead }: ValueSpans,
  { since, order, rankOf }: Placed,
  v: number,
): boolean {
  if (next[v] !== -1) return false;
  const fromNs = Math.max(value(since, v), value(lastRead, v));
  const rank = rankOf[chainOf[v] as number] as number;
  for (let r = rank - 1; r >= Math.max(0, rank - MAX_LOOKED_AT); r--) {
    const other = roots[order[r] as number] as number;
    const producer = producers[other] as number;
    // A chain of one value that somebody wrote, who may have returned later, as may all who saw it.
    const isFree = next[other] === -1 && value(returns, producer) >= fromNs && value(firstRead, other) >= fromNs;
    if (!isFree || value(calls, producer) >= fromNs) continue;
    calls[producer] = fromNs;
    return true;
  }
  return false;
}
