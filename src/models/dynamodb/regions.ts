import type { NodeId } from "../../core/operation.ts";
import { fnv1a } from "../shared/hash.ts";
import { PARTITIONS, type Tables } from "./settings.ts";

/** A region and its nodes, each of which has a replica of every partition. */
export interface Region {
  readonly name: string;
  /** In order. */
  readonly nodes: readonly NodeId[];
}

/** The regions of a cluster, nodes in order: all are one, or each half is one. */
export function regionsOf(nodes: readonly NodeId[], tables: Tables): readonly Region[] {
  if (tables === "single-region") return [{ name: "east", nodes }];
  const half = nodes.length / 2;
  return [
    { name: "east", nodes: nodes.slice(0, half) },
    { name: "west", nodes: nodes.slice(half) },
  ];
}

/** The region that a node is in, and the other one if there is. */
export function placeOf(
  node: NodeId,
  nodes: readonly NodeId[],
  tables: Tables,
): { readonly home: Region; readonly other: Region | undefined } {
  const regions = regionsOf(nodes, tables);
  const home = regions.find((region) => region.nodes.includes(node));
  if (home === undefined) throw new Error(`${node} is in no region`);
  return { home, other: regions.find((region) => region !== home) };
}

/** The name of a partition's replication group in a region, and of the change stream that its log feeds. */
export const groupName = (region: Region, partition: number): string => `${region.name}-${partition}`;

/** Who should lead a partition: another node for each, as far as there are. */
export const preferredLeader = (region: Region, partition: number): NodeId | undefined =>
  region.nodes[partition % region.nodes.length];

/** The partition of a key, by its hash (FNV-1a). */
export const partitionOf = (key: string): number => (fnv1a(key) >>> 0) % PARTITIONS;
