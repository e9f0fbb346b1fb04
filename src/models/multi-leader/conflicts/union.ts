import type { Json } from "../../../core/json.ts";
import type { Siblings } from "../../shared/clocks/siblings.ts";
import { type Data, elementsOf, shownData, unionOf } from "./data.ts";
import type { Resolution } from "./resolution.ts";
import { latestOf, resolvedBy, versionsOf } from "./versions.ts";

/** All elements of all siblings. A register can show but one value: the latest. */
export function unionOfAll(siblings: Siblings): Data {
  const all = versionsOf(siblings).map(({ data }) => data);
  if (!all.some((data) => "elements" in data)) return latestOf(siblings);
  return { elements: all.reduce<readonly Json[]>((sum, data) => unionOf(sum, elementsOf(data)), []) };
}

/** All that a copy holds: of a register with concurrent values all of them, the list that a client would have to choose from. */
export function showAllValues(siblings: Siblings): Json {
  const all = versionsOf(siblings).map(({ data }) => data);
  if (all.length < 2 || all.some((data) => "elements" in data)) return shownData(unionOfAll(siblings));
  return all.map(shownData);
}

/** The union of what was written concurrently: nothing is lost (the shopping cart of DeCandia et al., Dynamo, SOSP 2007, §4.4). */
export const union: Resolution<Siblings> = {
  ...resolvedBy(unionOfAll),
  show: (copy) => shownData(unionOfAll(copy)),
  showAll: showAllValues,
};
