import type { Json } from "../../core/json.ts";
import { LockTable, type Mode } from "./locks.ts";
import type { Scheduler, Step, TxnId, Writes } from "./scheduler.ts";
import type { Change } from "./statements.ts";

/** How long locks are held, and what else may be wrong. */
export interface LockingOptions {
  readonly readLocks: "none" | "statement" | "transaction";
  readonly writeLocks: "statement" | "transaction";
  /** False if aborts leave what they wrote. */
  readonly undoes: boolean;
}

export const DEADLOCK = "others wait for this transaction, and it would wait for them";

/**
 * One value a key, changed in place under locks, and put back by aborts (Gray & Reuter, Transaction Processing, 1993, §7.6).
 * All locks until the end are strict two-phase locking: what is committed is serializable in the order of commits (Bernstein,
 * Hadzilacos & Goodman 1987, §3.2). Write locks alone are degree 1, read uncommitted (Berenson et al., SIGMOD 1995, Table 2).
 */
export class LockingScheduler implements Scheduler {
  readonly #options: LockingOptions;
  readonly #values = new Map<string, Json>();
  readonly #locks = new LockTable();
  /** What was there before each write of a transaction that runs. */
  readonly #before = new Map<TxnId, [string, Json][]>();
  #released: TxnId[] = [];

  constructor(committed: readonly Writes[], options: LockingOptions) {
    this.#options = options;
    for (const writes of committed) for (const [key, value] of writes) this.#values.set(key, value);
  }

  begin(txn: TxnId): void {
    this.#before.set(txn, []);
  }

  read(txn: TxnId, key: string): Step {
    const { readLocks } = this.#options;
    const refusal = readLocks === "none" ? undefined : this.#lock(txn, key, "shared");
    if (refusal !== undefined) return refusal;
    const isWritten = this.#before.get(txn)?.some(([written]) => written === key);
    if (readLocks === "statement" && !isWritten) this.#released.push(...this.#locks.release(txn, key));
    return { type: "done", value: this.#values.get(key) ?? null };
  }

  update(txn: TxnId, key: string, change: Change): Step {
    const refusal = this.#lock(txn, key, "exclusive");
    if (refusal !== undefined) return refusal;
    const before = this.#values.get(key) ?? null;
    const value = change(before);
    if (value !== undefined) {
      this.#before.get(txn)?.push([key, before]);
      this.#values.set(key, value);
    }
    if (this.#options.writeLocks === "statement") this.#released.push(...this.#locks.release(txn, key));
    return { type: "done", value };
  }

  commit(txn: TxnId): undefined {
    this.#end(txn);
  }

  abort(txn: TxnId): void {
    if (this.#options.undoes)
      for (const [key, before] of (this.#before.get(txn) ?? []).toReversed()) this.#values.set(key, before);
    this.#end(txn);
  }

  released(): readonly TxnId[] {
    const released = this.#released;
    this.#released = [];
    return released;
  }

  #end(txn: TxnId): void {
    this.#before.delete(txn);
    this.#released.push(...this.#locks.releaseAll(txn));
  }

  #lock(txn: TxnId, key: string, mode: Mode): Step | undefined {
    const answer = this.#locks.acquire(txn, key, mode);
    if (answer === "granted") return undefined;
    return answer === "waits" ? { type: "waits" } : { type: "conflict", text: DEADLOCK };
  }
}
