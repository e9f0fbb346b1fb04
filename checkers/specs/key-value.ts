import type { Json } from "../../src/core/json.ts";
import type { Spec } from "../../src/core/spec.ts";
import { show } from "../shared/values.ts";

/** An imported history may show a key that was never put as `null`. */
function text(value: Json | undefined, what: string): string {
  if (typeof value === "string") return value;
  if ((value ?? null) === null) return "";
  throw new TypeError(`${what} is a string, not ${show(value ?? null)}`);
}

/**
 * A string per key, initially `""`: `get`, `put` and `append`, as in the key-value service of MIT 6.824's labs and the
 * model that Porcupine checks them with.
 */
export const kv: Spec<string> = {
  name: "kv",
  functions: {
    get: "input null, output the string",
    put: "input the string",
    append: "input the string that is added at the end",
  },
  init: () => "",
  step(s, op, outcome) {
    switch (op.f) {
      case "get":
        return outcome.type !== "ok" || text(outcome.value, "the output of a get") === s ? s : undefined;
      case "put":
        return text(op.input, "the input of a put");
      default:
        return s + text(op.input, "the input of an append");
    }
  },
  key: (s) => s,
  describe: show,
  isRead: (f) => f === "get",
  observes: () => false,
  perKey: true,
  nature: (op) => (op.f === "put" ? "overwrite" : op.f === "append" ? "blind" : "guarded"),
  leadsTo(s, op, outcome, first) {
    if (op.f !== "get" || outcome.type !== "ok") return true;
    const goal = text(outcome.value, "the output of a get");
    if (first?.f === "append" && !goal.startsWith(text(first.input, "the input of an append"), s.length)) return false;
    return goal.startsWith(s);
  },
};
