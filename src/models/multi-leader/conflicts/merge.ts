import type { Json } from "../../../core/json.ts";
import type { NodeId } from "../../../core/operation.ts";
import type { Sibling, Siblings } from "../../shared/clocks/siblings.ts";
import { compareTexts, type Data, elementsOf, NOTHING, shownData, unionOf } from "./data.ts";
import type { Resolution } from "./resolution.ts";
import { resolvedBy, versionsOf } from "./versions.ts";

/** A function of the application's that makes one value of two concurrent ones. */
export type MergeFunction = (mine: Data, theirs: Data) => Data;

/**
 * That of an auction: the higher bid stands, and of two lists of bidders all. Commutative, associative and idempotent, as
 * any such function must be: nodes meet conflicting writes in different orders, and more than once. What it is given are
 * values, not what the application meant by them, so whatever it leaves out is lost.
 */
export const higherBid: MergeFunction = (mine, theirs) => {
  if ("elements" in mine || "elements" in theirs) return { elements: unionOf(elementsOf(mine), elementsOf(theirs)) };
  return compareBids(mine.value, theirs.value) >= 0 ? mine : theirs;
};

/** Numbers by size; anything else by its text, below all numbers. */
function compareBids(a: Json, b: Json): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a === "number" || typeof b === "number") return typeof a === "number" ? 1 : -1;
  return compareTexts(JSON.stringify(a), JSON.stringify(b));
}

/**
 * Conflicts are handed, two values at a time, to a function of the application's (Bucardo's custom conflict handlers). With
 * `first`, the writes that this node took are handed over first, which must not matter.
 */
export const mergedBy = (merge: MergeFunction, first?: NodeId): Resolution<Siblings> => {
  const resolve = (siblings: Siblings): Data => {
    const isFirst = ({ dot: [node] }: Sibling): boolean => node === first;
    const inTurn = [...siblings.filter(isFirst), ...siblings.filter((sibling) => !isFirst(sibling))];
    const [one, ...others] = versionsOf(inTurn);
    return others.reduce((merged, { data }) => merge(merged, data), one?.data ?? NOTHING);
  };
  return { ...resolvedBy(resolve), show: (copy) => shownData(resolve(copy)) };
};
