import { increment, startsOf } from "../../shared/counts.ts";
import type { Deadline } from "../../shared/deadline.ts";
import { COMMITTED, INITIAL, NOT_KNOWN, READ, type Transactions, WRITE } from "../transactions.ts";
import type { Layer } from "./layers.ts";
import { Lists } from "./lists.ts";
import { type Problem, Problems } from "./problems.ts";
import { NOBODY, SEVERAL, writersOf } from "./writers.ts";

/**
 * What every level needs to know of a history. Only transactions that count are judged: those that committed,
 * and those of unknown outcome that a committed one read from, since they must have. To leave out the others, and what
 * was read by those of unknown outcome, can make no history worse: nobody else depends on them.
 *
 * Reads are numbered in the order of the transactions and of their programs. Only reads from outside are kept: what a
 * transaction reads of a register after it wrote it itself concerns nobody else. (Of a list it shows what was there before.)
 */
export interface Facts {
  readonly txns: Transactions;
  readonly counts: Uint8Array;
  /** Of each version the transaction that may have committed and wrote it, `NOBODY` or `SEVERAL`. */
  readonly writer: Int32Array;
  /** Transaction `t` has the reads `readFirst[t]` up to `readFirst[t + 1]`, exclusive. */
  readonly readFirst: Int32Array;
  /**
   * Of each read: its micro-operation, the version that it saw of what others wrote, by whom (or `INITIAL`), and whether
   * it is the first of its key.
   */
  readonly readAt: Int32Array;
  readonly readVersion: Int32Array;
  readonly readFrom: Int32Array;
  readonly isFirstOfKey: Uint8Array;
  /** Write-read dependencies: from a writer to those that read from it. */
  readonly wr: Layer;
  /** Of lists, write dependencies. */
  readonly ww: Layer | undefined;
  readonly lists: Lists | undefined;
  /** Reads judged, those of a transaction's own writes included, of keys that somebody wrote. */
  readonly judged: number;
  /** What is wrong with single transactions. */
  readonly problems: readonly Problem[];
  /** The first version that was read although several transactions wrote it; -1 if there is none. */
  readonly ambiguous: number;
}

/** Gathers the facts in one pass over the micro-operations. */
export function gather(txns: Transactions, deadline: Deadline): Facts {
  const { count, first, f, key, version, status } = txns;
  const writers = writersOf(txns, deadline);
  const { writer, abortedWriter, isFinal, isWritten } = writers;
  const most = readsIn(txns);
  const reads = {
    at: new Int32Array(most),
    version: new Int32Array(most),
    from: new Int32Array(most),
    first: new Uint8Array(most),
  };
  const readFirst = new Int32Array(count + 1);
  const counts = new Uint8Array(count);
  const problems = new Problems();
  const lists = txns.kind === "list-append" ? new Lists(txns, writers, problems, counts, deadline) : undefined;
  // Per key: the transaction that touched it last, with the version that it wrote, or its first read.
  const ownBy = new Int32Array(txns.keyNames.length).fill(-1);
  const ownVersion = new Int32Array(txns.keyNames.length);
  const readBy = new Int32Array(txns.keyNames.length).fill(-1);
  const readBefore = new Int32Array(txns.keyNames.length);
  let [kept, judged, ambiguous] = [0, 0, lists?.ambiguous ?? -1];

  for (let t = 0; t < count; t++) {
    deadline.step();
    readFirst[t] = kept;
    if (status[t] !== COMMITTED) continue;
    counts[t] = 1;
    for (let m = first[t] as number; m < (first[t + 1] as number); m++) {
      const k = key[m] as number;
      let v = version[m] as number;
      if (f[m] === WRITE) {
        ownBy[k] = t;
        ownVersion[k] = v;
        continue;
      }
      if (v === NOT_KNOWN) continue;
      if (isWritten[k]) judged++;
      if (lists !== undefined) {
        v = lists.external(t, m, ownBy[k] === t);
        if (v === NOT_KNOWN) continue;
      } else if (ownBy[k] === t) {
        if (v !== ownVersion[k]) problems.add("own-write-missed", t, m, v, ownVersion[k] as number);
        continue;
      }
      let from = INITIAL;
      if (v !== INITIAL) {
        from = writer[v] as number;
        if (from === SEVERAL) {
          if (ambiguous === -1) ambiguous = v;
          continue;
        }
        if (from === t) problems.add("future-read", t, m, v, t);
        else if (from === NOBODY) {
          const aborted = abortedWriter[v] as number;
          // Of lists this is told of the longest one.
          if (lists === undefined)
            problems.add(aborted === NOBODY ? "thin-air-read" : "aborted-read", t, m, v, aborted);
        } else {
          // It was seen, so it happened.
          counts[from] = 1;
          if (!isFinal[v]) problems.add("intermediate-read", t, m, v, from);
        }
        // What nobody wrote is not final either.
        if (from === t || !isFinal[v]) continue;
      }
      reads.at[kept] = m;
      reads.version[kept] = v;
      reads.from[kept] = from;
      if (readBy[k] !== t) {
        readBy[k] = t;
        readBefore[k] = kept;
        reads.first[kept] = 1;
      } else if (reads.version[readBefore[k] as number] !== v) {
        problems.add("non-repeatable-read", t, m, v, reads.at[readBefore[k] as number] as number);
      }
      kept++;
    }
  }
  readFirst[count] = kept;
  return {
    txns,
    counts,
    writer,
    readFirst,
    readAt: reads.at.subarray(0, kept),
    readVersion: reads.version.subarray(0, kept),
    readFrom: reads.from.subarray(0, kept),
    isFirstOfKey: reads.first.subarray(0, kept),
    wr: dependencies(readFirst, reads.from),
    ww: lists?.dependencies(counts, deadline),
    lists,
    judged,
    problems: problems.list,
    ambiguous,
  };
}

function readsIn({ f }: Transactions): number {
  let count = 0;
  for (let m = 0; m < f.length; m++) if (f[m] === READ) count++;
  return count;
}

/** From each transaction to those that read from it. */
function dependencies(readFirst: Int32Array, readFrom: Int32Array): Layer {
  const size = readFirst.length - 1;
  const reads = readFirst[size] as number;
  const heads = new Int32Array(size + 1);
  for (let r = 0; r < reads; r++) if (readFrom[r] !== INITIAL) increment(heads, (readFrom[r] as number) + 1);
  startsOf(heads);
  const next = heads.slice(0, size);
  const targets = new Int32Array(heads[size] as number);
  for (let t = 0; t < size; t++)
    for (let r = readFirst[t] as number; r < (readFirst[t + 1] as number); r++)
      if (readFrom[r] !== INITIAL) targets[increment(next, readFrom[r] as number) - 1] = t;
  return { heads, targets };
}
