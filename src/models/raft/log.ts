import type { Disk } from "../../core/replica.ts";
import type { Conflict, Entry } from "./messages.ts";

/** The name of the log on disk. */
const LOG = "log";

/** What `accept` did. */
export type Accepted = {
  /** The last index known to agree with the leader's log. */
  readonly matchIndex: number;
  /** How many entries were kept if conflicting ones were deleted. */
  readonly truncatedTo?: number;
  /** Where new entries begin, and which ones. Empty if all were there already. */
  readonly from: number;
  readonly appended: readonly Entry[];
};

/**
 * A replica's log, in memory and on disk. Indices start at 1; index 0 stands for the empty prefix, of term 0. Changes
 * are durable after the disk's next `sync`. Nothing here takes time proportional to the log's length.
 */
export class RaftLog {
  readonly #disk: Disk;
  readonly #entries: Entry[];
  /** Runs of entries of equal term: where each begins. */
  readonly #runs: { readonly term: number; readonly first: number }[] = [];

  /** Loads what is on disk. */
  constructor(disk: Disk) {
    this.#disk = disk;
    this.#entries = (disk.records(LOG) as readonly Entry[]).slice();
    let term = 0;
    for (let i = 0; i < this.#entries.length; i++) {
      const entry = this.#entries[i];
      if (!entry || entry.term === term) continue;
      term = entry.term;
      this.#runs.push({ term, first: i + 1 });
    }
  }

  get lastIndex(): number {
    return this.#entries.length;
  }

  get lastTerm(): number {
    return this.#runs.at(-1)?.term ?? 0;
  }

  /** Term of the entry at `index`: 0 at index 0, `undefined` past the end. */
  termAt(index: number): number | undefined {
    return index === 0 ? 0 : this.#entries[index - 1]?.term;
  }

  /** The entry at `index`, `undefined` if there is none. */
  at(index: number): Entry | undefined {
    return this.#entries[index - 1];
  }

  /** At most `limit` entries, from `index` on. */
  slice(index: number, limit: number): readonly Entry[] {
    return this.#entries.slice(index - 1, index - 1 + limit);
  }

  append(entry: Entry): void {
    this.#entries.push(entry);
    if (this.lastTerm !== entry.term) this.#runs.push({ term: entry.term, first: this.#entries.length });
    this.#disk.append(LOG, entry);
  }

  /** Keeps the first `length` entries. */
  truncate(length: number): void {
    this.#entries.length = length;
    while ((this.#runs.at(-1)?.first ?? 0) > length) this.#runs.pop();
    this.#disk.truncate(LOG, length);
  }

  /**
   * The receiver's part of AppendEntries, steps 2 to 4 (Figure 2, §5.3). Refuses if there is no entry of `prevLogTerm` at
   * `prevLogIndex`. Else deletes an entry only if it conflicts with a new one (same index, other term), and appends what
   * is missing: so a message that is late or comes twice changes nothing. With `truncateAlways` everything after
   * `prevLogIndex` goes first, which is the bug of that name.
   */
  accept(
    prevLogIndex: number,
    prevLogTerm: number,
    entries: readonly Entry[],
    truncateAlways = false,
  ): Accepted | Conflict {
    if (this.termAt(prevLogIndex) !== prevLogTerm) return this.#conflictAt(prevLogIndex);
    const matchIndex = prevLogIndex + entries.length;
    let agreed = 0;
    if (!truncateAlways)
      while (agreed < entries.length && this.termAt(prevLogIndex + agreed + 1) === entries[agreed]?.term) agreed++;
    const from = prevLogIndex + agreed + 1;
    if (agreed === entries.length && !truncateAlways) return { matchIndex, from, appended: [] };

    const conflicts = this.lastIndex >= from;
    if (conflicts) this.truncate(from - 1);
    const appended = agreed === 0 ? entries : entries.slice(agreed);
    for (const entry of appended) this.append(entry);
    return { matchIndex, from, appended, ...(conflicts ? { truncatedTo: from - 1 } : {}) };
  }

  /**
   * The next index to try after a refusal of `nextIndex - 1`: after the leader's own last entry of the conflicting term if
   * it has one before that, else the first entry of that term in the follower's log (§5.3, end). Always lower than
   * `nextIndex`, unless that is 1, so that backing up ends.
   */
  backUp(nextIndex: number, conflict: Conflict): number {
    const afterTerm = this.#lastOf(conflict.conflictTerm) + 1;
    const hint = afterTerm > 1 && afterTerm < nextIndex ? afterTerm : conflict.conflictIndex;
    return Math.max(1, Math.min(nextIndex - 1, hint));
  }

  #conflictAt(index: number): Conflict {
    if (index > this.lastIndex) return { conflictTerm: 0, conflictIndex: this.lastIndex + 1 };
    let run = this.#runs.length - 1;
    while (run > 0 && (this.#runs[run]?.first ?? 0) > index) run--;
    const found = this.#runs[run];
    return { conflictTerm: found?.term ?? 0, conflictIndex: found?.first ?? 1 };
  }

  /** The last index that holds an entry of `term`; 0 if there is none. */
  #lastOf(term: number): number {
    let end = this.lastIndex;
    for (let run = this.#runs.length - 1; run >= 0; run--) {
      const found = this.#runs[run];
      if (found?.term === term) return end;
      end = (found?.first ?? 1) - 1;
    }
    return 0;
  }
}
