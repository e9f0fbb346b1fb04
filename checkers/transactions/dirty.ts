import type { Known } from "./dependencies.ts";
import { bytes } from "./memory.ts";
import { NOBODY } from "./observations.ts";
import { ABORTED, COMMITTED, READ, type Transactions, WRITE } from "./transactions.ts";

/**
 * A read of what is no committed, final version.
 * - `G1a`: an aborted transaction wrote it. `dirty-update`: and the write that came over it committed.
 * - `G1b`: its transaction wrote the key again afterwards.
 * - `thin-air-read`: nobody wrote it; it came out of thin air.
 */
export interface DirtyRead {
  readonly kind: "G1a" | "G1b" | "thin-air-read" | "dirty-update";
  readonly transaction: number;
  /** The micro-operation. */
  readonly read: number;
  readonly version: number;
  /** Who wrote the version, or `NOBODY`; of a dirty update, who wrote over it. */
  readonly by: number;
}

export function dirtyReads(known: Known): DirtyRead[] {
  const { txns, seen } = known;
  const { count, status, first, f, versionKey } = txns;
  const found: DirtyRead[] = [];
  const isBad = badVersions(known);
  for (let t = 0; t < count; t++) {
    if (status[t] !== COMMITTED) continue;
    for (let m = first[t] as number; m < (first[t + 1] as number); m++) {
      if (f[m] !== READ) continue;
      if (isBad !== undefined) addBad(known, isBad, t, m, found);
      const v = seen.seen[m] as number;
      if (v < 0 || seen.isFinal[v] === 1 || seen.isAmbiguous[versionKey[v] as number] === 1) continue;
      const by = seen.writer[v] as number;
      if (by !== NOBODY && status[by] !== ABORTED) found.push({ kind: "G1b", transaction: t, read: m, version: v, by });
    }
  }
  return found;

  function addBad({ txns, seen }: Known, isBad: Uint8Array, t: number, m: number, found: DirtyRead[]): void {
    const versions = shownBy(txns, m);
    for (const [i, v] of versions.entries()) {
      if (isBad[v] === 0) continue;
      const by = seen.writer[v] as number;
      found.push({ kind: by === NOBODY ? "thin-air-read" : "G1a", transaction: t, read: m, version: v, by });
      const over = by === NOBODY ? NOBODY : overwriter(t, m, versions[i + 1]);
      if (over !== NOBODY) found.push({ kind: "dirty-update", transaction: t, read: m, version: v, by: over });
    }
  }

  /** Who surely wrote over the version: whose element follows in the list, or the reader itself. */
  function overwriter(t: number, m: number, next: number | undefined): number {
    const by = next === undefined ? NOBODY : (seen.writer[next] as number);
    if (by !== NOBODY && status[by] === COMMITTED) return by;
    for (let w = m + 1; w < (first[t + 1] as number); w++) if (f[w] === WRITE && txns.key[w] === txns.key[m]) return t;
    return NOBODY;
  }
}

/** All versions that a read shows. */
export function shownBy({ kind, version, elements, elementsAt, elementsLength }: Transactions, m: number): Int32Array {
  const v = version[m] as number;
  if (v < 0) return new Int32Array(0);
  if (kind === "rw-register") return Int32Array.of(v);
  const at = elementsAt[m] as number;
  return elements.subarray(at, at + (elementsLength[m] as number));
}

/** Marks versions that nobody wrote, or only somebody who aborted; `undefined` if no read shows any. */
function badVersions({ txns, seen }: Known): Uint8Array | undefined {
  const { versionKey, status, kind, elements, f, version } = txns;
  const isBad = bytes(versionKey.length);
  let some = false;
  for (let v = 0; v < versionKey.length; v++) {
    const by = seen.writer[v] as number;
    if (by === NOBODY || (status[by] === ABORTED && seen.isAmbiguous[versionKey[v] as number] === 0)) {
      isBad[v] = 1;
      some = true;
    }
  }
  if (!some) return undefined;
  if (kind === "list-append") return elements.some((v) => isBad[v] === 1) ? isBad : undefined;
  return version.some((v, m) => f[m] === READ && isBad[v] === 1) ? isBad : undefined;
}
