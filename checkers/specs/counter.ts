import type { Invocation } from "../../src/core/operation.ts";
import type { Spec } from "../../src/core/spec.ts";
import { numberIn } from "./shared.ts";

/** By how much an operation that is not a read changes a counter. */
export function deltaOf({ f, input }: Invocation): number {
  const by = f !== "add" && (input ?? null) === null ? 1 : numberIn(input, `the input of ${f}`);
  return f === "decrement" ? -by : by;
}

/**
 * A counter per key, initially 0: `add`, `increment`, `decrement`, `read` (the counter of Jepsen and of Maelstrom's
 * g-counter and pn-counter). Sums are those of floating point: exact for integers below 2^53.
 */
export const counter: Spec<number> = {
  name: "counter",
  functions: {
    add: "input the number that is added, which may be negative",
    increment: "input the number that is added, or null for 1",
    decrement: "input the number that is subtracted, or null for 1",
    read: "input null, output the number",
  },
  init: () => 0,
  step(s, op, outcome) {
    if (op.f !== "read") return s + deltaOf(op);
    return outcome.type !== "ok" || numberIn(outcome.value, "the output of a read") === s ? s : undefined;
  },
  // Zero has one name, whether it was reached from above or from below.
  key: (s) => s + 0,
  describe: (s) => `${s}`,
  isRead: (f) => f === "read",
  observes: () => false,
  nature: (op) => (op.f === "read" ? "guarded" : "blind"),
  perKey: true,
};
