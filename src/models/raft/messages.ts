import type { Json } from "../../core/json.ts";
import type { LoggedOp } from "../shared/exactly-once.ts";
import { type Configuration, configurationName } from "./configuration.ts";
import type { LogHead } from "./log.ts";

/** A client's command as it stands in the log; `client` and `seq` identify it across retries (§8). */
export type Command = { readonly client: string; readonly seq: number; readonly op: LoggedOp };

/**
 * One entry of the replicated log. A `null` command is the no-op with which a leader opens its term (§8), or comes with a
 * configuration, which is in force on every server as soon as it stands in its log (§6).
 */
export type Entry = { readonly term: number; readonly command: Command | null; readonly configuration?: Configuration };

/** How what stands before a log's first entry, or a snapshot that takes a log's place, is traced. */
export const headDetail = ({ index, term, configuration }: Omit<LogHead, "name">) => ({
  index,
  term,
  voters: configuration ? configurationName(configuration) : "",
});

/** Names what an entry says in traces; two entries with the same name say the same. */
function commandName({ command, configuration }: Entry): string {
  if (configuration) return configurationName(configuration);
  return command === null ? "" : `${command.client}:${command.seq}`;
}

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
  /** The leader asked for this election: that it was heard a moment ago is no reason to refuse (dissertation §4.2.3). */
  readonly transfer?: true;
};

/** Answer to RequestVote. */
export type Vote = { readonly type: "vote"; readonly term: number; readonly granted: boolean };

/** Asks who would vote, of a server that does not stand yet (dissertation §9.6). `term` is the one that it would stand in. */
export type PreVote = {
  readonly type: "pre-vote";
  readonly term: number;
  readonly lastLogIndex: number;
  readonly lastLogTerm: number;
};

/** Answer to PreVote. If granted it repeats the term that was asked about, else it tells the receiver's own. */
export type PreVoted = { readonly type: "pre-voted"; readonly term: number; readonly granted: boolean };

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

/**
 * InstallSnapshot (Figure 13), in one piece. It is answered like AppendEntries whose last entry is the snapshot's, which
 * is all that the leader has to know.
 */
export type InstallSnapshot = {
  readonly type: "install-snapshot";
  readonly term: number;
  readonly snapshot: Json;
  readonly serial: number;
  readonly sentMs?: number;
};

/** Asks the receiver to stand for election at once (dissertation §3.10). */
export type TimeoutNow = { readonly type: "timeout-now"; readonly term: number };

/** Answer to AppendEntries and InstallSnapshot. */
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

export type RaftMessage =
  | RequestVote
  | Vote
  | PreVote
  | PreVoted
  | AppendEntries
  | Appended
  | InstallSnapshot
  | TimeoutNow;
