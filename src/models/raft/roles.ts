import type { NodeId } from "../../core/operation.ts";
import type { Request } from "../../core/replica.ts";
import { armOperator } from "./operator.ts";
import { armElection, HEARTBEAT_MS, type NodeState, setBallot } from "./state.ts";

/** How long a leader with the bug `commit-older-term` takes no commands, milliseconds. */
const RECOVERY_MS = 1000;

type Asked = Pick<Request, "client" | "id">;

/**
 * Follows in `term` (§5.1). A deposed leader answers who waits: a command may still be committed by its successor, so the
 * outcome is unknown; a read has no effect and was refused.
 */
export function follow(s: NodeState, term: number, leader: NodeId | null): void {
  const { env, leading } = s;
  if (term > s.term) setBallot(s, term, null);
  s.leader = leader;
  if (s.role !== "follower") {
    s.role = "follower";
    s.leading = undefined;
    s.votes.clear();
    armElection(s);
  }
  if (!leading) return;
  env.clearTimer("heartbeat");
  env.clearTimer("replace-voters");
  env.clearTimer("transfer");
  env.trace("follower", { term });
  for (const { requests } of leading.waiting.values())
    for (const request of requests)
      env.reply(request, {
        outcome: {
          type: "info",
          error: { name: "crash", text: "deposed before the command was known to be committed" },
        },
        context: { leader },
      });
  for (const { request } of leading.reads) redirect(s, request);
}

/** Sends a client to whoever leads (§8). */
export function redirect(s: NodeState, request: Asked): void {
  refuse(s, request, s.leader === null ? "no leader is known" : `${s.leader} leads`);
}

/** Refuses a request, which has no effect then. */
export function refuse(s: NodeState, request: Asked, text: string, leader = s.leader): void {
  s.env.reply(request, {
    outcome: { type: "fail", error: { name: "temporarily-unavailable", text } },
    context: { leader },
  });
}

/** Leads the current term (§5.2). Nothing is sent yet. */
export function lead(s: NodeState): void {
  s.role = "leader";
  s.leader = s.env.id;
  s.votes.clear();
  s.leading = {
    followers: s.env.peers.map((peer) => ({
      peer,
      nextIndex: s.log.lastIndex + 1,
      matchIndex: 0,
      awaited: 0,
      awaitedEntries: false,
      awaitedSinceMs: 0,
      answered: 0,
      answeredSentMs: Number.NEGATIVE_INFINITY,
      heardMs: s.env.monoMs(),
    })),
    waiting: new Map(),
    reads: [],
    recovery:
      s.bug === "commit-older-term" ? { inherited: s.log.lastIndex, untilMs: s.env.monoMs() + RECOVERY_MS } : undefined,
    serial: 0,
    confirming: undefined,
    transfer: undefined,
    handedOver: false,
  };
  s.env.clearTimer("election");
  s.env.setTimer("heartbeat", HEARTBEAT_MS);
  if (s.membership !== "fixed") armOperator(s, "replace-voters");
  if (s.leadership === "transfers") armOperator(s, "transfer");
  s.env.trace("leader", { term: s.term });
}
