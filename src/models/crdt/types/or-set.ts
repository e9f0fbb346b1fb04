import type { Json } from "../../../core/json.ts";
import type { Dot } from "../../shared/clocks/siblings.ts";
import {
  type CausalContext,
  compareDots,
  contextWith,
  coversContext,
  hasSeen,
  isSameDot,
  NO_DOTS,
  nextDot,
  unite,
} from "./causal-context.ts";
import type { DataType } from "./data-type.ts";
import { elementsNamed, textOf } from "./g-set.ts";

/** The dots of the adds that no remove has seen, by element; and all dots that were ever seen. */
export type OrSet = {
  readonly adds: Readonly<Record<string, readonly Dot[]>>;
  readonly context: CausalContext;
};

const NOTHING: OrSet = { adds: {}, context: NO_DOTS };

export const addsOf = ({ adds }: OrSet, text: string): readonly Dot[] =>
  Object.hasOwn(adds, text) ? (adds[text] ?? []) : [];

/** The delta of an add under this dot. It takes the place of the adds that are here: one dot says enough. */
export const addition = (state: OrSet, element: Json, dot: Dot): OrSet => ({
  adds: { [textOf(element)]: [dot] },
  context: contextWith([dot, ...addsOf(state, textOf(element))]),
});

/** What is left of one side's adds: a dot that the other has seen, but no longer has, was removed there. */
const surviving = (mine: readonly Dot[], theirs: readonly Dot[], seen: CausalContext): readonly Dot[] =>
  mine.filter((dot) => theirs.some((other) => isSameDot(dot, other)) || !hasSeen(seen, dot));

/**
 * A set with removes in which an add wins over a remove that has not seen it: an observed-remove set (Shapiro et al. 2011,
 * §3.3.5). A context in place of tombstones: Bieniusa, Zawirski, Preguiça, Shapiro, Baquero, Balegas & Duarte, "An Optimized
 * Conflict-free Replicated Set", INRIA RR-8083, 2012; as a causal δ-CRDT: Almeida et al. 2018.
 */
export const orSet: DataType<OrSet> = {
  bottom: NOTHING,
  update(state, { f, input }, { node }) {
    if (f === "add") return addition(state, input, nextDot(state.context, node));
    return f === "remove" ? { adds: {}, context: contextWith(addsOf(state, textOf(input))) } : undefined;
  },
  join(a, b) {
    const adds: Record<string, readonly Dot[]> = {};
    for (const text of new Set([...Object.keys(a.adds), ...Object.keys(b.adds)])) {
      const [mine, theirs] = [addsOf(a, text), addsOf(b, text)];
      const others = theirs.filter((dot) => !mine.some((other) => isSameDot(dot, other)));
      const left = [...surviving(mine, theirs, b.context), ...surviving(others, mine, a.context)];
      if (left.length > 0) adds[text] = left.sort(compareDots);
    }
    return { adds, context: unite(a.context, b.context) };
  },
  covers: (a, b) =>
    coversContext(a.context, b.context) &&
    Object.entries(a.adds).every(([text, dots]) => surviving(dots, addsOf(b, text), b.context).length === dots.length),
  value: ({ adds }) => elementsNamed(Object.keys(adds)),
};
