import { increment, startsOf } from "../shared/counts.ts";
import type { Known } from "./dependencies.ts";
import { bytes, ints } from "./memory.ts";
import { COMMITTED, INITIAL, NOT_KNOWN, WRITE } from "./transactions.ts";

/** What an order of transactions was shown to be, by carrying it out. */
export interface Replayed {
  /** Every committed read saw what it would have seen: serializable. */
  readonly isSerial: boolean;
  /** The order keeps that of each session. */
  readonly keepsSessions: boolean;
  /** What had returned before another was called comes before it. */
  readonly keepsRealTime: boolean;
}

/**
 * Carries transactions out one after the other on one copy of the data, and compares what each read with what it would have
 * read. It looks at the history alone, at none of the orders and edges that led to the order.
 */
export function replay({ txns, seen }: Known, order: Int32Array): Replayed {
  const isSerial =
    countsAll(seen.counts, order) && (txns.kind === "list-append" ? replayLists : replayRegisters)(txns, order);
  return { isSerial, ...timesOf(txns, order) };
}

type Txns = Known["txns"];

/** True if the order holds each transaction that counts exactly once. */
function countsAll(counts: Uint8Array, order: Int32Array): boolean {
  const left = bytes(counts.length);
  left.set(counts);
  for (const t of order) {
    if (left[t] !== 1) return false;
    left[t] = 0;
  }
  return !left.includes(1);
}

function replayRegisters({ first, f, key, version, status, keyNames }: Txns, order: Int32Array): boolean {
  const current = ints(keyNames.length).fill(INITIAL);
  for (const t of order)
    for (let m = first[t] as number; m < (first[t + 1] as number); m++) {
      const k = key[m] as number;
      if (f[m] === WRITE) current[k] = version[m] as number;
      else if (status[t] === COMMITTED && version[m] !== current[k]) return false;
    }
  return true;
}

function replayLists(txns: Txns, order: Int32Array): boolean {
  const { first, f, key, version, status, keyNames, elements, elementsAt, elementsLength } = txns;
  // The lists stand one behind the other, each with room for all that is ever appended to it.
  const at = ints(keyNames.length + 1);
  for (let m = 0; m < f.length; m++) if (f[m] === WRITE) increment(at, (key[m] as number) + 1);
  startsOf(at);
  const lists = ints(at[keyNames.length] as number);
  const length = ints(keyNames.length);
  for (const t of order)
    for (let m = first[t] as number; m < (first[t + 1] as number); m++) {
      const k = key[m] as number;
      const start = at[k] as number;
      const now = length[k] as number;
      if (f[m] === WRITE) {
        lists[start + now] = version[m] as number;
        length[k] = now + 1;
      } else if (status[t] === COMMITTED) {
        if (version[m] === NOT_KNOWN || elementsLength[m] !== now) return false;
        const read = elementsAt[m] as number;
        for (let i = 0; i < now; i++) if (elements[read + i] !== lists[start + i]) return false;
      }
    }
  return true;
}

function timesOf({ session, callNs, returnNs }: Txns, order: Int32Array): Omit<Replayed, "isSerial"> {
  const last = ints(session.length).fill(-1);
  let [keepsSessions, keepsRealTime] = [true, true];
  let latestCallNs = Number.NEGATIVE_INFINITY;
  for (const t of order) {
    const s = session[t] as number;
    if ((last[s] as number) > t) keepsSessions = false;
    last[s] = t;
    if ((returnNs[t] as number) < latestCallNs) keepsRealTime = false;
    latestCallNs = Math.max(latestCallNs, callNs[t] as number);
  }
  return { keepsSessions, keepsRealTime };
}
