import type { NodeId } from "../../core/operation.ts";
import { majorityOf } from "../shared/majority.ts";

/**
 * Who votes. While `outgoing` is there the configuration is a joint one (§6): whatever needs a majority needs one of
 * `voters` and one of `outgoing`. The names are those of etcd/raft.
 */
export type Configuration = { readonly voters: readonly NodeId[]; readonly outgoing?: readonly NodeId[] };

/** The sets of which each must agree by a majority. */
export const voterSets = ({ voters, outgoing }: Configuration): readonly (readonly NodeId[])[] =>
  outgoing ? [voters, outgoing] : [voters];

/** True if the node votes. */
export const isVoter = (configuration: Configuration, node: NodeId): boolean =>
  voterSets(configuration).some((set) => set.includes(node));

/** True if more than half of each set is among `nodes`. */
export const isQuorum = (sets: readonly (readonly NodeId[])[], nodes: ReadonlySet<NodeId>): boolean =>
  sets.every((set) => 2 * set.filter((node) => nodes.has(node)).length > set.length);

/** The highest value that more than half of each set has reached. */
export const reachedByQuorum = (sets: readonly (readonly NodeId[])[], value: (node: NodeId) => number): number =>
  Math.min(...sets.map((set) => nthHighest(set.map(value), majorityOf(set.length))));

/** The value that `n` of the values are no lower than; takes the array. */
export function nthHighest(values: number[], n: number): number {
  values.sort((a, b) => b - a);
  return values[n - 1] ?? Number.NEGATIVE_INFINITY;
}

/** Names a configuration in traces. */
export const configurationName = (configuration: Configuration): string =>
  `${CONFIGURATION}${voterSets(configuration).join("|")}`;

/** The configuration that a name in a trace stands for; `undefined` if it names a command. */
export function configurationNamed(name: string): Configuration | undefined {
  if (!name.startsWith(CONFIGURATION)) return undefined;
  const [voters = [], outgoing] = name
    .slice(CONFIGURATION.length)
    .split("|")
    .map((set) => set.split(","));
  return outgoing ? { voters, outgoing } : { voters };
}

const CONFIGURATION = "voters:";
