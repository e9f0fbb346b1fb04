import type { Json } from "../../core/json.ts";
import type { Disk } from "../../core/replica.ts";
import type { LogShape } from "./positions.ts";

/** One record of the replicated log. `op` is `null` for the entry with which a new leader opens its epoch. */
export type Entry = {
  readonly epoch: number;
  readonly op: { readonly f: string; readonly key?: string; readonly input: Json } | null;
};

const NAME = "log";

/** A node's replicated log, on its disk and mirrored in memory. Indices count from 1. Nothing here syncs. */
export class ReplicationLog implements LogShape {
  readonly #disk: Disk;
  readonly #entries: Entry[];
  #runs: (readonly [number, number])[] = [];

  constructor(disk: Disk) {
    this.#disk = disk;
    this.#entries = [...(disk.records(NAME) as readonly Entry[])];
    this.#entries.forEach((entry, i) => {
      this.#noteRun(entry.epoch, i + 1);
    });
  }

  get length(): number {
    return this.#entries.length;
  }

  get runs(): LogShape["runs"] {
    return this.#runs;
  }

  /** Length and runs, as a value that can be sent. */
  shape(): { readonly length: number; readonly runs: LogShape["runs"] } {
    return { length: this.length, runs: [...this.#runs] };
  }

  at(index: number): Entry {
    const entry = this.#entries[index - 1];
    if (entry === undefined) throw new RangeError(`the log has ${this.length} entries, none at ${index}`);
    return entry;
  }

  /** The epoch of the entry at `index`; 0 before the first; `undefined` past the end. */
  epochAt(index: number): number | undefined {
    return index === 0 ? 0 : this.#entries[index - 1]?.epoch;
  }

  /** At most `limit` entries after `index`. */
  after(index: number, limit = Number.POSITIVE_INFINITY): Entry[] {
    return this.#entries.slice(index, index + limit);
  }

  append(entry: Entry): void {
    this.#disk.append(NAME, entry);
    this.#entries.push(entry);
    this.#noteRun(entry.epoch, this.length);
  }

  /** Keeps the first `length` entries. */
  truncate(length: number): void {
    if (length >= this.length) return;
    this.#disk.truncate(NAME, length);
    this.#entries.length = length;
    this.#runs = this.#runs.filter(([, first]) => first <= length);
  }

  #noteRun(epoch: number, index: number): void {
    if (this.#runs.at(-1)?.[0] !== epoch) this.#runs.push([epoch, index]);
  }
}

/**
 * Takes over the entries that follow `after` in another log, where both logs are known to agree up to `after`. Entries
 * already there stay; the first that differs goes, with all behind it (ibid. §5.3). So a late or doubled message changes
 * nothing. `onTruncate` hears of every cut. Returns true if the log changed.
 */
export function takeOver(
  log: ReplicationLog,
  after: number,
  entries: readonly Entry[],
  onTruncate: (length: number) => void,
): boolean {
  let changed = false;
  entries.forEach((entry, i) => {
    const index = after + 1 + i;
    if (log.epochAt(index) === entry.epoch) return;
    if (log.length >= index) {
      log.truncate(index - 1);
      onTruncate(index - 1);
    }
    log.append(entry);
    changed = true;
  });
  return changed;
}
