import type { NodeId } from "../../core/operation.ts";
import type { Env, Message, Replica, Request } from "../../core/replica.ts";
import { isRead } from "../shared/key-value.ts";
import type { BugName } from "./bugs.ts";
import { advanceCommit } from "./commit.ts";
import { onElectionTimer, onRequestVote, onVote } from "./election.ts";
import { boundByLease, leaseRuns } from "./lease.ts";
import { appendDetail, MAX_BATCH, type RaftMessage } from "./messages.ts";
import { answerRead, confirmReads, readFromLeader, readLocally } from "./reads.ts";
import { onAppendEntries, onAppended, propose } from "./replication.ts";
import { follow, redirect } from "./roles.ts";
import { heartbeat, recovers } from "./send.ts";
import { armElection, HEARTBEAT_MS, loadState, type NodeState, persist, type ReadMode } from "./state.ts";

/** Starts, or restarts, a Raft server on its disk. */
export function startReplica(env: Env, reads: ReadMode, bug: BugName | undefined): Replica {
  const s = loadState(env, reads, bug);
  const { lastIndex } = s.log;
  const from = Math.max(1, lastIndex - MAX_BATCH + 1);
  env.trace("start", { term: s.term, length: lastIndex, ...appendDetail(from, s.log.slice(from, MAX_BATCH)) });
  armElection(s);
  return {
    onMessage: (from, message) => {
      onMessage(s, from, message as Message & RaftMessage);
      persist(s);
    },
    onTimer: (name) => {
      onTimer(s, name);
      persist(s);
    },
    onRequest: (request) => {
      onRequest(s, request);
      persist(s);
    },
  };
}

function onMessage(s: NodeState, from: NodeId, message: RaftMessage): void {
  if (message.type === "request-vote" && boundByLease(s, message)) return;
  // Rules for all servers (Figure 2): who sees a higher term follows in it. AppendEntries tells whom.
  if (message.term > s.term) follow(s, message.term, message.type === "append-entries" ? from : null);
  if (message.type === "append-entries") onAppendEntries(s, from, message);
  else if (message.type === "appended") onAppended(s, from, message);
  else if (message.type === "request-vote") onRequestVote(s, from, message);
  else onVote(s, from, message);
}

function onTimer(s: NodeState, name: string): void {
  if (name === "election") onElectionTimer(s);
  else if (name === "heartbeat" && s.leading) {
    heartbeat(s);
    s.env.setTimer("heartbeat", HEARTBEAT_MS);
  } else if (name === "commit") {
    advanceCommit(s);
    confirmReads(s);
  }
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
  else propose(s, s.leading, request);
}
