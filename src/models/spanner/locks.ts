import type { NodeId } from "../../core/operation.ts";
import type { Age, TxnId } from "./messages.ts";

/** What a transaction wants to lock: shared what it reads, exclusively what it writes. */
export interface LockRequest {
  readonly txn: TxnId;
  readonly age: Age;
  readonly gateway: NodeId;
  readonly reads: readonly string[];
  readonly writes: readonly string[];
}

/** A transaction that has all its locks. */
export interface Holder extends LockRequest {
  /** Names this grant. */
  readonly lock: string;
}

interface Entry extends LockRequest {
  readonly sinceMs: number;
}

const isOlder = (a: Age, b: Age): boolean => a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]);

const conflict = (a: LockRequest, b: LockRequest): boolean =>
  a.writes.some((key) => b.writes.includes(key) || b.reads.includes(key)) ||
  b.writes.some((key) => a.reads.includes(key));

/**
 * A shard's locks, in its leader's memory (§4.1.2). A transaction gets all that it asks for or waits. An older one takes them
 * from younger ones, and a younger one waits for older ones, so nobody waits in a circle (wound-wait: Rosenkrantz, Stearns &
 * Lewis, System Level Concurrency Control for Distributed Database Systems, TODS 1978). Whoever is prepared is not wounded any
 * more; but it waits for no lock either.
 */
export class LockTable {
  readonly #epoch: string;
  readonly #holders = new Map<TxnId, Holder & Entry>();
  readonly #pinned = new Set<TxnId>();
  #waiting: Entry[] = [];
  #grants = 0;

  /** @param epoch makes the names of grants unique among leaders. */
  constructor(epoch: string) {
    this.#epoch = epoch;
  }

  holder(txn: TxnId): Holder | undefined {
    return this.#holders.get(txn);
  }

  /** Asks for locks; `settle` says when they are granted. Asking again changes nothing. */
  request(request: LockRequest, nowMs: number): void {
    const { txn } = request;
    if (this.#holders.has(txn) || this.#waiting.some((one) => one.txn === txn)) return;
    this.#waiting.push({ ...request, sinceMs: nowMs });
  }

  /** Gives the locks of a transaction that was prepared under an earlier leader. */
  adopt(request: LockRequest, nowMs: number): void {
    this.#grant({ ...request, sinceMs: nowMs });
    this.#pinned.add(request.txn);
  }

  /** From now on the transaction keeps its locks until it is released; false if it does not hold this grant. */
  pin(txn: TxnId, lock: string): boolean {
    if (this.#holders.get(txn)?.lock !== lock) return false;
    this.#pinned.add(txn);
    return true;
  }

  isPinned(txn: TxnId): boolean {
    return this.#pinned.has(txn);
  }

  release(txn: TxnId): void {
    this.#holders.delete(txn);
    this.#pinned.delete(txn);
    this.#waiting = this.#waiting.filter((one) => one.txn !== txn);
  }

  /** Releases those that have asked before this moment and are not prepared. */
  expire(beforeMs: number): void {
    for (const { txn, sinceMs } of [...this.#holders.values(), ...this.#waiting])
      if (sinceMs < beforeMs && !this.#pinned.has(txn)) this.release(txn);
  }

  /** Grants what can be granted, the oldest first; `wounded` have lost theirs. */
  settle(): { readonly granted: readonly Holder[]; readonly wounded: readonly Holder[] } {
    const granted: Holder[] = [];
    const wounded: Holder[] = [];
    const stillWaiting: Entry[] = [];
    const inOrder = this.#waiting.toSorted((a, b) => (isOlder(a.age, b.age) ? -1 : 1));
    for (const one of inOrder) {
      const blockers = [...this.#holders.values()].filter((holder) => conflict(holder, one));
      const waits =
        blockers.some(({ txn, age }) => this.#pinned.has(txn) || isOlder(age, one.age)) ||
        stillWaiting.some((older) => conflict(older, one));
      if (waits) {
        stillWaiting.push(one);
        continue;
      }
      for (const { txn } of blockers) this.#holders.delete(txn);
      wounded.push(...blockers);
      granted.push(this.#grant(one));
    }
    this.#waiting = stillWaiting;
    return { granted, wounded };
  }

  #grant(entry: Entry): Holder {
    const holder = { ...entry, lock: `${this.#epoch}#${++this.#grants}` };
    this.#holders.set(entry.txn, holder);
    return holder;
  }
}
