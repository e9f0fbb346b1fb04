import type { Outcome } from "../../src/core/operation.ts";
import type { Spec } from "../../src/core/spec.ts";
import { canonical, isArray } from "../shared/values.ts";
import { describeItems, element, listIn, sorted, yielded } from "./shared.ts";

/** True if the operation cannot have told that it changed (or not) what it did (or did not) change. */
const contradicts = (outcome: Outcome, changed: boolean): boolean => {
  const saw = yielded(outcome);
  if (saw === undefined || saw === "null") return false;
  if (saw === "true" || saw === "false") return changed !== (saw === "true");
  throw new TypeError(`the output of an add or remove is true, false or null, not ${saw}`);
};

/**
 * A set per key: `add`, `remove`, `contains` of one element, and `read` of all of them. `add` and `remove` may tell
 * whether they changed the set. A state is the sorted list of canonical texts.
 */
export const set: Spec<readonly string[]> = {
  name: "set",
  functions: {
    add: "input the element, output true if it was not in the set before, false if it was, or null if that is not told",
    remove: "input the element, output true if it was in the set before, false if it was not, or null",
    contains: "input the element, output true or false",
    read: "input null, output the list of elements in any order, or null if there are none",
  },
  init: () => [],
  step(s, op, outcome) {
    if (op.f === "read") {
      if (outcome.type !== "ok") return s;
      const items = listIn(outcome.value, "the output of a read").map(canonical);
      return sorted(items).join() === s.join() ? s : undefined;
    }
    const item = element(op);
    const isIn = s.includes(item);
    if (op.f === "contains") return outcome.type !== "ok" || (outcome.value === true) === isIn ? s : undefined;
    const changed = (op.f === "add") !== isIn;
    if (contradicts(outcome, changed)) return undefined;
    if (!changed) return s;
    return op.f === "add" ? sorted([...s, item]) : s.filter((other) => other !== item);
  },
  key: (s) => s.join(),
  describe: describeItems,
  isRead: (f) => f === "contains" || f === "read",
  observes: () => false,
  nature(op, outcome) {
    const tells = outcome.type === "ok" && (outcome.value ?? null) !== null;
    return (op.f === "add" || op.f === "remove") && !tells ? "blind" : "guarded";
  },
  changesNothing: (_, outcome) => yielded(outcome) === "false",
  // No element affects another.
  without(op, gone) {
    if (op.f !== "read") return gone(op.input) ? undefined : op;
    if (op.outcome.type !== "ok" || !isArray(op.outcome.value)) return op;
    return { ...op, outcome: { type: "ok", value: op.outcome.value.filter((item) => !gone(item)) } };
  },
  perKey: true,
};
