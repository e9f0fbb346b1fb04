import type { Json } from "../../../core/json.ts";
import type { DataType } from "./data-type.ts";

/** The elements, by their JSON text. */
export type GSet = Readonly<Record<string, Json>>;

export const textOf = (element: Json): string => JSON.stringify(element);

const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Elements that are named by their texts, in an order that does not depend on who came first. */
export const elementsNamed = (texts: readonly string[]): Json[] =>
  [...texts].sort(compareTexts).map((text) => JSON.parse(text));

/** A set that only grows: the union is its join (Shapiro et al. 2011, §3.3.1). */
export const gSet: DataType<GSet> = {
  bottom: {},
  update: (_, { f, input }) => (f === "add" ? { [textOf(input)]: input } : undefined),
  join: (a, b) => ({ ...a, ...b }),
  covers: (a, b) => Object.keys(b).every((text) => Object.hasOwn(a, text)),
  value: (state) => elementsNamed(Object.keys(state)),
};
