import type { Json } from "../../core/json.ts";
import { DEADLOCK } from "./locking.ts";
import { LockTable } from "./locks.ts";
import type { Scheduler, Step, TxnId, Writes } from "./scheduler.ts";
import type { Change } from "./statements.ts";
import { Versions } from "./versions.ts";

/**
 * Each statement sees all that is committed when it runs, and the transaction's own writes; who writes a key locks it until the
 * end, and readers do not wait (Berenson et al., SIGMOD 1995, §4.3, Oracle's "read consistency").
 */
export class ReadCommittedScheduler implements Scheduler {
  readonly #versions: Versions;
  readonly #locks = new LockTable();
  readonly #own = new Map<TxnId, Map<string, Json>>();
  #released: TxnId[] = [];

  constructor(committed: readonly Writes[]) {
    this.#versions = new Versions(1, committed);
  }

  begin(txn: TxnId): void {
    this.#own.set(txn, new Map());
  }

  read(txn: TxnId, key: string): Step {
    return { type: "done", value: this.#see(txn, key) };
  }

  update(txn: TxnId, key: string, change: Change): Step {
    const answer = this.#locks.acquire(txn, key, "exclusive");
    if (answer === "waits") return { type: "waits" };
    if (answer === "deadlock") return { type: "conflict", text: DEADLOCK };
    const value = change(this.#see(txn, key));
    if (value !== undefined) this.#own.get(txn)?.set(key, value);
    return { type: "done", value };
  }

  commit(txn: TxnId): undefined {
    const own = this.#own.get(txn);
    if (own !== undefined && own.size > 0) this.#versions.commit(0, this.#versions.view(0), own);
    this.abort(txn);
  }

  abort(txn: TxnId): void {
    this.#own.delete(txn);
    this.#released.push(...this.#locks.releaseAll(txn));
  }

  released(): readonly TxnId[] {
    const released = this.#released;
    this.#released = [];
    return released;
  }

  #see(txn: TxnId, key: string): Json {
    const own = this.#own.get(txn)?.get(key);
    return own === undefined ? this.#versions.read(key, this.#versions.view(0)) : own;
  }
}
