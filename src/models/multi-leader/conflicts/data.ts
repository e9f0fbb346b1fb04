import type { Json } from "../../../core/json.ts";
import type { Invocation } from "../../../core/operation.ts";

/** What one version of an object holds: the value of a register, or all elements of a set. */
export type Data = { readonly value: Json } | { readonly elements: readonly Json[] };

/** Of an object of which nothing is known. */
export const NOTHING: Data = { value: null };

export const elementsOf = (data: Data): readonly Json[] => ("elements" in data ? data.elements : []);

/** What a client reads. A set that nobody added to is an object of which nothing is known. */
export const shownData = (data: Data): Json => ("elements" in data ? data.elements : data.value);

/** The version that a `write` or an `add` makes of another one: to add is to read, to change and to write back the whole. */
export const changed = (data: Data, { f, input }: Pick<Invocation, "f" | "input">): Data =>
  f === "add" ? { elements: unionOf(elementsOf(data), [input]) } : { value: input };

/** All elements of both, each once, in an order that does not depend on who comes first. */
export function unionOf(a: readonly Json[], b: readonly Json[]): readonly Json[] {
  const named = new Map([...a, ...b].map((element): [string, Json] => [JSON.stringify(element), element]));
  return [...named].sort(([p], [q]) => compareTexts(p, q)).map(([, element]) => element);
}

export const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
