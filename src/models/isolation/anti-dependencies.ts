import type { TxnId } from "./scheduler.ts";

interface Tracked {
  readonly startedAt: number;
  /** `undefined` while it runs. */
  committedAt: number | undefined;
  readonly reads: Set<string>;
  readonly writes: Set<string>;
  /** A concurrent transaction read what this one overwrote. */
  into: boolean;
  /** This one read what a concurrent transaction overwrote. */
  outOf: boolean;
}

/**
 * Anti-dependencies between transactions that ran at the same time (Cahill, Röhm & Fekete, Serializable Isolation for Snapshot
 * Databases, SIGMOD 2008, §3). Every circle of dependencies under snapshot isolation has a pivot: a transaction with one into it
 * and one out of it, both between concurrent ones (Fekete et al., TODS 2005, Theorem 2.1). So there is no circle if no pivot
 * commits; two flags a transaction are enough, and some abort in vain.
 */
export class AntiDependencies {
  /** Those that run, and those that committed while one of them ran. */
  readonly #tracked = new Map<TxnId, Tracked>();
  readonly #forgets: boolean;
  #now = 0;

  constructor({ forgetsReads = false } = {}) {
    this.#forgets = forgetsReads;
  }

  begin(txn: TxnId): void {
    const startedAt = this.#now++;
    this.#tracked.set(txn, {
      startedAt,
      committedAt: undefined,
      reads: new Set(),
      writes: new Set(),
      into: false,
      outOf: false,
    });
  }

  /** False if the transaction must abort. */
  read(txn: TxnId, key: string): boolean {
    const reader = this.#of(txn);
    reader.reads.add(key);
    const writers = this.#concurrentWith(reader).filter(({ writes }) => writes.has(key));
    return writers.every((writer) => depends(reader, writer)) && !isPivot(reader);
  }

  /** False if the transaction must abort. */
  write(txn: TxnId, key: string): boolean {
    const writer = this.#of(txn);
    writer.writes.add(key);
    const readers = this.#concurrentWith(writer).filter(({ reads }) => reads.has(key));
    return readers.every((reader) => depends(reader, writer)) && !isPivot(writer);
  }

  /** False if the transaction must abort, else it has committed. */
  commit(txn: TxnId): boolean {
    const tracked = this.#of(txn);
    if (isPivot(tracked)) return false;
    tracked.committedAt = this.#now++;
    if (this.#forgets) tracked.reads.clear();
    this.#prune();
    return true;
  }

  abort(txn: TxnId): void {
    this.#tracked.delete(txn);
    this.#prune();
  }

  #concurrentWith(one: Tracked): Tracked[] {
    return [...this.#tracked.values()].filter(
      (other) => other !== one && (other.committedAt === undefined || other.committedAt > one.startedAt),
    );
  }

  /** Forgets those that nobody runs beside any more. */
  #prune(): void {
    const running = [...this.#tracked.values()].filter(({ committedAt }) => committedAt === undefined);
    const oldest = Math.min(...running.map(({ startedAt }) => startedAt));
    for (const [txn, { committedAt }] of this.#tracked)
      if (committedAt !== undefined && committedAt < oldest) this.#tracked.delete(txn);
  }

  #of(txn: TxnId): Tracked {
    const tracked = this.#tracked.get(txn);
    if (tracked === undefined) throw new Error(`transaction ${txn} does not run`);
    return tracked;
  }
}

/** Notes an anti-dependency; false if that makes a pivot of a transaction that has committed. */
function depends(reader: Tracked, writer: Tracked): boolean {
  reader.outOf = true;
  writer.into = true;
  return [reader, writer].every((one) => one.committedAt === undefined || !isPivot(one));
}

const isPivot = ({ into, outOf }: Tracked): boolean => into && outOf;
