import type { NodeId } from "../../core/operation.ts";
import { isVoter } from "./configuration.ts";
import { stand } from "./election.ts";
import { mayStand } from "./membership.ts";
import type { TimeoutNow } from "./messages.ts";
import { armOperator, pick } from "./operator.ts";
import { type Leadership, MAX_ELECTION_MS, MIN_ELECTION_MS, type NodeState } from "./state.ts";

/** The operator's turn: it chooses another voter to lead (dissertation §3.10). */
export function beginTransfer(s: NodeState): void {
  const { leading, env } = s;
  if (!leading) return;
  armOperator(s, "transfer");
  const to = successor(s, leading);
  if (to === undefined) return;
  leading.transfer = { to, untilMs: env.monoMs() + MAX_ELECTION_MS, asked: false };
  goOnWithTransfer(s);
}

/** Whom the operator wants to lead: any voter, or the preferred one if it was heard a moment ago. */
function successor(s: NodeState, { followers }: Leadership): NodeId | undefined {
  const { env, preferredLeader } = s;
  const { configuration } = s.log;
  if (preferredLeader === undefined)
    return pick(s, configuration ? env.peers.filter((peer) => isVoter(configuration, peer)) : env.peers);
  const heard = followers.find(({ peer }) => peer === preferredLeader)?.heardMs ?? Number.NEGATIVE_INFINITY;
  return env.monoMs() - heard < MIN_ELECTION_MS ? preferredLeader : undefined;
}

/**
 * After anything that may have brought the chosen node nearer: once it has the whole log it is asked to stand at once. If it
 * does not lead within an election timeout, this leader goes on.
 */
export function goOnWithTransfer(s: NodeState): void {
  const { leading, env } = s;
  if (!leading?.transfer) return;
  const { to, untilMs, asked } = leading.transfer;
  if (env.monoMs() > untilMs) leading.transfer = undefined;
  else if (!asked && leading.followers.find(({ peer }) => peer === to)?.matchIndex === s.log.lastIndex) {
    leading.transfer.asked = true;
    leading.handedOver = true;
    env.trace("transfer", { term: s.term, to });
    env.send(to, { type: "timeout-now", term: s.term });
  }
}

/** The leader of this term asks this node to take over: it stands at once, as if its election timer had fired. */
export function onTimeoutNow(s: NodeState, { term }: TimeoutNow): void {
  if (term === s.term && s.role === "follower" && mayStand(s)) stand(s, true);
}
