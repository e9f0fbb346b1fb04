import type { Json } from "../../src/core/json.ts";
import type { Invocation, Outcome } from "../../src/core/operation.ts";
import { canonical, isArray, show } from "../shared/values.ts";

/** The canonical text of what an operation yielded, `undefined` if that is not known. */
export const yielded = (outcome: Outcome): string | undefined =>
  outcome.type === "ok" ? canonical(outcome.value ?? null) : undefined;

/** A finite number, or a `TypeError` that says what was expected. */
export function numberIn(value: Json | undefined, what: string): number {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw new TypeError(`${what} is a number, not ${show(value ?? null)}`);
}

/** A list, `null` standing for the empty one, or a `TypeError` that says what was expected. */
export function listIn(value: Json | undefined, what: string): readonly Json[] {
  if ((value ?? null) === null) return [];
  if (value !== undefined && isArray(value)) return value;
  throw new TypeError(`${what} is a list, not ${show(value ?? null)}`);
}

/** The canonical text of a value that is put into a collection. `null` cannot be: as an output it stands for "empty". */
export function element({ f, input }: Invocation): string {
  if ((input ?? null) === null)
    throw new TypeError(`the input of ${f} is a value; null stands for an empty collection`);
  return canonical(input);
}

/** Error names with which a taker fails if there is nothing to take. */
const EMPTY: readonly string[] = ["empty", "precondition-failed"];

/** True if the failure of a taker proves that the collection was empty. */
export const provesEmpty = (outcome: Outcome): boolean => outcome.type === "fail" && EMPTY.includes(outcome.error.name);

/** A collection for people: "1, 2, 3" or "empty". */
export const describeItems = (items: readonly string[]): string => (items.length === 0 ? "empty" : items.join(", "));

/** Texts in their order, which makes equal collections have equal texts. */
export const sorted = (items: readonly string[]): readonly string[] => [...items].sort();
