import { leaseStamp } from "./lease.ts";
import { type AppendEntries, MAX_BATCH } from "./messages.ts";
import { snapshotToJson } from "./snapshot.ts";
import { HEARTBEAT_MS, type Leadership, type NodeState, type Progress } from "./state.ts";

/** After this long without an answer, milliseconds, entries are sent again. */
const RESEND_MS = 2 * HEARTBEAT_MS;

/** True while a leader with the bug `commit-older-term` keeps back what is new. */
export const recovers = (s: NodeState, { recovery }: Leadership): boolean =>
  recovery !== undefined && s.env.monoMs() < recovery.untilMs;

/** The last index that may be sent to followers now. */
export const lastToSend = (s: NodeState, leading: Leadership): number =>
  leading.recovery && recovers(s, leading) ? leading.recovery.inherited : s.log.lastIndex;

/** Sends AppendEntries to all followers: the heartbeat (§5.2). */
export function heartbeat(s: NodeState): void {
  for (const follower of s.leading?.followers ?? []) sendEntries(s, follower);
}

/**
 * Sends AppendEntries, with what the follower misses unless a message with entries is under way; or a snapshot, if that is
 * not in the log any more (§7).
 */
export function sendEntries(s: NodeState, follower: Progress): void {
  const { env, leading, log } = s;
  if (!leading) return;
  const nowMs = env.monoMs();
  const busy = follower.awaited !== 0 && follower.awaitedEntries && nowMs - follower.awaitedSinceMs < RESEND_MS;
  const missing = lastToSend(s, leading) - follower.nextIndex + 1;
  const behind = follower.nextIndex <= log.head.index;
  const entries = busy || behind || missing <= 0 ? [] : log.slice(follower.nextIndex, Math.min(missing, MAX_BATCH));
  const serial = ++leading.serial;
  if (!busy) {
    follower.awaited = serial;
    follower.awaitedEntries = behind || entries.length > 0;
    follower.awaitedSinceMs = nowMs;
  }
  if (behind && !busy && s.snapshot) {
    const snapshot = snapshotToJson(s.snapshot);
    env.send(follower.peer, { type: "install-snapshot", term: s.term, snapshot, serial, ...leaseStamp(s) });
    return;
  }
  // While a snapshot is under way heartbeats name the first entry that is still known.
  const prevLogIndex = behind ? log.head.index : follower.nextIndex - 1;
  const message: AppendEntries = {
    type: "append-entries",
    term: s.term,
    prevLogIndex,
    prevLogTerm: log.termAt(prevLogIndex) ?? 0,
    entries,
    leaderCommit: s.commitIndex,
    serial,
    ...leaseStamp(s),
  };
  env.send(follower.peer, message);
}
