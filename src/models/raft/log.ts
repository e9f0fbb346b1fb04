import type { Disk } from "../../core/replica.ts";
import { type Configuration, isVoter } from "./configuration.ts";
import type { Conflict, Entry } from "./messages.ts";

/** The names of a log on disk; compaction writes them in turn. */
const NAMES = ["log", "log-2"] as const;

/**
 * What stands before a log's first entry: the last index that compaction took away with its term, and who voted then
 * (`null`: all nodes). `name` is where the rest is on disk.
 */
export type LogHead = {
  readonly name: (typeof NAMES)[number];
  readonly index: number;
  readonly term: number;
  readonly configuration: Configuration | null;
};

/** Before the first entry of a log that is whole. */
export const WHOLE: LogHead = { name: NAMES[0], index: 0, term: 0, configuration: null };

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
 * A replica's log, in memory and on disk. Indices start at 1; index 0 stands for the empty prefix, of term 0. Entries up to
 * that of `head` may be gone (§7). Changes are durable after the disk's next `sync`. Nothing here but compaction takes time
 * proportional to the log's length.
 */
export class RaftLog {
  readonly #disk: Disk;
  #head: LogHead;
  #entries: Entry[];
  /** Runs of entries of equal term: where each begins. */
  #runs: { readonly term: number; readonly first: number }[] = [];
  /** Entries that hold configurations. */
  #configurations: { readonly index: number; readonly configuration: Configuration }[] = [];

  /** Loads what is on disk. */
  constructor(disk: Disk, head: LogHead = WHOLE) {
    this.#disk = disk;
    this.#head = head;
    this.#entries = (disk.records(head.name) as readonly Entry[]).slice();
    this.#entries.forEach((entry, i) => {
      this.#note(entry, head.index + i + 1);
    });
  }

  get head(): LogHead {
    return this.#head;
  }

  get lastIndex(): number {
    return this.#head.index + this.#entries.length;
  }

  get lastTerm(): number {
    return this.#runs.at(-1)?.term ?? this.#head.term;
  }

  /** The latest configuration, committed or not; `null` if all nodes vote. */
  get configuration(): Configuration | null {
    return this.#configurations.at(-1)?.configuration ?? this.#head.configuration;
  }

  /** Where the latest configuration stands; 0 if that is no entry here. */
  get configurationIndex(): number {
    return this.#configurations.at(-1)?.index ?? 0;
  }

  /** The configuration that the entries up to `index` leave; `index` is not before the head. */
  configurationAt(index: number): Configuration | null {
    return this.#configurations.findLast((one) => one.index <= index)?.configuration ?? this.#head.configuration;
  }

  /** True if the node votes by the configuration at `index`, or by a later one. */
  mayVoteSince(index: number, node: string): boolean {
    const since = this.configurationAt(index);
    if (!since || isVoter(since, node)) return true;
    return this.#configurations.some((one) => one.index > index && isVoter(one.configuration, node));
  }

  /** Term of the entry at `index`: 0 at index 0, `undefined` past the end and before the head. */
  termAt(index: number): number | undefined {
    return index === this.#head.index ? this.#head.term : this.#entries[index - this.#head.index - 1]?.term;
  }

  /** The entry at `index`, `undefined` if there is none. */
  at(index: number): Entry | undefined {
    return this.#entries[index - this.#head.index - 1];
  }

  /** At most `limit` entries, from `index` on, which is after the head. */
  slice(index: number, limit: number): readonly Entry[] {
    const from = index - this.#head.index - 1;
    return this.#entries.slice(from, from + limit);
  }

  append(entry: Entry): void {
    this.#entries.push(entry);
    this.#note(entry, this.lastIndex);
    this.#disk.append(this.#head.name, entry);
  }

  /** Keeps the entries up to `index`, which is not before the head. */
  truncate(index: number): void {
    this.#entries.length = index - this.#head.index;
    while ((this.#runs.at(-1)?.first ?? 0) > index) this.#runs.pop();
    while (this.configurationIndex > index) this.#configurations.pop();
    this.#disk.truncate(this.#head.name, this.#entries.length);
  }

  /**
   * Forgets the entries up to `index` (§7). A log on disk can lose its end only, so the rest is written to another one;
   * `publish` has to write which one counts. As a crash loses the newest changes first, it leaves the old log or the new.
   */
  compact(index: number, publish: (head: LogHead) => void): void {
    const { term } = this.#head;
    this.#restart(
      { index, term: this.termAt(index) ?? term, configuration: this.configurationAt(index) },
      this.slice(index + 1, this.#entries.length),
      publish,
    );
  }

  /** Forgets all entries, and goes on after a snapshot that ends with entry `index` (§7). See `compact`. */
  startAfter(start: Omit<LogHead, "name">, publish: (head: LogHead) => void): void {
    this.#restart(start, [], publish);
  }

  #restart(start: Omit<LogHead, "name">, entries: readonly Entry[], publish: (head: LogHead) => void): void {
    const old = this.#head.name;
    this.#head = { ...start, name: old === NAMES[0] ? NAMES[1] : NAMES[0] };
    this.#entries = [];
    this.#runs = [];
    this.#configurations = [];
    this.#disk.truncate(this.#head.name, 0);
    for (const entry of entries) this.append(entry);
    publish(this.#head);
    this.#disk.truncate(old, 0);
  }

  /** Keeps the books on an entry that stands at the end. */
  #note({ term, configuration }: Entry, index: number): void {
    if (this.#runs.at(-1)?.term !== term) this.#runs.push({ term, first: index });
    if (configuration) this.#configurations.push({ index, configuration });
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
    const { index, term } = this.#head;
    if (prevLogIndex < index) {
      // What compaction took was committed, so it agrees with every later leader's log.
      const known = index - prevLogIndex;
      if (entries.length > known) return this.accept(index, term, entries.slice(known), truncateAlways);
      const matchIndex = prevLogIndex + entries.length;
      return { matchIndex, from: matchIndex + 1, appended: [] };
    }
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
    return term === this.#head.term ? this.#head.index : 0;
  }
}
