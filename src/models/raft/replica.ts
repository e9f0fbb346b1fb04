import type { NodeId } from "../../core/operation.ts";
import type { Env, Message, Replica, Request } from "../../core/replica.ts";
import type { MakeStore } from "../shared/exactly-once.ts";
import { isRead } from "../shared/key-value.ts";
import { advanceCommit } from "./commit.ts";
import { onElectionTimer, onPreVote, onPreVoted, onRequestVote, onVote } from "./election.ts";
import { onInstallSnapshot } from "./install.ts";
import { boundByLease, leaseRuns } from "./lease.ts";
import { finishChange, replaceVoters } from "./membership.ts";
import { appendDetail, headDetail, MAX_BATCH, type PreVote, type PreVoted, type RaftMessage } from "./messages.ts";
import { hasLostMajority } from "./quorum.ts";
import { answerRead, confirmReads, readFromLeader, readLocally } from "./reads.ts";
import { onAppendEntries, onAppended, propose } from "./replication.ts";
import { follow, redirect, refuse } from "./roles.ts";
import { heartbeat, recovers } from "./send.ts";
import type { Settings } from "./settings.ts";
import { armElection, HEARTBEAT_MS, loadState, type NodeState, persist } from "./state.ts";
import { beginTransfer, goOnWithTransfer, onTimeoutNow } from "./transfer.ts";

/** Starts, or restarts, a Raft server on its disk; its commands go to a key-value store if nothing else is given. */
export function startReplica(env: Env, settings: Settings, makeStore?: MakeStore): Replica {
  const s = loadState(env, settings, makeStore);
  const { lastIndex, head } = s.log;
  const from = Math.max(head.index + 1, lastIndex - MAX_BATCH + 1);
  const tail = appendDetail(from, s.log.slice(from, MAX_BATCH));
  env.trace("start", { term: s.term, length: lastIndex, head: headDetail(head), ...tail });
  armElection(s);
  return {
    onMessage: (from, message) => {
      onMessage(s, from, message as Message & RaftMessage);
      goOn(s);
      persist(s);
    },
    onTimer: (name) => {
      onTimer(s, name);
      goOn(s);
      persist(s);
    },
    onRequest: (request) => {
      onRequest(s, request);
      persist(s);
    },
  };
}

/** What a leader does as soon as it can, whatever made that possible. */
function goOn(s: NodeState): void {
  if (!s.leading) return;
  if (s.membership !== "fixed") finishChange(s);
  if (s.leading?.transfer) goOnWithTransfer(s);
}

function onMessage(s: NodeState, from: NodeId, message: RaftMessage): void {
  // The term of these two is one that nobody need be in.
  if (message.type === "pre-vote") onPreVote(s, from, message);
  else if (message.type === "pre-voted") onPreVoted(s, from, message);
  else if (message.type !== "request-vote" || !boundByLease(s, message)) onMessageOfTerm(s, from, message);
}

function onMessageOfTerm(s: NodeState, from: NodeId, message: Exclude<RaftMessage, PreVote | PreVoted>): void {
  // Rules for all servers (Figure 2): who sees a higher term follows in it. AppendEntries tells whom.
  if (message.term > s.term) follow(s, message.term, message.type === "append-entries" ? from : null);
  if (message.type === "append-entries") onAppendEntries(s, from, message);
  else if (message.type === "appended") onAppended(s, from, message);
  else if (message.type === "request-vote") onRequestVote(s, from, message);
  else if (message.type === "vote") onVote(s, from, message);
  else if (message.type === "install-snapshot") onInstallSnapshot(s, from, message);
  else onTimeoutNow(s, message);
}

function onTimer(s: NodeState, name: string): void {
  if (name === "election") onElectionTimer(s);
  else if (name === "heartbeat" && s.leading) onHeartbeatTimer(s);
  else if (name === "replace-voters") replaceVoters(s);
  else if (name === "transfer") beginTransfer(s);
  else if (name === "commit") {
    advanceCommit(s);
    confirmReads(s);
  }
}

function onHeartbeatTimer(s: NodeState): void {
  if (s.election === "pre-vote" && hasLostMajority(s)) {
    s.env.trace("step-down", { term: s.term, why: "no majority answers" });
    follow(s, s.term, null);
    return;
  }
  heartbeat(s);
  s.env.setTimer("heartbeat", HEARTBEAT_MS);
}

function onRequest(s: NodeState, request: Request): void {
  const { op } = request;
  if (op.final) answerRead(s, request);
  else if (isRead(op) && s.reads === "local") readLocally(s, request);
  // Deposed or not.
  else if (isRead(op) && s.wallLease && leaseRuns(s)) answerRead(s, request);
  else if (!s.leading) redirect(s, request);
  else if (isRead(op) && (s.reads !== "log" || s.bug === "stale-local-read")) readFromLeader(s, s.leading, request);
  else if (recovers(s, s.leading)) redirect(s, request);
  else if (s.leading.transfer) refuse(s, request, `${s.leading.transfer.to} is about to lead`, s.leading.transfer.to);
  else propose(s, s.leading, request);
}
