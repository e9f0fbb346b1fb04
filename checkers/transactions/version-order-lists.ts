import { ints } from "./memory.ts";
import { NOBODY, type Observations } from "./observations.ts";
import { ABORTED, COMMITTED, type Transactions, WRITE } from "./transactions.ts";
import { type VersionOrders, versionOrders } from "./version-orders.ts";

/** Two reads of a list of which neither can have grown into the other; micro-operations. */
export interface IncompatibleReads {
  readonly one: number;
  readonly other: number;
  /** True if they stay incompatible without what transactions of unknown outcome appended: those may have aborted. */
  readonly surely: boolean;
}

/** A read that shows an element twice. */
export interface DuplicateElement {
  readonly read: number;
  readonly element: number;
}

/** Two appends of one transaction to a list, of which the later one was seen without the earlier one before it. */
export interface MisorderedAppends {
  readonly transaction: number;
  /** Versions. */
  readonly earlier: number;
  readonly later: number;
}

export interface ListOrders {
  readonly orders: VersionOrders;
  readonly incompatible: readonly IncompatibleReads[];
  readonly duplicates: readonly DuplicateElement[];
  readonly misordered: readonly MisorderedAppends[];
}

/**
 * The order of a list's versions is what its longest read shows; every other read must be a prefix of that (traceability:
 * Kingsbury & Alvaro, Elle, VLDB 2020, §4.2.1). What aborted transactions appended is left out: a list that showed it may
 * have lost it again.
 */
export function listOrders(txns: Transactions, seen: Observations): ListOrders {
  const { key, elements, elementsAt, elementsLength, keyNames, f, status } = txns;
  const keys = keyNames.length;
  const isUnordered = seen.isAmbiguous.slice();
  const incompatible: IncompatibleReads[] = [];
  const duplicates: DuplicateElement[] = [];

  // One read for every run of elements, the longest. There is hardly more than one run a key.
  const longestAt = ints(elements.length).fill(-1);
  for (let m = 0; m < f.length; m++) {
    if (elementsLength[m] === 0) continue;
    const at = elementsAt[m] as number;
    const best = longestAt[at] as number;
    if (best < 0 || (elementsLength[m] as number) > (elementsLength[best] as number)) longestAt[at] = m;
  }
  const runs: number[] = [];
  for (const m of longestAt) if (m >= 0) runs.push(m);
  runs.sort(
    (a, b) => (key[a] as number) - (key[b] as number) || (elementsLength[b] as number) - (elementsLength[a] as number),
  );

  const shownBy = (m: number, onlyCommitted = false): Int32Array => {
    const shows = (v: number): boolean => {
      const t = seen.writer[v] as number;
      if (t === NOBODY) return !onlyCommitted;
      return onlyCommitted ? status[t] === COMMITTED : status[t] !== ABORTED;
    };
    const all = elements.subarray(elementsAt[m], (elementsAt[m] as number) + (elementsLength[m] as number));
    return all.every(shows) ? all : all.filter(shows);
  };

  const lastSeenIn = ints(seen.writer.length).fill(-1);
  const chains: Int32Array[] = new Array(keys);
  const shownAt = ints(keys).fill(-1);
  for (const m of runs) {
    const k = key[m] as number;
    if (seen.isAmbiguous[k] === 1) continue;
    for (let i = 0; i < (elementsLength[m] as number); i++) {
      const v = elements[(elementsAt[m] as number) + i] as number;
      if (lastSeenIn[v] === m) {
        duplicates.push({ read: m, element: v });
        isUnordered[k] = 1;
      }
      lastSeenIn[v] = m;
    }
    const shown = shownBy(m);
    const known = chains[k];
    if (known === undefined || (shown.length > known.length && startsWith(shown, known))) {
      chains[k] = shown;
      shownAt[k] = m;
    } else if (!startsWith(known, shown)) {
      const one = shownAt[k] as number;
      isUnordered[k] = 1;
      incompatible.push({ one, other: m, surely: !isOneAPrefix(shownBy(one, true), shownBy(m, true)) });
    }
  }

  const chainAt = ints(keys + 1);
  for (let k = 0; k < keys; k++)
    chainAt[k + 1] = (chainAt[k] as number) + (isUnordered[k] === 0 ? (chains[k]?.length ?? 0) : 0);
  const chain = ints(chainAt[keys] as number);
  for (let k = 0; k < keys; k++) if (isUnordered[k] === 0) chain.set(chains[k] ?? [], chainAt[k]);
  const orders = versionOrders(txns, seen, { chain, chainAt }, isUnordered);
  return { orders, incompatible, duplicates, misordered: misorderedAppends(txns, orders) };
}

function misorderedAppends(txns: Transactions, { position }: VersionOrders): MisorderedAppends[] {
  const { count, first, f, key, version, keyNames } = txns;
  const found: MisorderedAppends[] = [];
  const last = ints(keyNames.length);
  const lastBy = ints(keyNames.length).fill(-1);
  for (let t = 0; t < count; t++) {
    for (let m = first[t] as number; m < (first[t + 1] as number); m++) {
      if (f[m] !== WRITE) continue;
      const [k, later] = [key[m] as number, version[m] as number];
      if (lastBy[k] === t && position[later] !== -1) {
        const earlier = last[k] as number;
        const at = position[earlier] as number;
        if (at === -1 || at > (position[later] as number)) found.push({ transaction: t, earlier, later });
      }
      last[k] = later;
      lastBy[k] = t;
    }
  }
  return found;
}

function startsWith(list: Int32Array, start: Int32Array): boolean {
  if (start.length > list.length) return false;
  for (let i = 0; i < start.length; i++) if (list[i] !== start[i]) return false;
  return true;
}

const isOneAPrefix = (a: Int32Array, b: Int32Array): boolean => startsWith(a, b) || startsWith(b, a);
