import type { Json } from "../../../core/json.ts";
import type { NodeId } from "../../../core/operation.ts";
import { type CausalOrder, orderOf } from "./order.ts";
import { eventsOf, merge, NO_EVENTS, type VectorClock } from "./vector-clock.ts";

/** The name of one write: the how manieth of a node it was. */
export type Dot = readonly [node: NodeId, count: number];

/**
 * Of each node the write with this number and all before it. The same data as a vector clock, but it counts writes of one
 * object and not events.
 */
export type VersionVector = VectorClock;

/** One of several values that were written without knowledge of each other. */
export type Sibling = {
  readonly dot: Dot;
  /** What its writer had read. */
  readonly context: VersionVector;
  readonly value: Json;
};

/**
 * What a node has of an object: dotted version vectors (Preguiça, Baquero, Almeida, Fonte & Gonçalves, "Dotted Version
 * Vectors: Logical Clocks for Optimistic Replication", 2010; Brief Announcement at PODC 2012, "Efficient Causality
 * Tracking in Distributed Storage Systems With Dotted Version Vectors"). A plain version vector for each value cannot tell
 * two writes through one node that both read the same from one that overwrote the other; the dot can.
 *
 * Siblings travel together: a node that has a write of some other node has met all earlier ones of it, or what overwrote
 * them. Only so does a count in a version vector stand for all before it.
 */
export type Siblings = readonly Sibling[];

export const knows = (vector: VersionVector, [node, count]: Dot): boolean => eventsOf(vector, node) >= count;

const isSame = ([p, a]: Dot, [q, b]: Dot): boolean => p === q && a === b;

/** How two versions stand to each other: the one that the other's writer had seen happens before it. */
export const compareVersions = (a: Sibling, b: Sibling): CausalOrder =>
  isSame(a.dot, b.dot) ? "identical" : orderOf(knows(a.context, b.dot), knows(b.context, a.dot));

/** All that these siblings know: what a client takes along that has read them. */
export const contextOf = (siblings: Siblings): VersionVector =>
  siblings.reduce<VersionVector>(
    (known, { dot: [node, count], context }) => merge(merge(known, context), { [node]: count }),
    NO_EVENTS,
  );

/** What is left of both nodes' siblings once they have met: what neither knows to be overwritten. */
export function sync(a: Siblings, b: Siblings): Siblings {
  const both = [...a, ...b.filter(({ dot }) => !a.some((other) => isSame(dot, other.dot)))];
  const isOverwritten = ({ dot }: Sibling): boolean =>
    both.some(({ dot: other, context }) => !isSame(dot, other) && knows(context, dot));
  return both.filter((sibling) => !isOverwritten(sibling)).sort((x, y) => compareDots(x.dot, y.dot));
}

/**
 * What a node has after a client that had read `context` wrote a value through it. `writes` is how many writes of the
 * object the node has named so far; it must never name two alike, whatever it has forgotten of them.
 */
export function put(
  siblings: Siblings,
  { node, writes, context, value }: { node: NodeId; writes: number; context: VersionVector; value: Json },
): { readonly siblings: Siblings; readonly dot: Dot } {
  const count = Math.max(writes, eventsOf(context, node), eventsOf(contextOf(siblings), node)) + 1;
  const dot: Dot = [node, count];
  return { siblings: sync(siblings, [{ dot, context, value }]), dot };
}

const compareDots = ([p, a]: Dot, [q, b]: Dot): number => (p < q ? -1 : p > q ? 1 : a - b);
