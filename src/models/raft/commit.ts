import { apply as applyOp } from "../shared/key-value.ts";
import { applyDetail, type Command } from "./messages.ts";
import { anyHold, majorityHolds } from "./quorum.ts";
import { takeSnapshot } from "./snapshot.ts";
import type { NodeState, Progress } from "./state.ts";

/** Marks entries up to `index` as committed, applies them in order, and answers who waits for them (§5.3). */
export function commitTo(s: NodeState, index: number): void {
  for (let i = s.commitIndex + 1; i <= index; i++) {
    const entry = s.log.at(i);
    if (!entry) break;
    s.commitIndex = i;
    const { command } = entry;
    s.env.trace("apply", applyDetail(i, entry));
    if (command) apply(s, command);
  }
  if (s.commitIndex >= s.snapshotDueIndex) takeSnapshot(s);
}

function apply(s: NodeState, { client, seq, op }: Command): void {
  const outcome = s.bug === "apply-twice-on-retry" ? applyOp(s.store.contents, op) : s.store.apply(client, seq, op);
  const waiting = s.leading?.waiting.get(client);
  if (!waiting || waiting.seq !== seq || outcome === undefined) return;
  s.leading?.waiting.delete(client);
  for (const request of waiting.requests) s.env.reply(request, { outcome, context: { index: s.commitIndex } });
}

/**
 * The current-term commit rule (§5.3, §5.4.2): the leader commits up to the highest index that a majority stores, if the
 * entry there is of its own term. Entries of older terms are committed along with it and never by counting.
 */
export function advanceCommit(s: NodeState): void {
  const { leading, log } = s;
  if (!leading) return;
  const index = replicatedUpTo(s);
  if (index <= s.commitIndex) return;
  if (log.termAt(index) !== s.term && s.bug !== "commit-older-term") return;
  s.env.trace("commit", { index, term: s.term });
  commitTo(s, index);
}

function replicatedUpTo(s: NodeState): number {
  const { lastIndex } = s.log;
  if (s.bug === "ack-before-majority") return lastIndex;
  return (s.bug === "learners-counted" ? anyHold : majorityHolds)(s, lastIndex, matchIndexOf);
}

const matchIndexOf = ({ matchIndex }: Progress): number => matchIndex;

/** True once an entry of the current term is committed. */
export function knowsCommitted(s: NodeState): boolean {
  if (s.bug === "read-index-without-no-op") return true;
  const recovery = s.leading?.recovery;
  return recovery ? s.commitIndex >= recovery.inherited : s.log.termAt(s.commitIndex) === s.term;
}
