import { increment, startsOf } from "../shared/counts.ts";
import { Grower } from "./grower.ts";
import { bytes, doubles, ints } from "./memory.ts";
import { NOTHING, type Observations } from "./observations.ts";
import type { Readers } from "./readers.ts";
import { INITIAL, type Transactions, WRITE } from "./transactions.ts";
import type { VersionOrders } from "./version-orders.ts";

/**
 * From what it follows that one version comes before another, weakest first. `BASE`: a transaction read the one and wrote
 * the other; otherwise information would flow in a circle (G1c). `SESSION`, `REAL_TIME`: a transaction that had the one
 * (saw it, or wrote it) came before one that had the other, in a session or in real time; that counts only for models
 * that let a transaction see what the earlier one saw.
 */
export const BASE = 0;
export const SESSION = 1;
export const REAL_TIME = 2;
export type Level = typeof BASE | typeof SESSION | typeof REAL_TIME;

/** Pairs of versions of a key of which the first comes earlier; `INITIAL` may stand in place of the second. */
export interface VersionPairs {
  readonly before: Int32Array;
  readonly after: Int32Array;
  /** Of each pair its `Level`. */
  readonly level: Uint8Array;
}

/** What is taken for granted, and which pairs are left out. */
export interface PairOptions {
  /** What pairs of each level count as. */
  readonly levels: readonly [base: Level, session: Level, realTime: Level];
  /** False to leave out what follows only from sessions. */
  readonly sessions: boolean;
}

/** What can be told of the order of a register's versions. `orders` without any chain: its tails are the final versions. */
export function registerPairs(
  txns: Transactions,
  seen: Observations,
  readers: Readers,
  orders: VersionOrders,
  { levels: [base, session, realTime], sessions }: PairOptions,
): VersionPairs {
  const size = 2 * txns.versionKey.length;
  const [before, after] = [Grower.ints(size), Grower.ints(size)];
  const add: Add = (earlier, later, key) => {
    if (earlier === later || earlier === INITIAL || seen.isAmbiguous[key] === 1) return;
    before.push(earlier);
    after.push(later);
  };
  addOwnPairs(txns, seen, add);
  const ownEnd = before.length;
  if (sessions) addSessionPairs(txns, seen, add);
  const sessionEnd = before.length;
  addRealTimePairs(txns, seen, readers, orders, add);
  const level = bytes(before.length);
  level.fill(base, 0, ownEnd).fill(session, ownEnd, sessionEnd).fill(realTime, sessionEnd);
  return { before: before.column(), after: after.column(), level };
}

type Add = (earlier: number, later: number, key: number) => void;

/** Adds what each transaction read first, before what it wrote then. */
function addOwnPairs(txns: Transactions, seen: Observations, add: Add): void {
  const { count, first, f, key, version, keyNames } = txns;
  const shown = ints(keyNames.length);
  const shownBy = ints(keyNames.length).fill(-1);
  for (let t = 0; t < count; t++) {
    if (seen.counts[t] === 0) continue;
    for (let m = first[t] as number; m < (first[t + 1] as number); m++) {
      const k = key[m] as number;
      if (f[m] === WRITE) {
        if (shownBy[k] === t && seen.isFinal[version[m] as number] === 1)
          add(shown[k] as number, version[m] as number, k);
      } else if (shownBy[k] !== t && seen.seen[m] !== NOTHING) {
        shown[k] = seen.seen[m] as number;
        shownBy[k] = t;
      }
    }
  }
}

/** Goes through the sessions one after the other, and adds what follows from what was read and written on the way. */
function addSessionPairs(txns: Transactions, seen: Observations, add: Add): void {
  const { count, session, first, f, key, version, keyNames } = txns;
  const last = ints(keyNames.length);
  const sessionOf = ints(keyNames.length).fill(-1);
  /** Of each key who had it last: where a transaction read what it then wrote over, the one comes after the other anyway. */
  const hadBy = ints(keyNames.length).fill(-1);
  for (const t of bySession(count, session)) {
    if (seen.counts[t] === 0) continue;
    const s = session[t] as number;
    for (let m = first[t] as number; m < (first[t + 1] as number); m++) {
      const k = key[m] as number;
      const isWrite = f[m] === WRITE;
      if (isWrite && seen.isFinal[version[m] as number] === 0) continue;
      const v = isWrite ? (version[m] as number) : (seen.seen[m] as number);
      if (v === NOTHING) continue;
      if (sessionOf[k] === s && !(isWrite && hadBy[k] === t)) add(last[k] as number, v, k);
      hadBy[k] = t;
      sessionOf[k] = s;
      last[k] = v;
    }
  }
}

