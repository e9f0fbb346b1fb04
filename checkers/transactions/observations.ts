import { bytes, ints } from "./memory.ts";
import { ABORTED, COMMITTED, INITIAL, NOT_KNOWN, READ, type Transactions, UNKNOWN, WRITE } from "./transactions.ts";

/** Of a micro-operation: it shows no version that another transaction made. */
export const NOTHING = -3;
/** Of a version: nobody wrote it. */
export const NOBODY = -1;

/** What reads show of other transactions, and who wrote it. */
export interface Observations {
  /**
   * Of each micro-operation the version of its key that it shows and that is not its own transaction's: `INITIAL`,
   * `NOTHING` if it is no such read. What a transaction reads from a list after its own appends shows the version below
   * those.
   */
  readonly seen: Int32Array;
  /** Of each version the transaction that wrote it, whatever became of that, or `NOBODY`. */
  readonly writer: Int32Array;
  /** Of each version 1 if its transaction's last write to the key made it. */
  readonly isFinal: Uint8Array;
  /** Of each key 1 if a value was written to it twice: nobody can say which of the two a read saw. */
  readonly isAmbiguous: Uint8Array;
  /** How many keys are like that. */
  readonly ambiguous: number;
  /**
   * Of each transaction 1 if it counts: it committed, or it may have and a write of it was seen. Of unknown outcome and
   * not seen, it can as well never have happened: its own reads are not known and demand nothing.
   */
  readonly counts: Uint8Array;
  /** Committed reads whose result is known. */
  readonly reads: number;
  readonly mistakes: readonly InternalMistake[];
}

/** A transaction that disagrees with itself. */
export interface InternalMistake {
  /**
   * `own`: it did not see its own last write. `repeated`: it saw two versions of others of the same key. `future`: it saw
   * what it wrote only later.
   */
  readonly kind: "own" | "repeated" | "future";
  readonly transaction: number;
  /** The micro-operation that read, and the earlier one (`future`: the later one) that it disagrees with. */
  readonly read: number;
  readonly other: number;
}

export function observe(txns: Transactions): Observations {
  const { writer, isFinal, isAmbiguous, ambiguous } = writersOf(txns);
  const counts = counting(txns, writer);
  const mistakes: InternalMistake[] = [];
  const { seen, reads } = readsOf(txns, writer, isAmbiguous, mistakes);
  return { seen, writer, isFinal, isAmbiguous, ambiguous, counts, reads, mistakes };
}

function writersOf({ count, first, f, key, version, versionKey, keyNames }: Transactions) {
  const writer = ints(versionKey.length).fill(NOBODY);
  const isFinal = bytes(versionKey.length);
  const isAmbiguous = bytes(keyNames.length);
  let ambiguous = 0;
  /** Of each key the version last written by the transaction at hand. */
  const last = ints(keyNames.length).fill(NOBODY);
  for (let t = 0; t < count; t++) {
    for (let m = first[t] as number; m < (first[t + 1] as number); m++) {
      if (f[m] !== WRITE) continue;
      const [v, k] = [version[m] as number, key[m] as number];
      if (writer[v] !== NOBODY && isAmbiguous[k] === 0) {
        isAmbiguous[k] = 1;
        ambiguous++;
      }
      writer[v] = t;
      const before = last[k] as number;
      if (before !== NOBODY && writer[before] === t) isFinal[before] = 0;
      isFinal[v] = 1;
      last[k] = v;
    }
  }
  return { writer, isFinal, isAmbiguous, ambiguous };
}

function counting({ kind, count, status, f, version, elements, first }: Transactions, writer: Int32Array): Uint8Array {
  const counts = bytes(count);
  let hasUnknown = false;
  for (let t = 0; t < count; t++) {
    if (status[t] === COMMITTED) counts[t] = 1;
    else if (status[t] === UNKNOWN) hasUnknown = true;
  }
  if (!hasUnknown) return counts;
  const see = (v: number): void => {
    const by = v < 0 ? NOBODY : (writer[v] as number);
    if (by !== NOBODY && status[by] !== ABORTED) counts[by] = 1;
  };
  if (kind === "list-append") for (const v of elements) see(v);
  else for (let m = 0; m < (first[count] as number); m++) if (f[m] === READ) see(version[m] as number);
  return counts;
}

function readsOf(txns: Transactions, writer: Int32Array, isAmbiguous: Uint8Array, mistakes: InternalMistake[]) {
  const { kind, count, status, first, f, key, version, elements, elementsAt, elementsLength, keyNames } = txns;
  const isList = kind === "list-append";
  const seen = ints(f.length).fill(NOTHING);
  let reads = 0;
  // Of each key what the transaction at hand did to it: its last write, how many, and the read that showed others' work.
  const touchedBy = ints(keyNames.length).fill(-1);
  const lastWrite = ints(keyNames.length);
  const writes = ints(keyNames.length);
  const shownAt = ints(keyNames.length);
  /** Of each append the one of the same transaction and key before it. */
  const writeBefore = ints(isList ? f.length : 0);

  /** The position in the list after which only the transaction's own appends follow; -1 if they do not. */
  const belowOwn = (m: number, k: number): number => {
    const at = elementsAt[m] as number;
    let end = elementsLength[m] as number;
    for (let own = lastWrite[k] as number, left = writes[k] as number; left > 0; left--) {
      if (end === 0 || elements[at + end - 1] !== version[own]) return -1;
      end--;
      own = writeBefore[own] as number;
    }
    return end;
  };

  for (let t = 0; t < count; t++) {
    if (status[t] !== COMMITTED) continue;
    for (let m = first[t] as number; m < (first[t + 1] as number); m++) {
      const k = key[m] as number;
      if (touchedBy[k] !== t) {
        touchedBy[k] = t;
        writes[k] = 0;
        lastWrite[k] = -1;
        shownAt[k] = -1;
      }
      if (f[m] === WRITE) {
        if (isList) writeBefore[m] = lastWrite[k] as number;
        lastWrite[k] = m;
        writes[k] = (writes[k] as number) + 1;
        continue;
      }
      let v = version[m] as number;
      if (v === NOT_KNOWN) continue;
      reads++;
      if (writes[k] !== 0) {
        const own = lastWrite[k] as number;
        const below = isList ? belowOwn(m, k) : -1;
        if (isList ? below < 0 : v !== version[own])
          mistakes.push({ kind: "own", transaction: t, read: m, other: own });
        if (below < 0) continue;
        v = below === 0 ? INITIAL : (elements[(elementsAt[m] as number) + below - 1] as number);
      }
      if (v !== INITIAL && writer[v] === t && isAmbiguous[k] === 0) {
        mistakes.push({ kind: "future", transaction: t, read: m, other: writeOf(txns, t, v) });
        continue;
      }
      seen[m] = v;
      const shown = shownAt[k] as number;
      if (shown < 0) shownAt[k] = m;
      else if (seen[shown] !== v) mistakes.push({ kind: "repeated", transaction: t, read: m, other: shown });
    }
  }
  return { seen, reads };
}

/** The micro-operation of transaction `t` that wrote the version. */
export function writeOf({ first, f, version }: Transactions, t: number, v: number): number {
  for (let m = first[t] as number; m < (first[t + 1] as number); m++) if (f[m] === WRITE && version[m] === v) return m;
  return -1;
}
