import type { Operation } from "../../src/core/operation.ts";
import { NS_PER_S } from "../../src/core/time.ts";
import { show } from "../shared/values.ts";
import { pair } from "./values.ts";

/** An instant of the run for people. */
export const at = (ns: number): string => `${(ns / NS_PER_S).toFixed(3)} s`;

/** An object for people. Histories of a single object need no key. */
export const named = (key: string | undefined): string => (key === undefined || key === "" ? "the object" : key);

/** What an operation did, for people: "wrote 3 to x". */
export function did(op: Operation): string {
  const key = named(op.key);
  const saw = op.outcome.type === "ok" ? ` = ${show(op.outcome.value ?? null)}` : "";
  switch (op.f) {
    case "read":
      return `read ${key}${saw}`;
    case "get":
      return `got ${key}${saw}`;
    case "write":
      return `wrote ${show(op.input)} to ${key}`;
    case "put":
      return `put ${show(op.input)} into ${key}`;
    case "append":
      return `appended ${show(op.input)} to ${key}`;
    case "cas": {
      const [from, to] = pair(op);
      return op.outcome.type === "fail"
        ? `failed to swap ${show(from)} for ${show(to)} in ${key}, which takes that it was not ${show(from)}`
        : `swapped ${show(from)} for ${show(to)} in ${key}`;
    }
    default:
      return `did ${op.f} ${show(op.input ?? null)} on ${key}${saw}`;
  }
}

/** The same with the process: "process 2 wrote 3 to x". */
export const who = (op: Operation): string => `process ${op.process} ${did(op)}`;

/** "1", "1 or 2", "1, 2 or 3". */
export const oneOf = (items: readonly string[]): string =>
  items.length < 2 ? items.join() : `${items.slice(0, -1).join(", ")} or ${items.at(-1)}`;
