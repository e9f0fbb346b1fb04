import type { Json } from "../../../core/json.ts";
import { eventsOf } from "../../shared/clocks/vector-clock.ts";
import { contextWith } from "./causal-context.ts";
import type { DataType } from "./data-type.ts";
import { amountOf, type GCounter } from "./g-counter.ts";
import { type GSet, gSet, textOf } from "./g-set.ts";
import { addition, type OrSet, orSet } from "./or-set.ts";
import { type PnCounter, pnCounter } from "./pn-counter.ts";

/** The bug `one-number`. */
export const oneNumber: DataType<number> = {
  bottom: 0,
  update: (state, change) => {
    const amount = amountOf(change);
    return amount === undefined ? undefined : state + amount;
  },
  join: (a, b) => Math.max(a, b),
  covers: (a, b) => a >= b,
  value: (state) => state,
};

/** Where counts stop that are added up over and over, so that they stay numbers. */
const MOST = 1e12;

/** The bug `merge-adds`: an entry that the other has counted further is added. */
const addedUp = (a: GCounter, b: GCounter): GCounter => {
  const sums: Record<string, number> = { ...a };
  for (const [node, count] of Object.entries(b))
    if (count > eventsOf(a, node)) sums[node] = Math.min(MOST, eventsOf(a, node) + count);
  return sums;
};

/** The bug `merge-adds`. What a node counts itself is right; what it hears of others is added to what it had heard. */
export const mergeAdds: DataType<PnCounter> = {
  ...pnCounter,
  join: (a, b) => ({ plus: addedUp(a.plus, b.plus), minus: addedUp(a.minus, b.minus) }),
};

/** The bug `tombstones-dropped`: all that was seen is what is still there. Dots are taken from the clock, not to be reused. */
export const tombstonesDropped: DataType<OrSet> = {
  ...orSet,
  update: (state, change, site) =>
    change.f === "add"
      ? addition(state, change.input, [site.node, site.stamp()[0]])
      : orSet.update(state, change, site),
  join: (a, b) => {
    const { adds } = orSet.join(a, b);
    return { adds, context: contextWith(Object.values(adds).flat()) };
  },
};

/** What was ever added, and what was ever removed. */
type TwoPhaseSet = { readonly added: GSet; readonly removed: GSet };

const withoutRemoved = ({ added, removed }: TwoPhaseSet): GSet =>
  Object.fromEntries(Object.entries(added).filter(([text]) => !Object.hasOwn(removed, text)));

/** The bug `removed-for-ever`: a 2P-Set (Shapiro et al. 2011, §3.3.2). */
export const twoPhaseSet: DataType<TwoPhaseSet> = {
  bottom: { added: gSet.bottom, removed: gSet.bottom },
  update({ added }, { f, input }) {
    const one: GSet = { [textOf(input)]: input };
    if (f === "add") return { added: one, removed: {} };
    if (f !== "remove") return undefined;
    return { added: {}, removed: Object.hasOwn(added, textOf(input)) ? one : {} };
  },
  join: (a, b) => ({ added: gSet.join(a.added, b.added), removed: gSet.join(a.removed, b.removed) }),
  covers: (a, b) => gSet.covers(a.added, b.added) && gSet.covers(a.removed, b.removed),
  value: (state): Json => gSet.value(withoutRemoved(state)),
};
