import type { Json } from "../../src/core/json.ts";
import type { Invocation } from "../../src/core/operation.ts";
import type { Spec } from "../../src/core/spec.ts";
import { canonical, isArray, show } from "../shared/values.ts";
import { describeItems, listIn, numberIn } from "./shared.ts";

/** From where a read reads, and how many values at most. */
function rangeIn(op: Invocation): readonly [from: number, count: number] {
  const [from, count]: readonly (Json | undefined)[] = isArray(op.input) ? op.input : [op.input];
  const positions = [(from ?? null) === null ? 0 : numberIn(from, "an offset")];
  if (positions.some((position) => !Number.isInteger(position) || position < 0))
    throw new TypeError(`an offset is an integer from 0, not ${show(from ?? null)}`);
  return [
    positions[0] ?? 0,
    (count ?? null) === null ? Number.POSITIVE_INFINITY : numberIn(count, "a number of values"),
  ];
}

/**
 * A log per key, as a partition of Kafka's: `append` (also called `send`) adds a value at the end and yields its offset,
 * counted from 0; `read` (also called `poll`) yields the values from an offset on. A state is the list of canonical texts.
 */
export const log: Spec<readonly string[]> = {
  name: "log",
  functions: {
    append: "input the value, output its offset, or null if that is not told",
    send: "the same as append",
    read: "input the offset to read from (null for 0) or [offset, at most so many], output the list of values up to the end",
    poll: "the same as read",
  },
  init: () => [],
  step(s, op, outcome) {
    if (op.f === "append" || op.f === "send") {
      const told = outcome.type === "ok" ? (outcome.value ?? null) : null;
      if (told !== null && numberIn(told, "the output of an append") !== s.length) return undefined;
      return [...s, canonical(op.input ?? null)];
    }
    const [from, count] = rangeIn(op);
    if (outcome.type !== "ok") return s;
    const saw = listIn(outcome.value, "the output of a read").map(canonical);
    return saw.join() === s.slice(from, from + count).join() ? s : undefined;
  },
  key: (s) => s.join(),
  describe: describeItems,
  isRead: (f) => f === "read" || f === "poll",
  observes: () => false,
  nature: (op, outcome) =>
    (op.f === "append" || op.f === "send") && (outcome.type !== "ok" || (outcome.value ?? null) === null)
      ? "blind"
      : "guarded",
  perKey: true,
};
