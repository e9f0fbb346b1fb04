import type { Spec } from "../../src/core/spec.ts";
import { canonical, isArray } from "../shared/values.ts";
import { describeItems, element, listIn, sorted, yielded } from "./shared.ts";

const TAKES: readonly string[] = ["dequeue", "take"];

/** The items without one of these. */
function less(items: readonly string[], item: string): readonly string[] {
  const at = items.indexOf(item);
  return [...items.slice(0, at), ...items.slice(at + 1)];
}

/** Contents in their order, each once. */
function distinct(contents: readonly (readonly string[])[]): readonly (readonly string[])[] {
  const byText = new Map(contents.map((items) => [JSON.stringify(items), items]));
  return [...byText].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, items]) => items);
}

/**
 * A bag per key, also called an unordered queue: `enqueue` (or `add`) puts a value in, `dequeue` (or `take`) takes any
 * one out, `read` shows all. A value may be in it more than once.
 *
 * Nobody knows what a `dequeue` of unknown outcome took. So that the specification stays deterministic a state is the list
 * of all contents that are possible, each a sorted list of canonical texts.
 */
export const bag: Spec<readonly (readonly string[])[]> = {
  name: "bag",
  functions: {
    enqueue: "input the value, which is not null",
    add: "the same as enqueue",
    dequeue: "input null, output any value of those in the bag, or null if there are none",
    take: "the same as dequeue",
    read: "input null, output the list of values in any order, or null if there are none",
  },
  init: () => [[]],
  step(s, op, outcome) {
    const next = s.flatMap((items) => {
      if (op.f === "read") {
        if (outcome.type !== "ok") return [items];
        const saw = listIn(outcome.value, "the output of a read").map(canonical);
        return sorted(saw).join() === items.join() ? [items] : [];
      }
      if (!TAKES.includes(op.f)) return [sorted([...items, element(op)])];
      const saw = yielded(outcome);
      if (saw === undefined) return items.length === 0 ? [items] : items.map((item) => less(items, item));
      if (saw === "null") return items.length === 0 ? [items] : [];
      return items.includes(saw) ? [less(items, saw)] : [];
    });
    return next.length === 0 ? undefined : distinct(next);
  },
  key: (s) => JSON.stringify(s),
  describe: (s) => s.map(describeItems).join(" or "),
  // What is read rules contents out, and so changes the state as it is meant here.
  isRead: () => false,
  // The same goes for a failure that shows an empty bag, which is not looked at: a failure must not change the state.
  observes: () => false,
  nature: (op) => (op.f === "enqueue" || op.f === "add" ? "blind" : "guarded"),
  // A read only rules contents out.
  changesNothing: (op, outcome) => op.f === "read" || (TAKES.includes(op.f) && yielded(outcome) === "null"),
  without(op, gone) {
    if (op.f === "enqueue" || op.f === "add") return gone(op.input) ? undefined : op;
    if (op.outcome.type !== "ok" || op.outcome.value === null) return op;
    if (op.f !== "read") return gone(op.outcome.value) ? undefined : op;
    if (!isArray(op.outcome.value)) return op;
    return { ...op, outcome: { type: "ok", value: op.outcome.value.filter((item) => !gone(item)) } };
  },
  perKey: true,
};
