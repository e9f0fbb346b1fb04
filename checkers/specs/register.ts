import type { Json } from "../../src/core/json.ts";
import type { Invocation, Outcome } from "../../src/core/operation.ts";
import type { Spec } from "../../src/core/spec.ts";
import { canonical, isArray, show } from "../shared/values.ts";

/** Equal as JSON; cheap for the numbers and strings that registers mostly hold. */
const equal = (a: Json, b: Json): boolean =>
  a === b || (typeof a === "object" && typeof b === "object" && canonical(a) === canonical(b));

function compareAndSet(op: Invocation): readonly [from: Json, to: Json] {
  if (!isArray(op.input) || op.input.length !== 2)
    throw new TypeError(`the input of a cas is [from, to], not ${show(op.input)}`);
  return [op.input[0] ?? null, op.input[1] ?? null];
}

const step = (s: Json, op: Invocation, outcome: Outcome): Json | undefined => {
  switch (op.f) {
    case "read":
      return outcome.type !== "ok" || equal(s, outcome.value ?? null) ? s : undefined;
    case "write":
      return outcome.type === "fail" ? s : (op.input ?? null);
    default: {
      const [from, to] = compareAndSet(op);
      const matches = equal(s, from);
      if (outcome.type === "fail") return matches ? undefined : s;
      if (matches) return to;
      return outcome.type === "info" ? s : undefined;
    }
  }
};

const common = {
  init: () => null,
  step,
  key: canonical,
  describe: show,
  isRead: (f) => f === "read",
  perKey: true,
  nature: (op) => (op.f === "write" ? "overwrite" : "guarded"),
} as const satisfies Partial<Spec<Json>>;

/** A register per key: `read` and `write` of any JSON value, initially `null` (Lamport, "On Interprocess Communication", 1986). */
export const register: Spec<Json> = {
  ...common,
  name: "register",
  functions: { read: "input null, output the value", write: "input the value" },
  observes: () => false,
  // Nothing but a write changes the value.
  leadsTo: (s, op, outcome) => step(s, op, outcome) !== undefined,
};

/**
 * A register per key with compare-and-set: `cas [from, to]` writes `to` if the value equals `from`, and else fails with
 * `precondition-failed`, which proves that it did not (Herlihy, "Wait-Free Synchronization", 1991).
 */
export const casRegister: Spec<Json> = {
  ...common,
  name: "cas-register",
  functions: { ...register.functions, cas: "input [from, to]" },
  observes: (op, outcome) => op.f === "cas" && outcome.error.name === "precondition-failed",
};
