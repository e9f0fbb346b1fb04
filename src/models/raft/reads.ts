import type { Request } from "../../core/replica.ts";
import type { LeaderRequestContext } from "../shared/leader-client.ts";
import { knowsCommitted } from "./commit.ts";
import { leaseRuns } from "./lease.ts";
import { majorityHolds } from "./quorum.ts";
import { refuse } from "./roles.ts";
import { heartbeat } from "./send.ts";
import type { Leadership, NodeState } from "./state.ts";

/** Answers from this node's own copy, and tells the session up to where it has seen the log. */
export function answerRead(s: NodeState, request: Request): void {
  const value = s.store.read(request.op.key);
  s.env.reply(request, { outcome: { type: "ok", value }, context: { index: s.commitIndex } });
}

/** A read in mode `local`: this node's copy, however old, unless the session has seen more. */
export function readLocally(s: NodeState, request: Request): void {
  if (covers(s, request)) answerRead(s, request);
  else refuse(s, request, "this copy is older than what the session has seen");
}

/** A read in mode `read-index` or `lease`, that does not go through the log (Ongaro's dissertation, §6.4). */
export function readFromLeader(s: NodeState, leading: Leadership, request: Request): void {
  if (s.bug === "stale-local-read" || leaseRuns(s)) answerRead(s, request);
  else {
    leading.reads.push({ request, after: leading.serial });
    if (leading.confirming === undefined) confirmAgain(s, leading);
    confirmReads(s);
  }
}

/** True if this copy shows all that the session has seen (the read set of Terry et al. 1994, as an index of the log). */
function covers(s: NodeState, request: Request): boolean {
  const { seen = 0 } = (request.context ?? {}) as Partial<LeaderRequestContext>;
  return s.commitIndex >= seen;
}

/**
 * Answers the reads for which a majority has recognised the leader since they came. By then every command that was
 * acknowledged before is committed here, provided that an entry of this term is: else the leader does not know yet up to
 * where its predecessors committed (§6.4, step 1). One round of messages serves all reads that wait for its start.
 */
export function confirmReads(s: NodeState): void {
  const { leading } = s;
  if (leading?.confirming === undefined || !knowsCommitted(s)) return;
  const confirmed = majorityHolds(s, Number.POSITIVE_INFINITY, (follower) => follower.answered);
  while (leading.reads[0] && leading.reads[0].after < confirmed) {
    const first = leading.reads.shift();
    if (first) answerRead(s, first.request);
  }
  if (leading.reads.length === 0) leading.confirming = undefined;
  else if (leading.confirming < confirmed) confirmAgain(s, leading);
}

function confirmAgain(s: NodeState, leading: Leadership): void {
  leading.confirming = leading.serial;
  heartbeat(s);
}
