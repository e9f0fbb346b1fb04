import { knowsCommitted } from "./commit.ts";
import type { RequestVote } from "./messages.ts";
import { majorityHolds } from "./quorum.ts";
import { MIN_ELECTION_MS, type NodeState, postponeElection } from "./state.ts";

/** How long a lease runs, milliseconds: shorter than any election timeout, with room for the granularity of clocks. */
export const LEASE_MS = MIN_ELECTION_MS - 50;
/** With the bug `lease-too-long`. */
const LONG_LEASE_MS = 20 * MIN_ELECTION_MS;

/**
 * The stamp of a message that leaves now, where leases are in use. Each node counts leases on its own monotonic clock, whose
 * origin no other knows and a restart changes: only the leadership that made a stamp compares it.
 */
export function leaseStamp({ reads, wallLease, env }: NodeState): { readonly sentMs?: number } {
  if (reads !== "lease") return {};
  return { sentMs: wallLease ? env.wallMs() : env.monoMs() };
}

/**
 * True while no other leader can have been elected (§6.4.1): a majority heard this leader less than `LEASE_MS` ago, counted
 * from when the message left, and refuses its vote for longer than that.
 */
export function leaseRuns(s: NodeState): boolean {
  if (s.wallLease) return s.env.wallMs() < s.wallLease.heldEndMs;
  // An election that a transfer begins asks nobody to wait, and the message that begins it may come late in the term.
  if (s.reads !== "lease" || !knowsCommitted(s) || s.leading?.handedOver) return false;
  return s.env.monoMs() < heardSinceMs(s) + (s.bug === "lease-too-long" ? LONG_LEASE_MS : LEASE_MS);
}

/** When the newest message left that a majority has answered. */
const heardSinceMs = (s: NodeState): number =>
  majorityHolds(s, Number.POSITIVE_INFINITY, (follower) => follower.answeredSentMs);

/** A follower has answered: with the bug `lease-on-wall-clock` its leader notes until when it may answer reads. */
export function renewLease(s: NodeState): void {
  if (!s.wallLease || !knowsCommitted(s)) return;
  s.wallLease.heldEndMs = Math.max(s.wallLease.heldEndMs, heardSinceMs(s) + LEASE_MS);
}

/** A current leader was heard: no election (§5.2) and no vote for another (§4.2.3) for a while. */
export function leaderHeard(s: NodeState, { sentMs = 0 }: { readonly sentMs?: number }): void {
  s.heardLeaderMs = s.env.monoMs();
  if (s.wallLease) {
    s.wallLease.knownEndMs = sentMs + LEASE_MS;
    if (s.env.wallMs() >= s.wallLease.knownEndMs) return;
  }
  postponeElection(s);
}

/** True while this node must not help to elect another leader than the one it heard (§4.2.3). */
export function boundByLease(s: NodeState, { sentMs = 0, transfer }: RequestVote): boolean {
  if (s.wallLease) return sentMs < Math.max(s.wallLease.knownEndMs, s.wallLease.heldEndMs);
  return s.reads === "lease" && !s.leading && !transfer && heardLeader(s);
}

/** True if a leader was heard less than the shortest election timeout ago. */
export const heardLeader = (s: NodeState): boolean => s.env.monoMs() < s.heardLeaderMs + MIN_ELECTION_MS;
