import type { OpError } from "../../core/errors.ts";
import type { Json } from "../../core/json.ts";
import type { Invocation, Outcome } from "../../core/operation.ts";

/** Contents of one copy. An absent key reads as `null`. */
export type Contents = Map<string, Json>;

/** A read or write of one register within a transaction. */
type MicroOp = readonly [f: "r" | "w", key: string, value: Json];

/**
 * Applies an operation to a copy: `read`, `write`, `cas` (input `[from, to]`) on registers, `append` on lists, `add` on sets of
 * simple values (`read` gives the whole of either), `increment` and `decrement` on counters, and `generate`, which hands out
 * identifiers; `txn` does several `["r", key, null]` and `["w", key, value]` at once. Deterministic, as state machine
 * replication asks (Schneider, ACM CSUR 1990, §2).
 */
export function apply(contents: Contents, op: Invocation): Outcome {
  const key = op.key ?? "";
  const current = contents.get(key) ?? null;
  switch (op.f) {
    case "read":
      return { type: "ok", value: current };
    case "write":
      contents.set(key, op.input);
      return { type: "ok", value: null };
    case "cas": {
      const [from, to] = op.input as readonly [Json, Json];
      if (current !== from)
        return failed("precondition-failed", `expected ${JSON.stringify(from)}, found ${JSON.stringify(current)}`);
      contents.set(key, to);
      return { type: "ok", value: null };
    }
    case "append":
      contents.set(key, [...((current ?? []) as readonly Json[]), op.input]);
      return { type: "ok", value: null };
    case "add": {
      const elements = (current ?? []) as readonly Json[];
      if (!elements.includes(op.input)) contents.set(key, [...elements, op.input]);
      return { type: "ok", value: null };
    }
    case "increment":
    case "decrement":
      contents.set(key, numberOf(current) + (op.f === "increment" ? 1 : -1) * numberOf(op.input ?? 1));
      return { type: "ok", value: null };
    case "generate": {
      const id = numberOf(current) + 1;
      contents.set(key, id);
      return { type: "ok", value: id };
    }
    case "txn":
      return { type: "ok", value: microOps(op).map((micro) => applyMicroOp(contents, micro)) };
    default:
      return failed("not-supported", `a key-value store has no ${op.f}`);
  }
}

/** True for operations that leave every copy as it was. */
export const isRead = (op: Invocation): boolean =>
  op.f === "read" || (op.f === "txn" && microOps(op).every(([f]) => f === "r"));

/** True for operations whose answer depends on the copy, so that the session has seen it then. */
export const observes = (op: Invocation): boolean =>
  op.f === "read" || op.f === "cas" || op.f === "generate" || (op.f === "txn" && microOps(op).some(([f]) => f === "r"));

/** The keys that an operation is about, each once. */
export const keysOf = (op: Invocation): string[] =>
  op.f === "txn" ? [...new Set(microOps(op).map(([, key]) => key))] : [op.key ?? ""];

const microOps = ({ input }: Invocation): readonly MicroOp[] => input as readonly MicroOp[];

function applyMicroOp(contents: Contents, [f, key, value]: MicroOp): MicroOp {
  if (f === "r") return [f, key, contents.get(key) ?? null];
  contents.set(key, value);
  return [f, key, value];
}

const numberOf = (value: Json): number => (typeof value === "number" ? value : 0);

const failed = (name: OpError["name"], text: string): Outcome => ({ type: "fail", error: { name, text } });
