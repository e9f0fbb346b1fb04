import type { NodeId } from "../../core/operation.ts";
import { knowsCommitted } from "./commit.ts";
import { type Configuration, isVoter } from "./configuration.ts";
import { armOperator, pick } from "./operator.ts";
import { appendAsLeader } from "./replication.ts";
import { follow } from "./roles.ts";
import type { Leadership, NodeState } from "./state.ts";

/** A learner is caught up, and may become a voter, if it misses no more of the committed entries than this (§4.2.1). */
const CAUGHT_UP_ENTRIES = 16;
/** Fewest voters, where there are as many nodes and one. */
const MIN_VOTERS = 3;

/** The operator's turn: it proposes other voters, if that is allowed and the learners among them are caught up. */
export function replaceVoters(s: NodeState): void {
  const { leading } = s;
  if (!leading) return;
  armOperator(s, "replace-voters");
  if (leading.transfer || !mayChange(s)) return;
  const next = nextConfiguration(s, leading);
  if (next) appendAsLeader(s, { term: s.term, command: null, configuration: next });
}

/**
 * True if a leader may change the configuration: the one before is committed (§4.1), and so is an entry of its own term.
 * Without the second a change that an earlier leader left uncommitted can come back, and its majorities need not meet those
 * of the new one (Ongaro, "bug in single-server membership changes", raft-dev, 2015).
 */
const mayChange = (s: NodeState): boolean =>
  knowsCommitted(s) && (s.bug === "changes-overlap" || s.commitIndex >= s.log.configurationIndex);

/** The configuration that the operator wants; `undefined` if it could not be reached now. */
function nextConfiguration(s: NodeState, leading: Leadership): Configuration | undefined {
  const voters = s.log.configuration?.voters ?? s.env.nodes;
  const wanted = s.membership === "joint" ? anySet(s) : neighbouringSet(s, voters);
  if (wanted.length === voters.length && wanted.every((node) => voters.includes(node))) return undefined;
  const caughtUp = (node: NodeId): boolean =>
    (leading.followers.find(({ peer }) => peer === node)?.matchIndex ?? s.commitIndex) + CAUGHT_UP_ENTRIES >=
    s.commitIndex;
  if (!wanted.every((node) => voters.includes(node) || caughtUp(node))) return undefined;
  return s.membership === "joint" ? { voters: wanted, outgoing: voters } : { voters: wanted };
}

const minVoters = ({ env }: NodeState): number => Math.min(MIN_VOTERS, env.nodes.length - 1);

/** Any set of enough nodes. */
function anySet(s: NodeState): NodeId[] {
  const { nodes } = s.env;
  const least = minVoters(s);
  const size = least + Math.floor(s.env.random() * (nodes.length - least + 1));
  const left = [...nodes];
  while (left.length > size) left.splice(Math.floor(s.env.random() * left.length), 1);
  return left;
}

/** The voters with one more or one less. */
function neighbouringSet(s: NodeState, voters: readonly NodeId[]): NodeId[] {
  const { nodes } = s.env;
  const changing = pick(s, voters.length > minVoters(s) ? nodes : nodes.filter((node) => !voters.includes(node)));
  return nodes.filter((node) => voters.includes(node) !== (node === changing));
}

/**
 * After anything that may have committed entries: a leader ends the joint configuration once that is committed, and steps
 * down once a configuration without it is (§6). A successor finds the same to do when its no-op is committed.
 */
export function finishChange(s: NodeState): void {
  const { configuration, configurationIndex } = s.log;
  if (!s.leading || !configuration || s.commitIndex < configurationIndex || !knowsCommitted(s)) return;
  if (configuration.outgoing)
    appendAsLeader(s, { term: s.term, command: null, configuration: { voters: configuration.voters } });
  else if (!isVoter(configuration, s.env.id)) {
    s.env.trace("step-down", { term: s.term, why: "removed" });
    follow(s, s.term, null);
  }
}

/**
 * True if this node may stand for election: it votes by the configuration that it knows to be committed, or by a later one.
 * A server that is on its way out may be the only one that can be elected (dissertation §4.2.2).
 */
export const mayStand = (s: NodeState): boolean =>
  s.log.mayVoteSince(Math.max(s.commitIndex, s.log.head.index), s.env.id);
