import type { NodeId } from "../../../core/operation.ts";
import { type Dot, knows, type VersionVector } from "../../shared/clocks/siblings.ts";
import { covers, eventsOf, increment, merge, NO_EVENTS } from "../../shared/clocks/vector-clock.ts";

/**
 * A set of dots: those that were ever seen. All of a node up to some number are kept as that number; the others, of which
 * deltas have some, one by one (the causal contexts of Almeida et al. 2018; Preguiça et al. 2010).
 */
export type CausalContext = {
  readonly vector: VersionVector;
  /** In order, each beyond what the vector holds and not next to it. */
  readonly cloud: readonly Dot[];
};

export const NO_DOTS: CausalContext = { vector: NO_EVENTS, cloud: [] };

export const isSameDot = ([p, a]: Dot, [q, b]: Dot): boolean => p === q && a === b;

export const compareDots = ([p, a]: Dot, [q, b]: Dot): number => (p < q ? -1 : p > q ? 1 : a - b);

export const hasSeen = ({ vector, cloud }: CausalContext, dot: Dot): boolean =>
  knows(vector, dot) || cloud.some((other) => isSameDot(other, dot));

/** A node's next dot. Only the node itself may ask, for only it has seen all of its own. */
export const nextDot = ({ vector }: CausalContext, node: NodeId): Dot => [node, eventsOf(vector, node) + 1];

export const contextWith = (dots: readonly Dot[]): CausalContext => compacted(NO_EVENTS, dots);

/** All dots of both. */
export const unite = (a: CausalContext, b: CausalContext): CausalContext =>
  compacted(merge(a.vector, b.vector), [...a.cloud, ...b.cloud]);

/** True if `a` has seen all that `b` has. */
export const coversContext = (a: CausalContext, b: CausalContext): boolean =>
  covers(a.vector, b.vector) && b.cloud.every((dot) => hasSeen(a, dot));

function compacted(start: VersionVector, dots: readonly Dot[]): CausalContext {
  let vector = start;
  const cloud: Dot[] = [];
  for (const dot of [...dots].sort(compareDots)) {
    const [node, count] = dot;
    const last = cloud.at(-1);
    if (knows(vector, dot) || (last !== undefined && isSameDot(last, dot))) continue;
    if (count === eventsOf(vector, node) + 1) vector = increment(vector, node);
    else cloud.push(dot);
  }
  return { vector, cloud };
}
