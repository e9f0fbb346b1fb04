import { increment, startsOf } from "../../shared/counts.ts";
import { WRITE } from "../transactions.ts";
import type { Facts } from "./facts.ts";
import type { Layer } from "./layers.ts";

/** The transactions that count, session by session. */
export interface Sessions {
  readonly count: number;
  /** Session `s` consists of `txns[first[s]]` up to `txns[first[s + 1]]`, exclusive, in its order. */
  readonly first: Int32Array;
  readonly txns: Int32Array;
  /** Of each transaction its session, and its place in it, from 0. */
  readonly of: Int32Array;
  readonly place: Int32Array;
  /** Of each transaction the one before it in its session, or -1. */
  readonly previous: Int32Array;
  /** From each transaction to the next one of its session. */
  readonly so: Layer;
}

export function sessionsOf({ txns: { count, session }, counts }: Facts): Sessions {
  let sessions = 0;
  for (let t = 0; t < count; t++) sessions = Math.max(sessions, (session[t] as number) + 1);
  const first = new Int32Array(sessions + 1);
  const place = new Int32Array(count);
  for (let t = 0; t < count; t++) if (counts[t]) place[t] = increment(first, (session[t] as number) + 1) - 1;
  startsOf(first);
  const txns = new Int32Array(first[sessions] as number);
  for (let t = 0; t < count; t++)
    if (counts[t]) txns[(first[session[t] as number] as number) + (place[t] as number)] = t;
  const previous = new Int32Array(count).fill(-1);
  for (let i = 1; i < txns.length; i++)
    if (place[txns[i] as number] !== 0) previous[txns[i] as number] = txns[i - 1] as number;
  return { count: sessions, first, txns, of: session, place, previous, so: successors(count, first, txns) };
}

/** From each transaction of a session to the next one. */
function successors(size: number, first: Int32Array, txns: Int32Array): Layer {
  const following = new Int32Array(size).fill(-1);
  for (let s = 0; s + 1 < first.length; s++)
    for (let i = (first[s] as number) + 1; i < (first[s + 1] as number); i++)
      following[txns[i - 1] as number] = txns[i] as number;
  const heads = new Int32Array(size + 1);
  let edges = 0;
  for (let t = 0; t < size; t++) {
    if (following[t] !== -1) following[edges++] = following[t] as number;
    heads[t + 1] = edges;
  }
  return { heads, targets: following.subarray(0, edges) };
}

/** Last writes of transactions that count, each on its key. */
export interface Writes {
  /** By transaction, in order of keys: those of `t` are `key[first[t]]` up to `key[first[t + 1]]`, exclusive. */
  readonly first: Int32Array;
  readonly key: Int32Array;
  /** The same by key, as transactions in order of sessions and in theirs. */
  readonly firstOfKey: Int32Array;
  readonly txn: Int32Array;
}

export function writesOf({ txns }: Facts, sessions: Sessions): Writes {
  const keys = txns.keyNames.length;
  const firstOfKey = new Int32Array(keys + 1);
  const first = new Int32Array(txns.count + 1);
  const seenBy = new Int32Array(keys);
  /** Calls back once for each transaction and key that it wrote. */
  const eachWrite = (visit: (t: number, k: number) => void): void => {
    seenBy.fill(-1);
    for (const t of sessions.txns)
      for (let m = txns.first[t] as number; m < (txns.first[t + 1] as number); m++) {
        const k = txns.key[m] as number;
        if (txns.f[m] !== WRITE || seenBy[k] === t) continue;
        seenBy[k] = t;
        visit(t, k);
      }
  };
  eachWrite((t, k) => {
    increment(first, t + 1);
    increment(firstOfKey, k + 1);
  });
  startsOf(first);
  startsOf(firstOfKey);
  const total = first[txns.count] as number;
  const txn = new Int32Array(total);
  const nextOfKey = firstOfKey.slice();
  eachWrite((t, k) => {
    txn[increment(nextOfKey, k) - 1] = t;
  });
  // From the order by keys to that by transactions, which thereby have theirs in order of keys.
  const key = new Int32Array(total);
  const next = first.slice();
  for (let k = 0; k < keys; k++)
    for (let i = firstOfKey[k] as number; i < (firstOfKey[k + 1] as number); i++)
      key[increment(next, txn[i] as number) - 1] = k;
  return { first, key, firstOfKey, txn };
}

/** True if `t` wrote `key`. */
export function wrote({ first, key }: Writes, t: number, wanted: number): boolean {
  let low = first[t] as number;
  let high = first[t + 1] as number;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((key[middle] as number) < wanted) low = middle + 1;
    else high = middle;
  }
  return low < (first[t + 1] as number) && key[low] === wanted;
}
