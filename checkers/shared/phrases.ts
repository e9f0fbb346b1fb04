import type { Operation } from "../../src/core/operation.ts";
import { NS_PER_S } from "../../src/core/time.ts";
import { type Access, named } from "./history-index.ts";
import { isArray, show } from "./values.ts";

/** An instant of the run for people, in seconds. */
export const at = (ns: number): string => `${(ns / NS_PER_S).toFixed(3)} s`;

/** A span of time for people, in the unit that suits it: `5 ns`, `12.3 µs`, `15 ms`, `2.5 s`. */
export function span(ns: number): string {
  const [unit, unitNs] = SPAN_UNITS.find(([, one]) => ns >= one) ?? ["ns", 1];
  return `${Math.round((ns / unitNs) * 10) / 10} ${unit}`;
}

const SPAN_UNITS = [
  ["s", NS_PER_S],
  ["ms", NS_PER_S / 1e3],
  ["µs", NS_PER_S / 1e6],
] as const;

/** What an operation asked for, for people: "wrote 3 to x". */
export function did(op: Operation): string {
  const key = named(op.key ?? "");
  switch (op.f) {
    case "read":
      return op.outcome.type === "ok" ? `read ${show(op.outcome.value ?? null)} from ${key}` : `read ${key}`;
    case "write":
      return `wrote ${show(op.input ?? null)} to ${key}`;
    case "append":
      return `appended ${show(op.input ?? null)} to ${key}`;
    case "contains": {
      const isThere = op.outcome.type === "ok" && op.outcome.value === true;
      return isThere ? `found ${show(op.input)} in ${key}` : `did not find ${show(op.input)} in ${key}`;
    }
    case "cas": {
      const [from = null, to = null] = Array.isArray(op.input) ? op.input : [];
      return `swapped ${show(from)} for ${show(to)} in ${key}`;
    }
    default:
      return `${simply(op)}${(op.key ?? "") === "" ? "" : ` ${PREPOSITIONS[op.f] ?? "on"} ${key}`}`;
  }
}

const PAST: Readonly<Record<string, string>> = {
  add: "added",
  increment: "incremented by",
  decrement: "decremented by",
  remove: "removed",
  enqueue: "enqueued",
  dequeue: "dequeued",
  drain: "drained the queue of",
  acquire: "acquired the lock",
  release: "released the lock",
  generate: "generated",
  insert: "inserted",
  delete: "deleted",
  transfer: "transferred",
};

const PREPOSITIONS: Readonly<Record<string, string>> = {
  add: "to",
  enqueue: "to",
  insert: "to",
  remove: "from",
  dequeue: "from",
  delete: "from",
};

/** What an operation on any other kind of object did, without naming the object: "enqueued 3". */
function simply({ f, input, outcome }: Operation): string {
  const verb = Object.hasOwn(PAST, f) ? PAST[f] : `did ${f}`;
  const output = outcome.type === "ok" ? (outcome.value ?? null) : null;
  const told = [input, output].filter((value) => (value ?? null) !== null).map(show);
  return [verb, ...told].join(" ");
}

/** The same with the process: "process 2 wrote 3 to x". */
export const who = (op: Operation): string => `process ${op.process} ${did(op)}`;

/** The value that an operation writes, for people. */
export function written({ f, input }: Operation): string {
  return show((f === "cas" && isArray(input) ? input[1] : input) ?? null);
}

/** A value of an access's key for people. */
export const shown = (access: Access, id: number): string => show(access.key.values[id] ?? null);
