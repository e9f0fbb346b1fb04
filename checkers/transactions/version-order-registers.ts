import { Grower } from "./grower.ts";
import { NOTHING, type Observations } from "./observations.ts";
import type { Readers } from "./readers.ts";
import { COMMITTED, INITIAL, type Transactions, WRITE } from "./transactions.ts";

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
  readonly key: Int32Array;
}

/** What can be told of the order of a register's versions. */
export function registerPairs(txns: Transactions, seen: Observations, readers: Readers): VersionPairs {
  const size = txns.versionKey.length;
  const [befores, afters, levels, keys] = [new Grower(size), new Grower(size), new Grower(size), new Grower(size)];
  const add = (before: number, after: number, level: Level, key: number): void => {
    if (before === after || before === INITIAL || seen.isAmbiguous[key] === 1) return;
    befores.push(before);
    afters.push(after);
    levels.push(level);
    keys.push(key);
  };
  addSessionPairs(txns, seen, add);
  addRealTimePairs(txns, seen, readers, add);
  return {
    before: befores.column(),
    after: afters.column(),
    level: new Uint8Array(levels.column()),
    key: keys.column(),
  };
}

type Add = (before: number, after: number, level: Level, key: number) => void;

/** Goes through the sessions one after the other, and adds what a transaction read and wrote on the way. */
function addSessionPairs(txns: Transactions, seen: Observations, add: Add): void {
  const { count, session, first, f, key, version, keyNames } = txns;
  const UNSEEN = -4;
  const last = new Int32Array(keyNames.length).fill(UNSEEN);
  const sessionOf = new Int32Array(keyNames.length).fill(-1);
  // What the transaction at hand saw first.
  const shown = new Int32Array(keyNames.length);
  const shownBy = new Int32Array(keyNames.length).fill(-1);
  for (const t of bySession(count, session)) {
    if (seen.counts[t] === 0) continue;
    const s = session[t] as number;
    for (let m = first[t] as number; m < (first[t + 1] as number); m++) {
      const k = key[m] as number;
      const isWrite = f[m] === WRITE;
      if (isWrite && seen.isFinal[version[m] as number] === 0) continue;
      const v = isWrite ? (version[m] as number) : (seen.seen[m] as number);
      if (v === NOTHING) continue;
      if (isWrite && shownBy[k] === t) add(shown[k] as number, v, BASE, k);
      else if (sessionOf[k] === s && last[k] !== v) add(last[k] as number, v, SESSION, k);
      if (!isWrite && shownBy[k] !== t) {
        shown[k] = v;
        shownBy[k] = t;
      }
      sessionOf[k] = s;
      last[k] = v;
    }
  }
}

/** Transactions sorted by session, each session in its order. */
function bySession(count: number, session: Int32Array): Int32Array {
  const at = new Int32Array(count + 1);
  for (let t = 0; t < count; t++) {
    const slot = (session[t] as number) + 1;
    at[slot] = (at[slot] as number) + 1;
  }
  for (let s = 0; s < count; s++) at[s + 1] = (at[s + 1] as number) + (at[s] as number);
  const sorted = new Int32Array(count);
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
function addRealTimePairs(txns: Transactions, seen: Observations, readers: Readers, add: Add): void {
  const { callNs, returnNs, versionKey, keyNames, status } = txns;
  const versions = versionKey.length;
  // Of each version the first return and the last call of a transaction that had it; behind them those of INITIAL.
  const firstReturn = new Float64Array(versions + keyNames.length).fill(Number.POSITIVE_INFINITY);
  const lastCall = new Float64Array(versions + keyNames.length).fill(Number.NEGATIVE_INFINITY);
  const had = (slot: number, t: number): void => {
    firstReturn[slot] = Math.min(firstReturn[slot] as number, returnNs[t] as number);
    lastCall[slot] = Math.max(lastCall[slot] as number, callNs[t] as number);
  };
  const byKey: number[][] = keyNames.map(() => []);
  for (let v = 0; v < versions; v++) {
    const t = seen.writer[v] as number;
    if (t < 0 || seen.counts[t] === 0 || seen.isFinal[v] === 0) continue;
    had(v, t);
    byKey[versionKey[v] as number]?.push(v);
  }
  for (let slot = 0; slot < versions + keyNames.length; slot++)
    for (let i = readers.at[slot] as number; i < (readers.at[slot + 1] as number); i++) {
      const t = readers.transaction[i] as number;
      if (status[t] === COMMITTED) had(slot, t);
    }
  for (const [k, list] of byKey.entries()) {
    if (seen.isAmbiguous[k] === 1) continue;
    const sorted = list.sort((a, b) => (firstReturn[a] as number) - (firstReturn[b] as number));
    const addBefore = (slot: number, version: number): void => {
      let i = sorted.length;
      let [low, high] = [0, i];
      while (low < high) {
        const middle = (low + high) >>> 1;
        if ((firstReturn[sorted[middle] as number] as number) < (lastCall[slot] as number)) low = middle + 1;
        else high = middle;
      }
      let latest = Number.NEGATIVE_INFINITY;
      for (i = low - 1; i >= 0; i--) {
        const v = sorted[i] as number;
        if ((firstReturn[v] as number) < latest) break;
        if (v === version) continue;
        add(v, version, REAL_TIME, k);
        latest = Math.max(latest, lastCall[v] as number);
      }
    };
    for (const v of sorted) addBefore(v, v);
    addBefore(versions + k, INITIAL);
  }
}
