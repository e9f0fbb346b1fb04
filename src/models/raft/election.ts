import type { NodeId } from "../../core/operation.ts";
import { heardLeader, leaseStamp } from "./lease.ts";
import { mayStand } from "./membership.ts";
import type { PreVote, PreVoted, RequestVote, Vote } from "./messages.ts";
import { canElect } from "./quorum.ts";
import { appendAsLeader } from "./replication.ts";
import { follow, lead } from "./roles.ts";
import { heartbeat } from "./send.ts";
import { armElection, type NodeState, postponeElection, setBallot } from "./state.ts";

/** The election timer fired: stand for election if no leader was heard since (§5.2). */
export function onElectionTimer(s: NodeState): void {
  if (s.role === "leader") return;
  const leftMs = s.electionDueMs - s.env.monoMs();
  // At least a millisecond, as a timer may fire a fraction early.
  if (leftMs > 0) s.env.setTimer("election", Math.max(1, leftMs));
  else if (!mayStand(s)) armElection(s);
  else if (s.election === "pre-vote") askAround(s);
  else stand(s);
}

/** Asks who would vote for this node in the next term; its own term stays (dissertation §9.6). */
function askAround(s: NodeState): void {
  const { env, log } = s;
  s.role = "pre-candidate";
  s.leader = null;
  armElection(s);
  s.votes.clear();
  for (const peer of env.peers)
    env.send(peer, {
      type: "pre-vote",
      term: s.term + 1,
      lastLogIndex: log.lastIndex,
      lastLogTerm: log.lastTerm,
    });
  countPreVote(s, env.id);
}

/** Whether this node would vote: not while it hears a leader, or is one, and only for a log as good as its own. Binds to nothing. */
export function onPreVote(s: NodeState, candidate: NodeId, request: PreVote): void {
  const granted = request.term > s.term && !s.leading && !heardLeader(s) && isUpToDate(s, request);
  s.env.send(candidate, { type: "pre-voted", term: granted ? request.term : s.term, granted });
}

/** The pre-candidate's part of an answer. */
export function onPreVoted(s: NodeState, from: NodeId, { term, granted }: PreVoted): void {
  if (!granted) {
    if (term > s.term) follow(s, term, null);
  } else if (s.role === "pre-candidate" && term === s.term + 1) countPreVote(s, from);
}

function countPreVote(s: NodeState, from: NodeId): void {
  s.votes.add(from);
  if (canElect(s, s.votes)) stand(s);
}

/** Stands for election in a new term (§5.2); if the leader asked for it, nobody has to wait until that falls silent. */
export function stand(s: NodeState, transfer = false): void {
  const { env, log } = s;
  s.role = "candidate";
  s.leader = null;
  setBallot(s, s.term + 1, env.id);
  armElection(s);
  env.trace("candidate", { term: s.term });
  if (s.bug !== "pre-votes-counted") s.votes.clear();
  if (transfer && s.bug === "transfer-without-vote") for (const node of env.nodes) s.votes.add(node);
  const stamp = { ...(s.wallLease ? leaseStamp(s) : {}), ...(transfer ? { transfer } : {}) };
  for (const peer of env.peers)
    env.send(peer, {
      type: "request-vote",
      term: s.term,
      lastLogIndex: log.lastIndex,
      lastLogTerm: log.lastTerm,
      ...stamp,
    });
  countVote(s, env.id);
}

/** The receiver's part of RequestVote, in the candidate's term (Figure 2). One vote a term, first come first served. */
export function onRequestVote(s: NodeState, candidate: NodeId, request: RequestVote): void {
  const free = s.votedFor === null || s.votedFor === candidate;
  const granted = request.term === s.term && free && isUpToDate(s, request);
  if (granted) {
    if (s.votedFor !== candidate) setBallot(s, s.term, candidate);
    postponeElection(s);
  }
  s.env.send(candidate, { type: "vote", term: s.term, granted });
}

/** The election restriction (§5.4.1): the candidate's log is at least as up to date as this node's. */
function isUpToDate(s: NodeState, { lastLogTerm, lastLogIndex }: RequestVote | PreVote): boolean {
  if (s.bug === "no-up-to-date-check") return true;
  return lastLogTerm > s.log.lastTerm || (lastLogTerm === s.log.lastTerm && lastLogIndex >= s.log.lastIndex);
}

/** The candidate's part of a vote. */
export function onVote(s: NodeState, from: NodeId, vote: Vote): void {
  if (s.role === "candidate" && vote.term === s.term && vote.granted) countVote(s, from);
}

function countVote(s: NodeState, from: NodeId): void {
  s.votes.add(from);
  if (!canElect(s, s.votes)) return;
  lead(s);
  // A no-op commits what earlier terms left behind (§5.4.2) and tells the leader what is committed (§8).
  if (s.bug === "read-index-without-no-op") heartbeat(s);
  else appendAsLeader(s, { term: s.term, command: null });
}
