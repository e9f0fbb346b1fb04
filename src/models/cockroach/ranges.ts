import type { NodeId } from "../../core/operation.ts";
import { fnv1a } from "../shared/hash.ts";

/** A range: a part of the keys, and the nodes that have a copy of it. */
export interface RangeDescriptor {
  readonly name: string;
  readonly members: readonly NodeId[];
  /** The replica in the range's home region. */
  readonly home: NodeId | undefined;
}

const RANGES = 2;
/** Fewest replicas of a range where ranges have nodes of their own. */
const MIN_REPLICAS = 3;

/** The ranges of a cluster: each has its own nodes if there are enough of them, else all nodes have a copy of each. */
export function rangesOf(nodes: readonly NodeId[]): RangeDescriptor[] {
  const apart = nodes.length >= RANGES * MIN_REPLICAS;
  const cut = (i: number): number => Math.floor((i * nodes.length) / RANGES);
  return Array.from({ length: RANGES }, (_, i) => {
    const members = apart ? nodes.slice(cut(i), cut(i + 1)) : nodes;
    return { name: `range-${i + 1}`, members, home: members[0] };
  });
}

/** The regions of a cluster, and the nodes in each: every range has a replica in each, and the first is home to all of them. */
export function regionsOf(nodes: readonly NodeId[]): NodeId[][] {
  const ranges = rangesOf(nodes);
  const most = Math.max(...ranges.map(({ members }) => members.length));
  return Array.from({ length: most }, (_, i) => [...new Set(ranges.flatMap(({ members }) => members[i] ?? []))]);
}

/** The number of the range that a key is in. By a hash (FNV-1a), so that neighbours lie apart and transactions cross ranges. */
export function rangeIndexOf(key: string): number {
  const hash = fnv1a(key);
  return ((hash >>> 16) ^ (hash & 0xffff)) % RANGES;
}

/** Who answers for a node's own copy of a key: the node, or the one that stands at its place in the group that has copies. */
export function copyHolder(nodes: readonly NodeId[], node: NodeId, key: string): NodeId {
  const members = rangesOf(nodes)[rangeIndexOf(key)]?.members ?? nodes;
  return members.includes(node) ? node : (members[nodes.indexOf(node) % members.length] ?? node);
}
