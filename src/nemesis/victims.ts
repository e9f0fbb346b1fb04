import * as fc from "fast-check";
import type { NodeId } from "../core/operation.ts";

/** Who is struck: one node, the leader, a minority, a majority, or all. */
export interface Victims {
  readonly nodes: readonly NodeId[];
  readonly aimedAtLeader?: NodeId;
}

/** Draws victims; `all` may strike the whole cluster at once. */
export function victims(cluster: readonly NodeId[]): fc.Arbitrary<Victims> {
  const minority = Math.max(1, Math.floor((cluster.length - 1) / 2));
  const some = (count: number): fc.Arbitrary<Victims> =>
    fc.shuffledSubarray([...cluster], { minLength: count, maxLength: count }).map((nodes) => ({ nodes }));
  const leader = some(1).map(({ nodes }): Victims => {
    const [first = ""] = nodes;
    return { nodes, aimedAtLeader: first };
  });
  return fc.oneof(
    { weight: 3, arbitrary: some(1) },
    { weight: 4, arbitrary: leader },
    { weight: 2, arbitrary: some(minority) },
    { weight: 1, arbitrary: some(Math.floor(cluster.length / 2) + 1) },
    { weight: 1, arbitrary: some(cluster.length) },
  );
}
