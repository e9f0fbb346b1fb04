import type { Operation } from "../../src/core/operation.ts";
import { NS_PER_S } from "../../src/core/time.ts";
import { type Access, named } from "./history-index.ts";
import { show } from "./values.ts";

/** An instant of the run for people, in seconds. */
export const at = (ns: number): string => `${(ns / NS_PER_S).toFixed(3)} s`;

/** What an operation asked for, for people: "wrote 3 to x". */
export function did(op: Operation): string {
  const key = named(op.key ?? "");
  switch (op.f) {
    case "read":
      return op.outcome.type === "ok" ? `read ${show(op.outcome.value ?? null)} from ${key}` : `read ${key}`;
    case "write":
      return `wrote ${show(op.input)} to ${key}`;
    case "append":
      return `appended ${show(op.input)} to ${key}`;
    case "cas": {
      const [from = null, to = null] = Array.isArray(op.input) ? op.input : [];
      return `swapped ${show(from)} for ${show(to)} in ${key}`;
    }
    default:
      return `did ${op.f} on ${key}`;
  }
}

/** The same with the process: "process 2 wrote 3 to x". */
export const who = (op: Operation): string => `process ${op.process} ${did(op)}`;

/** A value of an access's key for people. */
export const shown = (access: Access, id: number): string => show(access.key.values[id] ?? null);
