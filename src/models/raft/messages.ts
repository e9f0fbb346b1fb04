import type { LoggedOp } from "../shared/exactly-once.ts";

/** A client's command as it stands in the log; `client` and `seq` identify it across retries (§8). */
export type Command = { readonly client: string; readonly seq: number; readonly op: LoggedOp };

/** One entry of the replicated log. A `null` command is the no-op with which a leader opens its term (§8). */
export type Entry = { readonly term: number; readonly command: Command | null };

/** Names a command in traces; two entries with the same name hold the same command. */
const commandName = ({ command }: Entry): string => (command === null ? "" : `${command.client}:${command.seq}`);

/** Most entries in one message, and so most entries that one handler appends. */
export const MAX_BATCH = 256;

/** How entries that begin at index `from` are traced. */
export const appendDetail = (from: number, entries: readonly Entry[]) => ({
  from,
  terms: entries.map(({ term }) => term),
  commands: entries.map(commandName),
});

/** How the application of the entry at `index` is traced. */
export const applyDetail = (index: number, entry: Entry) => ({
  index,
  term: entry.term,
  command: commandName(entry),
});

/** RequestVote (Figure 2). The candidate is the sender. */
export type RequestVote = {
  readonly type: "request-vote";
  readonly term: number;
  readonly lastLogIndex: number;
  readonly lastLogTerm: number;
  /** The candidate's wall clock. Only with the bug `lease-on-wall-clock`. */
  readonly sentMs?: number;
};

/** Answer to RequestVote. */
export type Vote = { readonly type: "vote"; readonly term: number; readonly granted: boolean };

/** AppendEntries (Figure 2); a heartbeat if `entries` is empty. The leader is the sender. */
export type AppendEntries = {
  readonly type: "append-entries";
  readonly term: number;
  readonly prevLogIndex: number;
  readonly prevLogTerm: number;
  readonly entries: readonly Entry[];
  readonly leaderCommit: number;
  /** Numbers the messages of one leadership in the order of sending; the answer repeats it. */
  readonly serial: number;
  /**
   * When this left, monotonic milliseconds of the leader, for whom alone it means something: the answer repeats it. Only
   * where leases are in use.
   */
  readonly sentMs?: number;
};

/** Answer to AppendEntries. */
export type Appended = {
  readonly type: "appended";
  readonly term: number;
  /** 0 if it answers a message of an older term, and only tells the newer one. */
  readonly serial: number;
  readonly sentMs?: number;
} & (
  | { readonly success: true /** The last index known to agree with the leader's log. */; readonly matchIndex: number }
  | ({ readonly success: false } & Conflict)
);

/** Why the consistency check failed, so that the leader can back up a term at a time (§5.3, end). */
export type Conflict = {
  /** Term of the follower's entry at `prevLogIndex`; 0 if its log ends before that. */
  readonly conflictTerm: number;
  /** First index that the follower stores for that term; one past its log's end if it has no entry there. */
  readonly conflictIndex: number;
};

export type RaftMessage = RequestVote | Vote | AppendEntries | Appended;
