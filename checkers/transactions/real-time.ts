import { type GraphBuilder, HUB, RT, SO } from "./graph.ts";
import { doubles, ints } from "./memory.ts";
import type { Transactions } from "./transactions.ts";

/**
 * Real time in O(n) edges: a line of hubs, one for every moment at which transactions are called after others returned.
 * A transaction leads to the first hub after its return, and the last hub before its call leads to it. What returns at
 * the very moment of a call is concurrent to it.
 */
export function addRealTime({ count, callNs, returnNs }: Transactions, counts: Uint8Array, graph: GraphBuilder): void {
  const returns = doubles(count);
  let counted = 0;
  for (let t = 0; t < count; t++) if (counts[t] === 1) returns[counted++] = returnNs[t] as number;
  const sorted = returns.subarray(0, counted).sort();

  /** Of each hub how many transactions had returned before it. */
  const returnedBy = ints(count);
  let hubs = 0;
  const firstHub = graph.nodes;
  let returned = 0;
  for (let t = 0; t < count; t++) {
    if (counts[t] === 0) continue;
    while (returned < counted && (sorted[returned] as number) < (callNs[t] as number)) returned++;
    if (returned === 0) continue;
    if (hubs === 0 || returnedBy[hubs - 1] !== returned) {
      const hub = graph.hub();
      if (hubs > 0) graph.add(hub - 1, hub, HUB);
      returnedBy[hubs++] = returned;
    }
    graph.add(firstHub + hubs - 1, t, HUB);
  }
  const byCount = returnedBy.subarray(0, hubs);
  for (let t = 0; t < count; t++) {
    if (counts[t] === 0) continue;
    // None is above for what never returned.
    const hub = firstAbove(byCount, lowerBound(sorted, returnNs[t] as number));
    if (hub < hubs) graph.add(t, firstHub + hub, RT);
  }
}

/** Each transaction to the next one of its session. */
export function addSessions({ count, session }: Transactions, counts: Uint8Array, graph: GraphBuilder): void {
  const last = ints(count).fill(-1);
  for (let t = 0; t < count; t++) {
    if (counts[t] === 0) continue;
    const s = session[t] as number;
    if (last[s] !== -1) graph.add(last[s] as number, t, SO);
    last[s] = t;
  }
}

/** The number of items below `value`. */
function lowerBound(sorted: Float64Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The first position whose item is above `value`. */
function firstAbove(sorted: Int32Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as number) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
