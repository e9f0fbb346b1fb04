import { contextOf, knows, put, type Sibling, type Siblings, sync } from "../../shared/clocks/siblings.ts";
import { isSameDot } from "./causal-context.ts";
import type { DataType } from "./data-type.ts";

const isHere = (siblings: Siblings, { dot }: Sibling): boolean => siblings.some((other) => isSameDot(other.dot, dot));

/**
 * A register that keeps all concurrent writes, of which a read shows all; a write overwrites those that its node has (Shapiro
 * et al. 2011, §3.2.2). The delta of a write is the write: its context says what it overwrites, and that of a node's later
 * write names the earlier ones, so that no gap can be mistaken for what was seen.
 */
export const mvRegister: DataType<Siblings> = {
  bottom: [],
  update(state, { f, input }, { node }) {
    if (f !== "write") return undefined;
    return put(state, { node, writes: 0, context: contextOf(state), value: input }).siblings;
  },
  join: sync,
  covers: (a, b) =>
    b.every((theirs) => isHere(a, theirs) || knows(contextOf(a), theirs.dot)) &&
    a.every((mine) => isHere(b, mine) || !knows(contextOf(b), mine.dot)),
  value: (state) => state.map(({ value }) => value),
};
