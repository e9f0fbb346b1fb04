import type { JsonObject } from "../../src/core/json.ts";
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
  const input = show(op.input ?? null);
  const told = op.outcome.type === "ok" ? (op.outcome.value ?? null) : undefined;
  const saw = told === undefined ? "" : ` = ${show(told)}`;
  switch (op.f) {
    case "read":
      return `read ${key}${saw}`;
    case "get":
      return `got ${key}${saw}`;
    case "write":
      return `wrote ${input} to ${key}`;
    case "put":
      return `put ${input} into ${key}`;
    case "append":
    case "send":
      return `appended ${input} to ${key}${typeof told === "number" ? ` at offset ${told}` : ""}`;
    case "cas": {
      const [from, to] = pair(op);
      return op.outcome.type === "fail"
        ? `failed to swap ${show(from)} for ${show(to)} in ${key}, which takes that it was not ${show(from)}`
        : `swapped ${show(from)} for ${show(to)} in ${key}`;
    }
    default:
      return didCollect(op, key) ?? didHold(op, key) ?? `did ${op.f} ${input} on ${key}${saw}`;
  }
}

/** What takers do. */
const TAKES: Readonly<Record<string, string>> = {
  dequeue: "dequeued",
  take: "took",
  pop: "popped",
  "delete-min": "took out the smallest,",
  poll: "took out the smallest,",
};

/** What was done to a queue, stack, bag or set. */
function didCollect({ f, input, outcome }: Operation, key: string): string | undefined {
  const told = outcome.type === "ok" ? (outcome.value ?? null) : undefined;
  const item = show(input ?? null);
  const takes = Object.hasOwn(TAKES, f) ? TAKES[f] : undefined;
  if (takes !== undefined) {
    if (outcome.type === "fail" || told === null) return `found ${key} empty when it tried to ${f}`;
    return told === undefined
      ? `tried to ${f} from ${key}`
      : `${takes} ${show(told)}${takes.endsWith(",") ? "," : ""} from ${key}`;
  }
  switch (f) {
    case "enqueue":
      return `enqueued ${item} in ${key}`;
    case "push":
      return `pushed ${item} onto ${key}`;
    case "insert":
      return `inserted ${item} into ${key}`;
    case "add":
      return `added ${item} to ${key}${typeof told === "boolean" ? `, where it was ${told ? "not yet" : "already"}` : ""}`;
    case "remove":
      return `removed ${item} from ${key}${typeof told === "boolean" ? `, where it was${told ? "" : " not"}` : ""}`;
    case "contains":
      return told === undefined
        ? `looked for ${item} in ${key}`
        : `saw that ${item} was ${told === true ? "in" : "not in"} ${key}`;
    default:
      return undefined;
  }
}

/** What was done to a lock, counter, bank, several registers or a source of identifiers. */
function didHold({ f, input, outcome }: Operation, key: string): string | undefined {
  const told = outcome.type === "ok" ? (outcome.value ?? null) : undefined;
  const by = (input ?? null) === null ? "" : ` for ${show(input)}`;
  switch (f) {
    case "acquire":
      if (outcome.type === "fail") return `failed to acquire ${key}${by}, which takes that it was held`;
      return `acquired ${key}${by}${typeof told === "number" ? ` with token ${told}` : ""}`;
    case "release":
      if (outcome.type === "fail")
        return `failed to release ${key}${by}, which takes that somebody else held it, or nobody`;
      return `released ${key}${by}`;
    case "increment":
    case "decrement":
      return `${f === "increment" ? "incremented" : "decremented"} ${key} by ${(input ?? null) === null ? 1 : show(input)}`;
    case "transfer": {
      const { amount, from, to } = (input ?? {}) as JsonObject;
      const moved = `${show(amount)} from ${show(from)} to ${show(to)}`;
      if (outcome.type === "fail") return `failed to transfer ${moved}, which takes that ${show(from)} held less`;
      return `transferred ${moved}`;
    }
    case "generate":
      return told === undefined ? "asked for an identifier" : `got the identifier ${show(told)}`;
    case "txn":
      return `did the transaction ${show(told ?? input)}`;
    default:
      return undefined;
  }
}

/** The same with the process: "process 2 wrote 3 to x". */
export const who = (op: Operation): string => `process ${op.process} ${did(op)}`;

/** "1", "1 or 2", "1, 2 or 3". */
export const oneOf = (items: readonly string[]): string =>
  items.length < 2 ? items.join() : `${items.slice(0, -1).join(", ")} or ${items.at(-1)}`;

/** Of which the contents are told, the next to be taken first where there is an order. */
const CONTAINERS: readonly string[] = ["set", "bag", "fifo-queue", "stack", "priority-queue", "log"];
const ORDERED: readonly string[] = ["fifo-queue", "stack", "priority-queue"];

/** What an object was like, one of these states: "x was 1 or 2", "x held 4, 5 (the next one first)". */
export function was(specName: string, what: string, states: readonly string[]): string {
  if (specName === "unique-ids")
    return `used already were ${states.map((state) => state.replace(/^used: /, "")).join("; or ")}`;
  if (!CONTAINERS.includes(specName))
    return `${what} was ${states.some((state) => state.includes(", ")) ? states.join("; or ") : oneOf(states)}`;
  const isMany = ORDERED.includes(specName) && states.some((state) => state.includes(", "));
  const contents = states.map((state) => (state === "empty" ? "nothing" : state));
  return contents.every((state) => state === "nothing")
    ? `${what} was empty`
    : `${what} held ${contents.join("; or ")}${isMany ? " (the next one first)" : ""}`;
}
