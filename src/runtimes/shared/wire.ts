import { ERRORS, errorName, isDefinite, type OpError } from "../../core/errors.ts";
import type { Json, JsonObject } from "../../core/json.ts";
import type { Invocation, NodeId, Outcome } from "../../core/operation.ts";
import type { Message, Reply, Request } from "../../core/replica.ts";

/**
 * The Maelstrom protocol (doc/protocol.md and doc/workloads.md of jepsen-io/maelstrom): one JSON object a line,
 * `{src, dest, body}`, the body `{type, msg_id?, in_reply_to?, …}`. Requests and replies of bundled models use the same
 * bodies with a few further fields that other programs ignore:
 * - request: `context`, `final`;
 * - error: `name` (beside `code`), `definite` (only where it is not what the code says), `context`.
 */
export interface Envelope {
  readonly src: NodeId;
  readonly dest: NodeId;
  readonly body: Message;
}

/** The harness's own name on the wire: it sends `init` and control messages, and takes traces. */
export const HARNESS: NodeId = "harness";

/** Codes from 1000 on are free for names that the protocol does not know. */
const FREE_CODE = 1000;

export const formatLine = (src: NodeId, dest: NodeId, body: JsonObject): string =>
  `${JSON.stringify({ src, dest, body })}\n`;

/** Reads one line; a string says what is wrong with it. */
export function parseLine(line: string): Envelope | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return "not JSON";
  }
  if (!isObject(value)) return "not a JSON object";
  const { src, dest, body } = value;
  if (typeof src !== "string" || typeof dest !== "string") return `"src" and "dest" must be strings`;
  if (!isObject(body)) return `"body" must be an object`;
  if (typeof body.type !== "string") return `"body.type" must be a string`;
  return { src, dest, body: body as Message };
}

export function encodeRequest({ id, op, context }: Request): Message {
  return {
    type: op.f,
    msg_id: id,
    ...(op.key === undefined ? {} : { key: encodeKey(op.key) }),
    ...encodeInput(op),
    ...(op.final ? { final: true } : {}),
    ...(context === null ? {} : { context }),
  };
}

/** Reads a request; a string says what is wrong with it. */
export function decodeRequest(client: NodeId, body: Message): Request | string {
  const { type: f, msg_id: id, key, final, context } = body;
  if (typeof id !== "number" || !Number.isInteger(id)) return `"msg_id" must be an integer`;
  if (key !== undefined && typeof key !== "string" && typeof key !== "number")
    return `"key" must be a string or a number`;
  const op: Invocation = {
    f,
    ...(key === undefined ? {} : { key: String(key) }),
    input: decodeInput(f, body),
    ...(final === true ? { final } : {}),
  };
  return { id, client, op, context: context ?? null };
}

/** The reply to request `id`, whose operation was an `f`. */
export function encodeReply(id: number, f: string, { outcome, context }: Reply): Message {
  const rest = context === undefined ? {} : { context };
  if (outcome.type === "ok") {
    const value = f === "txn" ? { txn: mapTransaction(outcome.value, encodeTransactionKey) } : { value: outcome.value };
    return { type: `${f}_ok`, in_reply_to: id, ...value, ...rest };
  }
  const { name, text } = outcome.error;
  const code = Object.hasOwn(ERRORS, name) ? ERRORS[name as keyof typeof ERRORS].code : FREE_CODE;
  const definite = outcome.type === "fail";
  return {
    type: "error",
    in_reply_to: id,
    code,
    name,
    ...(text === undefined ? {} : { text }),
    ...(definite === isDefinite(name) ? {} : { definite }),
    ...rest,
  };
}

/** Reads a reply; a string says what is wrong with it. */
export function decodeReply(body: Message): { readonly id: number; readonly reply: Reply } | string {
  const { in_reply_to: id, context } = body;
  if (typeof id !== "number" || !Number.isInteger(id)) return `"in_reply_to" must be an integer`;
  return { id, reply: { outcome: decodeOutcome(body), ...(context === undefined ? {} : { context }) } };
}

function decodeOutcome(body: Message): Outcome {
  if (body.type === "error") return decodeError(body);
  if (body.type === "txn_ok") return { type: "ok", value: mapTransaction(body.txn ?? null, decodeTransactionKey) };
  return { type: "ok", value: body.value ?? null };
}

function decodeError({ code, name, text, definite }: Message): Outcome {
  const known = typeof code === "number" ? errorName(code) : undefined;
  const error: OpError = {
    name: typeof name === "string" ? name : (known ?? `error-${JSON.stringify(code ?? null)}`),
    ...(typeof text === "string" ? { text } : {}),
  };
  // The code speaks for a program that adds a name of its own.
  const certain = typeof definite === "boolean" ? definite : isDefinite(known ?? error.name);
  return { type: certain ? "fail" : "info", error };
}

/** Maelstrom's keys are mostly integers, and programs may count on that; ours are strings. */
const encodeKey = (key: string): Json => (/^(?:0|[1-9]\d{0,14})$/.test(key) ? Number(key) : key);

function encodeInput({ f, input }: Invocation): JsonObject {
  if (f === "cas" && Array.isArray(input) && input.length === 2) return { from: input[0], to: input[1] };
  if (f === "txn") return { txn: mapTransaction(input, encodeTransactionKey) };
  return input === null ? {} : { value: input };
}

function decodeInput(f: string, body: Message): Json {
  if (f === "cas" && body.value === undefined) return [body.from ?? null, body.to ?? null];
  if (f === "txn") return mapTransaction(body.txn ?? null, decodeTransactionKey);
  return body.value ?? null;
}

/** A transaction is a list of `[f, key, value]`; other values pass as they are. */
function mapTransaction(txn: Json, key: (key: Json) => Json): Json {
  if (!Array.isArray(txn)) return txn;
  return txn.map((step: Json) => (Array.isArray(step) && step.length === 3 ? [step[0], key(step[1]), step[2]] : step));
}

const encodeTransactionKey = (key: Json): Json => (typeof key === "string" ? encodeKey(key) : key);
const decodeTransactionKey = (key: Json): Json => (typeof key === "number" ? String(key) : key);

/** True for what was read from JSON and is an object. */
export const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);
