import type { Json } from "../../core/json.ts";
import type { Invocation, Outcome } from "../../core/operation.ts";
import { describeValue } from "../../report/values.ts";

/** What a client and a node say to each other; `undefined` for what goes without saying. */
export interface ClientLabels {
  readonly asked: (op: Invocation, context: Json) => string | undefined;
  readonly answered: (op: Invocation, outcome: Outcome) => string | undefined;
}

/** A value in few cells; `null` is what a store has of a key that nobody has written. Words stand without quotes. */
export function value(json: Json | undefined): string {
  if (json === null || json === undefined) return "nothing";
  if (Array.isArray(json)) return `[${(json as readonly Json[]).map(value).join(" ")}]`;
  return typeof json === "string" && /^[A-Za-z][\w-]*$/.test(json) ? json : describeValue(json, { width: 24 });
}

/** `x = 1`. */
export const assigned = (key: string | undefined, json: Json | undefined): string =>
  key === undefined ? value(json) : `${key} = ${value(json)}`;

/** What a client asks for: `read x`, `write x 1`, `cas x nothing to 1`, `r x, w y 2`. */
export function asked({ f, key, input }: Invocation): string {
  const micros = microOps(input);
  const cas = f === "cas" && Array.isArray(input) ? `${value(input[0])} to ${value(input[1])}` : undefined;
  const what = micros?.map(([g, k, v]) => (g === "r" ? `r ${k}` : `${g} ${k} ${value(v)}`)).join(", ") ?? cas;
  return [micros ? undefined : f, key, input === null ? undefined : (what ?? value(input))]
    .filter((word) => word !== undefined)
    .join(" ");
}

/** What a client is told: `ok`, `x = 1`, `ok: 34` where something else than a read yields a value, or why not. */
export function answered({ f, key, input }: Invocation, outcome: Outcome): string {
  if (outcome.type !== "ok") return outcome.type === "info" ? "unknown" : (outcome.error.text ?? outcome.error.name);
  const reads = microOps(outcome.value)?.filter(([g]) => g === "r");
  if (reads !== undefined && reads.length > 0) return reads.map(([, k, v]) => assigned(k, v)).join(", ");
  if (f === "read") return assigned(key, outcome.value);
  const isNews =
    reads === undefined && outcome.value !== null && JSON.stringify(outcome.value) !== JSON.stringify(input);
  return isNews ? `ok: ${value(outcome.value)}` : "ok";
}

type Micro = readonly [f: string, key: string, value: Json];

/** The micro-operations of a transaction, if it is a list of such. */
function microOps(json: Json): readonly Micro[] | undefined {
  const isMicro = (one: Json): boolean =>
    Array.isArray(one) && one.length === 3 && /^(r|w|append)$/.test(String(one[0]));
  return Array.isArray(json) && json.length > 0 && json.every(isMicro) ? (json as unknown as Micro[]) : undefined;
}

/** An operation in a log: `x = 1` for a write, `x + 1` for what is added, else as it was asked for. */
export function loggedOp(op: Pick<Invocation, "f" | "key" | "input"> | null): string {
  if (op === null) return "no-op";
  const { f, key, input } = op;
  if (f === "write") return assigned(key, input);
  if (f === "cas" && Array.isArray(input)) return assigned(key, input[1]);
  if (f === "add" || f === "append") return `${key === undefined ? "" : `${key} `}+ ${value(input)}`;
  return asked(op);
}

/** `a`, `a, b`, `a … z (9)`. */
export const several = (items: readonly string[]): string =>
  items.length <= 2 ? items.join(", ") : `${items[0]} … ${items.at(-1)} (${items.length})`;
