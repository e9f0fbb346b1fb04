import type { DataType } from "./data-type.ts";
import { added, amountOf, type GCounter, gCounter, total } from "./g-counter.ts";

/** What was added, and what was taken away. */
export type PnCounter = { readonly plus: GCounter; readonly minus: GCounter };

/** A counter that goes both ways: the difference of two that only grow (Shapiro et al. 2011, §3.1.3). */
export const pnCounter: DataType<PnCounter> = {
  bottom: { plus: gCounter.bottom, minus: gCounter.bottom },
  update: ({ plus, minus }, change, { node }) => {
    const amount = amountOf(change);
    if (amount === undefined) return undefined;
    return amount < 0
      ? { plus: gCounter.bottom, minus: added(minus, node, -amount) }
      : { plus: added(plus, node, amount), minus: gCounter.bottom };
  },
  join: (a, b) => ({ plus: gCounter.join(a.plus, b.plus), minus: gCounter.join(a.minus, b.minus) }),
  covers: (a, b) => gCounter.covers(a.plus, b.plus) && gCounter.covers(a.minus, b.minus),
  value: ({ plus, minus }) => total(plus) - total(minus),
};
