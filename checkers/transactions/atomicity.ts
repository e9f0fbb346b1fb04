import type { Known } from "./dependencies.ts";
import { ints } from "./memory.ts";
import { NOBODY, NOTHING } from "./observations.ts";
import { COMMITTED, INITIAL, WRITE } from "./transactions.ts";
import { BASE } from "./version-order-registers.ts";

/** A transaction wrote a key over a version that another one had put over the version that it had read. */
export interface LostUpdate {
  readonly transaction: number;
  readonly other: number;
  readonly key: number;
  /** What both read, or the one that the other overwrote; `INITIAL` too. */
  readonly version: number;
  /** True if the other one had read the same version and wrote the key too. */
  readonly isShared: boolean;
}

/** A transaction saw one write of another transaction, and of another key a version older than that one's write. */
export interface FracturedRead {
  readonly transaction: number;
  readonly other: number;
  /** The micro-operation that saw the other transaction, and the one that missed it. */
  readonly saw: number;
  readonly missed: number;
  /** The other one's version of the key of `missed`. */
  readonly version: number;
}

/**
 * Lost updates (G-cursor on a single item, Adya, thesis, §4.3.1): for the last version of a key that a transaction saw
 * before it wrote the key, somebody else made the next one.
 */
export function lostUpdates({ txns, seen, readers, orders }: Known): LostUpdate[] {
  const { count, status, first, f, key, version, versionKey, keyNames } = txns;
  const found: LostUpdate[] = [];
  const versions = versionKey.length;
  /** Of each version, or initial state of a key, who read it and overwrote it. */
  const overwriter = ints(readers.at.length).fill(NOBODY);
  const shownBy = ints(keyNames.length).fill(NOBODY);
  const shown = ints(keyNames.length);
  for (let t = 0; t < count; t++) {
    if (status[t] !== COMMITTED) continue;
    for (let m = first[t] as number; m < (first[t + 1] as number); m++) {
      const k = key[m] as number;
      if (f[m] !== WRITE) {
        if (seen.seen[m] !== NOTHING) {
          shownBy[k] = t;
          shown[k] = seen.seen[m] as number;
        }
        continue;
      }
      if (shownBy[k] !== t || seen.isAmbiguous[k] === 1) continue;
      // The first write decides; a later one finds nothing shown.
      shownBy[k] = NOBODY;
      const v = shown[k] as number;
      const slot = v === INITIAL ? versions + k : v;
      const other = overwriter[slot] as number;
      // What it read between its own appends shows the same version below them.
      if (other === t) continue;
      if (other !== NOBODY) found.push({ transaction: t, other, key: k, version: v, isShared: true });
      else {
        overwriter[slot] = t;
        const next = orders.isUnordered[k] === 1 ? NOBODY : nextWriter(v, k);
        const own = orders.position[version[m] as number] as number;
        if (next !== NOBODY && next !== t && (own === -1 || v === INITIAL || own > (orders.position[v] as number)))
          found.push({ transaction: t, other: next, key: k, version: v, isShared: false });
      }
    }
  }
  return found;

  function nextWriter(v: number, k: number): number {
    const { chain, chainAt, position } = orders;
    if (v !== INITIAL && position[v] === -1) return NOBODY;
    const start = (chainAt[k] as number) + (v === INITIAL ? 0 : (position[v] as number) + 1);
    for (let i = start; i < (chainAt[k + 1] as number); i++) {
      const by = seen.writer[chain[i] as number] as number;
      if (by !== NOBODY) return by;
    }
    return NOBODY;
  }
}

/** Fractured reads (Bailis et al., RAMP, SIGMOD 2014, §3.1). */
export function fracturedReads(known: Known): FracturedRead[] {
  const { txns, seen } = known;
  const { count, status, first, f, key, version, keyNames } = txns;
  const isBefore = comparison(known);
  const found: FracturedRead[] = [];
  const finalOf = ints(keyNames.length);
  const finalBy = ints(keyNames.length).fill(NOBODY);
  const lookedAtBy = ints(count).fill(NOBODY);
  for (let t = 0; t < count; t++) {
    if (status[t] !== COMMITTED) continue;
    for (let m = first[t] as number; m < (first[t + 1] as number); m++) {
      const v = seen.seen[m] as number;
      const other = v < 0 ? NOBODY : (seen.writer[v] as number);
      if (other === NOBODY || seen.counts[other] === 0 || lookedAtBy[other] === t) continue;
      if (seen.isAmbiguous[key[m] as number] === 1) continue;
      // Its first sight is the one after which the most must be seen.
      lookedAtBy[other] = t;
      for (let w = first[other] as number; w < (first[other + 1] as number); w++) {
        if (f[w] !== WRITE || seen.isAmbiguous[key[w] as number] === 1) continue;
        finalOf[key[w] as number] = version[w] as number;
        finalBy[key[w] as number] = other;
      }
      let worst: FracturedRead | undefined;
      for (let n = first[t] as number; n < (first[t + 1] as number); n++) {
        const k = key[n] as number;
        const older = seen.seen[n] as number;
        if (older === NOTHING || finalBy[k] !== other || (older >= 0 && seen.writer[older] === other)) continue;
        const newer = finalOf[k] as number;
        // One that came after the sight says more than one before it.
        if (isBefore(older, newer, k)) worst = { transaction: t, other, saw: m, missed: n, version: newer };
      }
      if (worst !== undefined) found.push(worst);
    }
  }
  return found;
}

/** How far the pairs of versions are followed. */
const MAX_VERSIONS = 64;

/** Whether one version of a key surely comes before another one. */
function comparison({ orders, pairs, txns }: Known): (older: number, newer: number, key: number) => boolean {
  const after = new Map<number, number[]>();
  for (const [i, before] of pairs?.before.entries() ?? []) {
    if (pairs?.level[i] !== BASE) continue;
    const list = after.get(before);
    if (list) list.push(pairs.after[i] as number);
    else after.set(before, [pairs.after[i] as number]);
  }
  return (older, newer, key) => {
    if (orders.isUnordered[key] === 1) return false;
    if (older === INITIAL) return true;
    const [a, b] = [orders.position[older] as number, orders.position[newer] as number];
    if (a !== -1) return b === -1 ? txns.kind === "list-append" : b > a;
    const reached = [older];
    for (const v of reached) {
      if (v === newer) return true;
      if (reached.length < MAX_VERSIONS)
        for (const next of after.get(v) ?? []) if (!reached.includes(next)) reached.push(next);
    }
    return false;
  };
}
