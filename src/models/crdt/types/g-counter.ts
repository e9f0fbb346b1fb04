import type { NodeId } from "../../../core/operation.ts";
import { covers, eventsOf, merge, NO_EVENTS } from "../../shared/clocks/vector-clock.ts";
import type { Change, DataType } from "./data-type.ts";

/** Of each node how much was added there. */
export type GCounter = Readonly<Record<NodeId, number>>;

/** By how much a change moves a counter, or `undefined` if it is none, or no whole number. */
export function amountOf({ f, input }: Change): number | undefined {
  const amount = input ?? 1;
  if (!Number.isSafeInteger(amount) || (f !== "increment" && f !== "decrement")) return undefined;
  return f === "increment" ? Number(amount) : -Number(amount);
}

/** What a node's entry becomes when more is added there. */
export const added = (counter: GCounter, node: NodeId, amount: number): GCounter => ({
  [node]: eventsOf(counter, node) + amount,
});

export const total = (counter: GCounter): number => Object.values(counter).reduce((sum, count) => sum + count, 0);

/**
 * A counter that only grows (Shapiro et al. 2011, §3.1.2). Each node counts in an entry of its own, so that the larger of
 * two counts of an entry is the later one.
 */
export const gCounter: DataType<GCounter> = {
  bottom: NO_EVENTS,
  update: (state, change, { node }) => {
    const amount = amountOf(change);
    return amount === undefined || amount < 0 ? undefined : added(state, node, amount);
  },
  join: merge,
  covers,
  value: total,
};
