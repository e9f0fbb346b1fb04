import type { NodeId } from "../../core/operation.ts";
import { majorityOf } from "../shared/majority.ts";
import { isQuorum, nthHighest, reachedByQuorum, voterSets } from "./configuration.ts";
import { MAX_ELECTION_MS, type NodeState, type Progress } from "./state.ts";

/** The sets of voters by the latest configuration in the log, committed or not (§6); `undefined` if all nodes vote. */
function setsOf(s: NodeState): readonly (readonly NodeId[])[] | undefined {
  const { configuration } = s.log;
  if (!configuration) return undefined;
  return s.bug === "joint-new-majority-only" ? [configuration.voters] : voterSets(configuration);
}

/** True if these nodes can elect a leader. */
export function canElect(s: NodeState, votes: ReadonlySet<NodeId>): boolean {
  const sets = setsOf(s);
  return sets ? isQuorum(sets, votes) : votes.size >= s.majority;
}

/** The highest value that a majority has reached, where the leader itself, if it votes, stands at `own`. */
export function majorityHolds(s: NodeState, own: number, value: (follower: Progress) => number): number {
  const followers = s.leading?.followers ?? [];
  const sets = setsOf(s);
  if (!sets) {
    const values = followers.map(value);
    values.push(own);
    return nthHighest(values, s.majority);
  }
  const values = new Map(followers.map((follower) => [follower.peer, value(follower)]));
  return reachedByQuorum(sets, (node) => values.get(node) ?? own);
}

/** What the bug `learners-counted` takes for a majority: as many copies as half of the voters and one, wherever they are. */
export function anyHold(s: NodeState, own: number, value: (follower: Progress) => number): number {
  const voters = s.log.configuration?.voters.length ?? s.env.nodes.length;
  return nthHighest([...(s.leading?.followers ?? []).map(value), own], majorityOf(voters));
}

/** True if the leader needs nobody to commit. */
export const isAlone = (s: NodeState): boolean =>
  s.log.configuration ? canElect(s, new Set([s.env.id])) : s.majority === 1;

/** True if no majority has answered the leader for an election timeout (check-quorum; dissertation §6.2). */
export const hasLostMajority = (s: NodeState): boolean =>
  majorityHolds(s, Number.POSITIVE_INFINITY, ({ heardMs }) => heardMs) < s.env.monoMs() - MAX_ELECTION_MS;
