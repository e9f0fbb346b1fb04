import type { Json } from "../../core/json.ts";
import type { Disk } from "../../core/replica.ts";
import type { TxnId, Writes } from "./scheduler.ts";

const LOG = "log";

type LogRecord =
  | { readonly txn: TxnId; readonly key: string; readonly value: Json }
  /** The transaction has committed. */
  | { readonly txn: TxnId; readonly commit: true };

/**
 * The log on disk. Writes go into it as they are made, in the order of locks, and a commit record ends those of a
 * transaction; the transaction has committed when that record is durable. What is in memory is lost in a crash, so that
 * recovery has only winners to redo, in the order of commits, and nobody to undo (no-undo/redo: Bernstein, Hadzilacos &
 * Goodman 1987, §6.6; write-ahead logging: Gray & Reuter, Transaction Processing, 1993, ch. 9-10).
 */
export class TransactionLog {
  readonly #disk: Disk;

  constructor(disk: Disk) {
    this.#disk = disk;
  }

  /** A number that no transaction in the log has. */
  get next(): TxnId {
    return this.#records.reduce((most, { txn }) => Math.max(most, txn), 0) + 1;
  }

  wrote(txn: TxnId, key: string, value: Json): void {
    this.#disk.append(LOG, { txn, key, value } satisfies LogRecord);
  }

  /** Nothing here syncs. */
  committed(txn: TxnId): void {
    this.#disk.append(LOG, { txn, commit: true } satisfies LogRecord);
  }

  /** The writes of all transactions that committed, in the order of their commits; with `losers`, any write by itself. */
  recover({ losers = false } = {}): Writes[] {
    const open = new Map<TxnId, [string, Json][]>();
    const winners: Writes[] = [];
    for (const record of this.#records) {
      if (losers && "key" in record) winners.push([[record.key, record.value]]);
      if (losers) continue;
      const writes = open.get(record.txn) ?? [];
      open.set(record.txn, writes);
      if ("key" in record) writes.push([record.key, record.value]);
      else winners.push(writes);
    }
    return winners;
  }

  get #records(): readonly LogRecord[] {
    return this.#disk.records(LOG) as readonly LogRecord[];
  }
}
