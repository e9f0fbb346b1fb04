import type { NodeId } from "../../core/operation.ts";
import type { Request } from "../../core/replica.ts";
import { advanceCommit, commitTo } from "./commit.ts";
import { leaderHeard, renewLease } from "./lease.ts";
import { type AppendEntries, type Appended, appendDetail, type Entry, type InstallSnapshot } from "./messages.ts";
import { isAlone } from "./quorum.ts";
import { confirmReads } from "./reads.ts";
import { follow } from "./roles.ts";
import { lastToSend, sendEntries } from "./send.ts";
import { type Leadership, logChanged, type NodeState } from "./state.ts";

/**
 * The leader's part of a command: append it, send it to all, answer when it is applied (§5.3). A retry of a command that
 * is applied or under way is not appended again (§8).
 */
export function propose(s: NodeState, leading: Leadership, request: Request): void {
  const { client, op } = request;
  const given = (request.context as { readonly seq?: unknown } | null)?.seq;
  // A client that says nothing of retries, such as one written for Maelstrom's lin-kv, makes none: its requests are numbered.
  const seq = typeof given === "number" ? given : request.id;
  if (s.bug !== "apply-twice-on-retry") {
    const outcome = s.store.answered(client, seq);
    if (outcome) {
      s.env.reply(request, { outcome, context: { index: s.commitIndex } });
      return;
    }
    const waiting = leading.waiting.get(client);
    if (waiting?.seq === seq) {
      waiting.requests.push(request);
      return;
    }
  }
  leading.waiting.set(client, { seq, requests: [request] });
  const { f, key, input } = op;
  appendAsLeader(s, {
    term: s.term,
    command: { client, seq, op: key === undefined ? { f, input } : { f, key, input } },
  });
}

/** Appends to the leader's own log and replicates. */
export function appendAsLeader(s: NodeState, entry: Entry): void {
  s.log.append(entry);
  logChanged(s);
  s.env.trace("append", appendDetail(s.log.lastIndex, [entry]));
  for (const follower of s.leading?.followers ?? []) if (!follower.awaitedEntries) sendEntries(s, follower);
  countOwnCopy(s);
}

/**
 * A leader that alone is a majority commits in a handler of its own: only then is its copy on disk. In larger clusters
 * the followers' answers come in later handlers anyway.
 */
function countOwnCopy(s: NodeState): void {
  if (isAlone(s)) s.env.setTimer("commit", 0);
  else if (s.bug === "ack-before-majority") advanceCommit(s);
}

/** The receiver's part of AppendEntries (Figure 2). */
export function onAppendEntries(s: NodeState, from: NodeId, message: AppendEntries): void {
  const { env, log } = s;
  const echo = followSender(s, from, message);
  if (!echo) return;

  const done = log.accept(message.prevLogIndex, message.prevLogTerm, message.entries, s.bug === "truncate-on-append");
  if ("conflictIndex" in done) {
    env.send(from, { type: "appended", term: s.term, ...echo, success: false, ...done });
    return;
  }
  if (done.truncatedTo !== undefined) {
    logChanged(s);
    env.trace("truncate", { length: done.truncatedTo });
  }
  if (done.appended.length > 0) {
    logChanged(s);
    env.trace("append", appendDetail(done.from, done.appended));
  }
  commitTo(s, Math.min(message.leaderCommit, done.matchIndex));
  env.send(from, { type: "appended", term: s.term, ...echo, success: true, matchIndex: done.matchIndex });
}

/**
 * Follows the sender of AppendEntries or InstallSnapshot, unless its term is over. Gives what the answer has to repeat, if
 * there is more to answer.
 */
export function followSender(
  s: NodeState,
  from: NodeId,
  message: AppendEntries | InstallSnapshot,
): { readonly serial: number; readonly sentMs?: number } | undefined {
  if (message.term < s.term) {
    // Its sender may lead again in this term, where an old serial and stamp would pass for new ones.
    s.env.send(from, { type: "appended", term: s.term, serial: 0, success: false, conflictTerm: 0, conflictIndex: 1 });
    return undefined;
  }
  const { serial, sentMs } = message;
  follow(s, message.term, from);
  leaderHeard(s, message);
  return sentMs === undefined ? { serial } : { serial, sentMs };
}

/** The leader's part of an answer. Idempotent: late and repeated answers only repeat what is known. */
export function onAppended(s: NodeState, from: NodeId, message: Appended): void {
  const { leading, log } = s;
  if (!leading || message.term !== s.term || message.serial === 0) return;
  const follower = leading.followers.find(({ peer }) => peer === from);
  if (!follower) return;

  if (s.election === "pre-vote") follower.heardMs = s.env.monoMs();
  follower.answered = Math.max(follower.answered, message.serial);
  if (message.sentMs !== undefined) follower.answeredSentMs = Math.max(follower.answeredSentMs, message.sentMs);
  const awaited = message.serial === follower.awaited;
  if (awaited) {
    follower.awaited = 0;
    follower.awaitedEntries = false;
  }
  if (message.success) {
    follower.nextIndex = Math.max(follower.nextIndex, message.matchIndex + 1);
    if (message.matchIndex > follower.matchIndex) {
      follower.matchIndex = message.matchIndex;
      advanceCommit(s);
    }
  } else if (awaited) follower.nextIndex = log.backUp(follower.nextIndex, message);

  if (awaited && (!message.success || follower.nextIndex <= lastToSend(s, leading))) sendEntries(s, follower);
  renewLease(s);
  confirmReads(s);
}
