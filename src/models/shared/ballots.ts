import type { Env } from "../../core/replica.ts";

/**
 * Ballots are numbers above 0, and each node has its own: they leave the node's place in the cluster when divided by the
 * number of nodes (Lamport, Paxos Made Simple, 2001, §2.5: "choose their numbers from disjoint sets").
 */
export function ballotAbove(ballot: number, { id, nodes }: Pick<Env, "id" | "nodes">): number {
  const round = Math.floor(ballot / nodes.length) + 1;
  return round * nodes.length + nodes.indexOf(id);
}
