import type { Json } from "../../core/json.ts";
import type { Disk } from "../../core/replica.ts";
import type { Transaction } from "./messages.ts";
import { compareZxids, NO_ZXID, type Zxid } from "./zxid.ts";

const LOG = "history";

/** A server's history: transactions in the order of their zxids, on disk and in memory. Nothing here syncs. */
export class History {
  readonly #disk: Disk;
  readonly #transactions: Transaction[];

  constructor(disk: Disk) {
    this.#disk = disk;
    this.#transactions = [...disk.records(LOG)] as Transaction[];
  }

  get length(): number {
    return this.#transactions.length;
  }

  get last(): Zxid {
    return this.#transactions.at(-1)?.zxid ?? NO_ZXID;
  }

  /** The transaction at `index`, from 1. */
  at(index: number): Transaction | undefined {
    return this.#transactions[index - 1];
  }

  /** The zxid at `index`; `NO_ZXID` before the first. */
  zxidAt(index: number): Zxid {
    return this.at(index)?.zxid ?? NO_ZXID;
  }

  /** How many transactions have a zxid up to this one. */
  upTo(zxid: Zxid): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (compareZxids(this.zxidAt(middle), zxid) <= 0) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** At most `limit` transactions after the first `index`. */
  after(index: number, limit = Number.POSITIVE_INFINITY): readonly Transaction[] {
    return this.#transactions.slice(index, index + limit);
  }

  append(transaction: Transaction): void {
    // All of it is JSON, which an interface such as `OpError` cannot say to the compiler.
    this.#disk.append(LOG, transaction as unknown as Json);
    this.#transactions.push(transaction);
  }

  /** Keeps the first `length` transactions. */
  truncate(length: number): void {
    if (length >= this.length) return;
    this.#disk.truncate(LOG, length);
    this.#transactions.length = length;
  }
}