/** Transactions sorted by session, each session in its order. */
function bySession(count: number, session: Int32Array): Int32Array {
  const at = ints(count + 1);
  for (let t = 0; t < count; t++) increment(at, (session[t] as number) + 1);
  startsOf(at);
  const sorted = ints(count);
  for (let t = 0; t < count; t++) {
    const s = session[t] as number;
    const slot = at[s] as number;
    at[s] = slot + 1;
    sorted[slot] = t;
  }
  return sorted;
}

/**
 * A version had by a transaction that returned before another one was called that had `after` comes before `after`
 * (the zones of Gibbons & Korach, SIAM J. Comput. 1997). Only pairs that do not follow from others of them.
 */
function addRealTimePairs(
  txns: Transactions,
  seen: Observations,
  readers: Readers,
  { tail, tailAt }: VersionOrders,
  add: Add,
): void {
  const { versionKey, keyNames } = txns;
  const versions = versionKey.length;
  const { firstReturn, lastCall } = timesOf(txns, seen, readers, tail);
  const sorted = ints(tail.length);
  sorted.set(tail);
  for (let k = 0; k < keyNames.length; k++) {
    const [start, end] = [tailAt[k] as number, tailAt[k + 1] as number];
    sortBy(sorted.subarray(start, end), firstReturn);
    for (let i = start; i < end; i++) addBefore(sorted[i] as number, sorted[i] as number, k);
    addBefore(versions + k, INITIAL, k);
  }

  function addBefore(slot: number, version: number, k: number): void {
    const start = tailAt[k] as number;
    const call = lastCall[slot] as number;
    let [low, high] = [start, tailAt[k + 1] as number];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((firstReturn[sorted[middle] as number] as number) < call) low = middle + 1;
      else high = middle;
    }
    let latest = Number.NEGATIVE_INFINITY;
    for (let i = low - 1; i >= start; i--) {
      const v = sorted[i] as number;
      if ((firstReturn[v] as number) < latest) break;
      if (v === version) continue;
      add(v, version, k);
      latest = Math.max(latest, lastCall[v] as number);
    }
  }
}

/** Of each version the first return and the last call of a transaction that had it; behind them those of initial states. */
function timesOf(txns: Transactions, seen: Observations, { at, transaction }: Readers, finals: Int32Array) {
  const { callNs, returnNs, versionKey, keyNames } = txns;
  const slots = versionKey.length + keyNames.length;
  const firstReturn = doubles(slots).fill(Number.POSITIVE_INFINITY);
  const lastCall = doubles(slots).fill(Number.NEGATIVE_INFINITY);
  const had = (slot: number, t: number): void => {
    if ((returnNs[t] as number) < (firstReturn[slot] as number)) firstReturn[slot] = returnNs[t] as number;
    if ((callNs[t] as number) > (lastCall[slot] as number)) lastCall[slot] = callNs[t] as number;
  };
  for (const v of finals) had(v, seen.writer[v] as number);
  for (let slot = 0; slot < slots; slot++)
    for (let i = at[slot] as number; i < (at[slot + 1] as number); i++) had(slot, transaction[i] as number);
  return { firstReturn, lastCall };
}

/** How many steps back an item takes on average where items are nearly sorted. */
const MAX_STEPS = 8;

/** Sorts by rank. Versions come nearly in order, and then inserting one after the other is the fastest. */
function sortBy(items: Int32Array, rank: Float64Array): void {
  let steps = MAX_STEPS * items.length;
  for (let i = 1; i < items.length; i++) {
    const item = items[i] as number;
    const own = rank[item] as number;
    let hole = i;
    for (; hole > 0 && (rank[items[hole - 1] as number] as number) > own; hole--)
      items[hole] = items[hole - 1] as number;
    items[hole] = item;
    steps -= i - hole;
    if (steps < 0) {
      items.sort((a, b) => (rank[a] as number) - (rank[b] as number));
      return;
    }
  }
}
