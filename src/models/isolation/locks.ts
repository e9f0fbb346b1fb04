import type { TxnId } from "./scheduler.ts";

export type Mode = "shared" | "exclusive";

interface Wanted {
  readonly txn: TxnId;
  readonly mode: Mode;
}

interface Lock {
  readonly holders: Map<TxnId, Mode>;
  /** First come, first served; but who holds the lock already and wants more of it comes first. */
  queue: Wanted[];
}

/**
 * Locks on keys, with a queue each (Gray & Reuter, Transaction Processing, 1993, ch. 8). A transaction waits for one lock at
 * a time. Who would close a circle of those that wait for each other is told so instead (deadlock detection, §7.11.3).
 */
export class LockTable {
  readonly #locks = new Map<string, Lock>();
  /** The key that a transaction waits for. */
  readonly #waiting = new Map<TxnId, string>();

  acquire(txn: TxnId, key: string, mode: Mode): "granted" | "waits" | "deadlock" {
    const lock: Lock = this.#locks.get(key) ?? { holders: new Map(), queue: [] };
    this.#locks.set(key, lock);
    const held = lock.holders.get(txn);
    if (held === "exclusive" || held === mode) return "granted";
    const wanted: Wanted = { txn, mode };
    if (held !== undefined) lock.queue.unshift(wanted);
    else lock.queue.push(wanted);
    this.#waiting.set(txn, key);
    if (this.#grant(lock).includes(txn)) return "granted";
    if (!this.#waitsForItself(txn)) return "waits";
    this.#withdraw(txn);
    return "deadlock";
  }

  /** Gives one lock back. Gives those that were granted what they waited for, in order. */
  release(txn: TxnId, key: string): TxnId[] {
    const lock = this.#locks.get(key);
    if (lock === undefined || !lock.holders.delete(txn)) return [];
    const granted = this.#grant(lock);
    if (lock.holders.size === 0) this.#locks.delete(key);
    return granted;
  }

  /** Gives all locks back, and waits no more. */
  releaseAll(txn: TxnId): TxnId[] {
    const granted = this.#withdraw(txn);
    for (const [key, { holders }] of [...this.#locks]) if (holders.has(txn)) granted.push(...this.release(txn, key));
    return granted;
  }

  /** Those that a waiting transaction waits for: who holds the lock against it, and who stands before it in the queue. */
  blockersOf(txn: TxnId): TxnId[] {
    const lock = this.#locks.get(this.#waiting.get(txn) ?? "");
    const place = lock?.queue.findIndex((wanted) => wanted.txn === txn) ?? -1;
    const wanted = lock?.queue[place];
    if (lock === undefined || wanted === undefined) return [];
    const against = [...lock.holders].filter(([holder, held]) => holder !== txn && conflict(held, wanted.mode));
    return [...against.map(([holder]) => holder), ...lock.queue.slice(0, place).map((before) => before.txn)];
  }

  /** Takes a transaction out of the queue that it waits in; those behind it may move up. */
  #withdraw(txn: TxnId): TxnId[] {
    const lock = this.#locks.get(this.#waiting.get(txn) ?? "");
    this.#waiting.delete(txn);
    if (lock === undefined) return [];
    lock.queue = lock.queue.filter((wanted) => wanted.txn !== txn);
    return this.#grant(lock);
  }

  /** Grants from the head of the queue as long as nobody holds the lock against it. */
  #grant(lock: Lock): TxnId[] {
    const granted: TxnId[] = [];
    for (let first = lock.queue[0]; first !== undefined; first = lock.queue[0]) {
      const { txn, mode } = first;
      if ([...lock.holders].some(([holder, held]) => holder !== txn && conflict(held, mode))) break;
      lock.queue.shift();
      lock.holders.set(txn, mode);
      this.#waiting.delete(txn);
      granted.push(txn);
    }
    return granted;
  }

  #waitsForItself(txn: TxnId): boolean {
    const seen = new Set<TxnId>();
    const reaches = (from: TxnId): boolean =>
      this.blockersOf(from).some((blocker) => {
        if (blocker === txn) return true;
        if (seen.has(blocker)) return false;
        seen.add(blocker);
        return reaches(blocker);
      });
    return reaches(txn);
  }
}

const conflict = (one: Mode, other: Mode): boolean => one === "exclusive" || other === "exclusive";
