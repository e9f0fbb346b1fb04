import { majorityHolds } from "./commit.ts";
import type { AppendEntries, RequestVote } from "./messages.ts";
import { MIN_ELECTION_MS, type NodeState, postponeElection } from "./state.ts";

/** How long a lease runs, milliseconds: shorter than any election timeout, with room for the granularity of clocks. */
export const LEASE_MS = MIN_ELECTION_MS - 50;
/** With the bug `lease-too-long`. */
const LONG_LEASE_MS = 20 * MIN_ELECTION_MS;

/** The stamp of a message that leaves now, where leases are in use. */
export function leaseStamp({ reads, bug, env }: NodeState): { readonly sentMs?: number } {
  if (reads !== "lease") return {};
  return { sentMs: bug === "lease-on-wall-clock" ? env.wallMs() : env.monoMs() };
}

/**
 * True while no other leader can have been elected (§6.4.1): a majority heard this leader less than `LEASE_MS` ago, counted
 * from when the message left, and refuses its vote for longer than that. Each node counts on its own monotonic clock.
 */
export function leaseRuns(s: NodeState): boolean {
  if (s.wallLease) return s.env.wallMs() < s.wallLease.heldEndMs;
  if (s.reads !== "lease" || !knowsCommitted(s)) return false;
  return s.env.monoMs() < answeredSentMs(s) + (s.bug === "lease-too-long" ? LONG_LEASE_MS : LEASE_MS);
}

/** Since when a majority has certainly heard this leader: its own clock when the newest message left that they answered. */
const answeredSentMs = (s: NodeState): number =>
  majorityHolds(s, Number.POSITIVE_INFINITY, (follower) => follower.answeredSentMs);

/** True once an entry of the current term is committed. */
export function knowsCommitted(s: NodeState): boolean {
  if (s.bug === "read-index-without-no-op") return true;
  const recovery = s.leading?.recovery;
  return recovery ? s.commitIndex >= recovery.inherited : s.log.termAt(s.commitIndex) === s.term;
}

/** A majority may have heard this leader anew: with the bug `lease-on-wall-clock` it notes up to when it may answer. */
export function renewLease(s: NodeState): void {
  if (s.wallLease && knowsCommitted(s))
    s.wallLease.heldEndMs = Math.max(s.wallLease.heldEndMs, answeredSentMs(s) + LEASE_MS);
}

/** A current leader was heard: no election (§5.2) and no vote (§4.2.3) for a while. */
export function leaderHeard(s: NodeState, { sentMs = 0 }: AppendEntries): void {
  s.heardLeaderMs = s.env.monoMs();
  if (s.wallLease) {
    s.wallLease.knownEndMs = sentMs + LEASE_MS;
    if (s.env.wallMs() >= s.wallLease.knownEndMs) return;
  }
  postponeElection(s);
}

/** True while this node must not help to elect another leader than the one it heard (§4.2.3). */
export function boundByLease(s: NodeState, { sentMs = 0 }: RequestVote): boolean {
  if (s.wallLease) return sentMs < Math.max(s.wallLease.knownEndMs, s.wallLease.heldEndMs);
  if (s.reads !== "lease" || s.leading) return false;
  return s.env.monoMs() < s.heardLeaderMs + MIN_ELECTION_MS;
}
