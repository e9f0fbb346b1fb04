import type { Json } from "../../src/core/json.ts";

/** The data types whose histories the session, causal and durability checkers can read. */
export type DataType = "register" | "list" | "set";

/** Equal exactly for values that are equal as JSON: the order of an object's keys does not matter. */
export function canonical(value: Json): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (isArray(value)) return `[${value.map(canonical).join(",")}]`;
  const entries = Object.entries(value).filter((entry): entry is [string, Json] => entry[1] !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(",")}}`;
}

/** Longest text that `show` gives a single value. */
const MAX_SHOWN = 40;
/** How many items of a list `show` spells out. */
const MAX_ITEMS = 8;

/**
 * A value for people: short enough for a sentence, long lists by their last items. An imported history may lack it.
 */
export function show(value: Json | undefined): string {
  if (value === null || value === undefined) return "nothing";
  if (isArray(value)) {
    const last = value.slice(-MAX_ITEMS).map(showItem);
    if (value.length > MAX_ITEMS) last.unshift(`… ${value.length - MAX_ITEMS} more`);
    return `[${last.join(", ")}]`;
  }
  return showItem(value);
}

/** Several values for people: "1, 2, 3 and 9 more". */
export function showSome(values: readonly Json[]): string {
  const first = values.slice(0, MAX_ITEMS).map(showItem).join(", ");
  return values.length > MAX_ITEMS ? `${first} and ${values.length - MAX_ITEMS} more` : first;
}

function showItem(value: Json): string {
  const text = typeof value === "string" ? JSON.stringify(value) : canonical(value);
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN - 1)}…` : text;
}

/** `Array.isArray` that also narrows a read-only array. */
export const isArray = (value: Json): value is readonly Json[] => Array.isArray(value);

/** Gives every different value a small number: its position in order of first use. */
export class Interner {
  readonly values: Json[] = [];
  // Numbers and strings are their own keys, which spares lists of numbers a conversion of every element.
  readonly #simple = new Map<Json, number>();
  readonly #compound = new Map<string, number>();

  id(value: Json): number {
    if (value === null || typeof value !== "object") return this.#idIn(this.#simple, value, value);
    return this.#idIn(this.#compound, canonical(value), value);
  }

  #idIn<K>(ids: Map<K, number>, key: K, value: Json): number {
    const known = ids.get(key);
    if (known !== undefined) return known;
    ids.set(key, this.values.length);
    this.values.push(value);
    return this.values.length - 1;
  }
}
