import type { NodeId } from "../../../core/operation.ts";
import { type CausalOrder, orderOf } from "./order.ts";

/**
 * A vector clock (Fidge, "Timestamps in Message-Passing Systems That Preserve the Partial Ordering", ACSC 1988; Mattern,
 * "Virtual Time and Global States of Distributed Systems", 1989): of each node how many of its events are known. A node
 * that is not named stands for 0. Plain data, never changed.
 */
export type VectorClock = Readonly<Record<NodeId, number>>;

export const NO_EVENTS: VectorClock = {};

export const eventsOf = (clock: VectorClock, node: NodeId): number =>
  Object.hasOwn(clock, node) ? (clock[node] as number) : 0;

/** The clock after one more event of a node. */
export const increment = (clock: VectorClock, node: NodeId): VectorClock => ({
  ...clock,
  [node]: eventsOf(clock, node) + 1,
});

/** The least clock that knows what both know. */
export function merge(a: VectorClock, b: VectorClock): VectorClock {
  const merged: Record<NodeId, number> = { ...a };
  for (const [node, events] of Object.entries(b)) merged[node] = Math.max(eventsOf(a, node), events);
  return merged;
}

/** True if `a` knows every event that `b` knows. */
export const covers = (a: VectorClock, b: VectorClock): boolean =>
  Object.entries(b).every(([node, events]) => eventsOf(a, node) >= events);

/** How `a` stands to `b`. */
export const compareClocks = (a: VectorClock, b: VectorClock): CausalOrder => orderOf(covers(a, b), covers(b, a));
