import type { Json } from "../../core/json.ts";

/**
 * What is proposed for a decree. `client` and `seq` tell it from others of equal value, so that of two clients who propose
 * the same only one is told that it succeeded; a retry has the same.
 */
export type Proposal = { readonly client: string; readonly seq: number; readonly value: Json };

/** An acceptance. */
export type Accepted = { readonly ballot: number; readonly proposal: Proposal };

/** A decree with what was chosen for it. */
export type Decree = { readonly key: string; readonly proposal: Proposal };

/** The messages of Lamport, Paxos Made Simple, 2001, §2.2 and §2.3. */
export type PeerMessage =
  /** Phase 1a. */
  | { readonly type: "prepare"; readonly key: string; readonly ballot: number }
  /** Phase 1b: no lower ballot will be accepted any more; with what was accepted in the highest one so far. */
  | { readonly type: "promise"; readonly key: string; readonly ballot: number; readonly accepted: Accepted | null }
  /** Phase 2a. */
  | { readonly type: "accept"; readonly key: string; readonly ballot: number; readonly proposal: Proposal }
  /** Phase 2b. */
  | { readonly type: "accepted"; readonly key: string; readonly ballot: number }
  /** The acceptor has promised itself to a higher ballot (§2.2, end). */
  | { readonly type: "refused"; readonly key: string; readonly ballot: number; readonly promised: number }
  /** What the sender learned after the first `after` decrees. */
  | { readonly type: "learn"; readonly after: number; readonly decrees: readonly Decree[] }
  /** The sender has on its disk what the receiver learned after the first `after` and up to `upTo` decrees. */
  | { readonly type: "learned"; readonly after: number; readonly upTo: number };

/** Names a proposal in traces. */
export const nameOf = ({ client, seq }: Proposal): string => `${client}:${seq}`;

export const isSame = (one: Proposal, other: Proposal): boolean => nameOf(one) === nameOf(other);
