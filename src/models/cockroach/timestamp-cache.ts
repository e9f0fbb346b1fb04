import { compareHybrid, type HybridStamp } from "../shared/clocks/hybrid.ts";
import { nextStamp } from "./mvcc.ts";

/** The latest read of a key; its transaction, if it was the only one at that stamp. */
interface LatestRead {
  readonly stamp: HybridStamp;
  readonly txn: string | undefined;
}

/**
 * What a leaseholder has read, so that nothing is written below it (§3.3, "read-write conflicts"). It is in memory only: a
 * new one begins with the stamp that no earlier leaseholder's reads have reached.
 */
export class TimestampCache {
  readonly #floor: HybridStamp;
  readonly #reads = new Map<string, LatestRead>();

  constructor(floor: HybridStamp) {
    this.#floor = floor;
  }

  noteRead(key: string, stamp: HybridStamp, txn: string): void {
    const latest = this.#reads.get(key);
    const order = latest === undefined ? 1 : compareHybrid(stamp, latest.stamp);
    if (order > 0) this.#reads.set(key, { stamp, txn });
    else if (order === 0 && latest?.txn !== txn) this.#reads.set(key, { stamp, txn: undefined });
  }

  /** The lowest stamp, from the given one on, at which a transaction may write a key. Its own read does not hinder it. */
  writable(key: string, stamp: HybridStamp, txn: string): HybridStamp {
    const above = compareHybrid(stamp, this.#floor) < 0 ? this.#floor : stamp;
    const latest = this.#reads.get(key);
    if (latest === undefined) return above;
    const order = compareHybrid(latest.stamp, above);
    return order > 0 || (order === 0 && latest.txn !== txn) ? nextStamp(latest.stamp) : above;
  }
}
