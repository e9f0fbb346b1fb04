import { type AppendEntries, MAX_BATCH } from "./messages.ts";
import { HEARTBEAT_MS, type NodeState, type Progress } from "./state.ts";

/** After this long without an answer, milliseconds, entries are sent again. */
const RESEND_MS = 2 * HEARTBEAT_MS;

/** Sends AppendEntries to all followers: the heartbeat (§5.2). */
export function heartbeat(s: NodeState): void {
  for (const follower of s.leading?.followers ?? []) sendEntries(s, follower);
}

/** Sends AppendEntries, with what the follower misses unless a message with entries is under way. */
export function sendEntries(s: NodeState, follower: Progress): void {
  const { env, leading, log } = s;
  if (!leading) return;
  const nowMs = env.monoMs();
  const busy = follower.awaited !== 0 && follower.awaitedEntries && nowMs - follower.awaitedSinceMs < RESEND_MS;
  const entries = busy || follower.nextIndex > log.lastIndex ? [] : log.slice(follower.nextIndex, MAX_BATCH);
  const serial = ++leading.serial;
  if (!busy) {
    follower.awaited = serial;
    follower.awaitedEntries = entries.length > 0;
    follower.awaitedSinceMs = nowMs;
  }
  const prevLogIndex = follower.nextIndex - 1;
  const message: AppendEntries = {
    type: "append-entries",
    term: s.term,
    prevLogIndex,
    prevLogTerm: log.termAt(prevLogIndex) ?? 0,
    entries,
    leaderCommit: s.commitIndex,
    serial,
    ...(s.reads === "lease" ? { sentMs: env.wallMs() } : {}),
  };
  env.send(follower.peer, message);
}
