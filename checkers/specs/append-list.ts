import type { Json } from "../../src/core/json.ts";
import type { Spec } from "../../src/core/spec.ts";
import { canonical, isArray, show } from "../shared/values.ts";

/** The items of lists that were converted before: a search compares the same output with many states. */
const known = new WeakMap<readonly Json[], string>();

function itemsOf(output: Json | undefined): string {
  if ((output ?? null) === null) return "";
  if (output === undefined || !isArray(output))
    throw new TypeError(`the output of a read is a list or null, not ${show(output ?? null)}`);
  let items = known.get(output);
  if (items === undefined) {
    items = output.map(canonical).join(",");
    known.set(output, items);
  }
  return items;
}

/**
 * A list per key: `append` adds a value at the end, `read` yields the whole list, `null` or `[]` if nothing was appended
 * (the list-append workload of Kingsbury & Alvaro, "Elle", VLDB 2020, with one operation a transaction).
 *
 * A state is the text of the items, canonical JSON joined by commas: appending and telling lists apart is cheap, and no
 * two lists have the same text.
 */
export const appendList: Spec<string> = {
  name: "append-list",
  functions: { append: "input the value", read: "input null, output the list of values, oldest first, or null" },
  init: () => "",
  step(s, op, outcome) {
    if (op.f === "read") {
      if (outcome.type !== "ok") return s;
      // A list that holds something is not the empty one, and need not be converted to see that.
      if (s === "" && Array.isArray(outcome.value)) return outcome.value.length === 0 ? s : undefined;
      return itemsOf(outcome.value) === s ? s : undefined;
    }
    const item = canonical(op.input ?? null);
    return s === "" ? item : `${s},${item}`;
  },
  key: (s) => s,
  describe: (s) => show(JSON.parse(`[${s}]`)),
  isRead: (f) => f === "read",
  observes: () => false,
  perKey: true,
  nature: (op) => (op.f === "append" ? "blind" : "guarded"),
  // Items are never removed.
  leadsTo(s, op, outcome, first) {
    if (op.f !== "read" || outcome.type !== "ok") return true;
    const items = itemsOf(outcome.value);
    // The item is looked at first: it is the shorter one and mostly decides.
    if (first?.f === "append" && !beginsWith(items, canonical(first.input ?? null), s === "" ? 0 : s.length + 1))
      return false;
    return s === "" || beginsWith(items, s, 0);
  },
  without(op, gone) {
    if (op.f === "append") return gone(op.input) ? undefined : op;
    if (op.outcome.type !== "ok" || !isArray(op.outcome.value)) return op;
    return { ...op, outcome: { type: "ok", value: op.outcome.value.filter((item) => !gone(item)) } };
  },
};

/** The text of one item cannot go on as that of another but for numbers (1 and 12), hence the comma. */
const beginsWith = (items: string, part: string, from: number): boolean =>
  items.startsWith(part, from) && (items.length === from + part.length || items[from + part.length] === ",");
