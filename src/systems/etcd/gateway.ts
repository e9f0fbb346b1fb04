import { type Agent, type IncomingMessage, request } from "node:http";
import { text as readAll } from "node:stream/consumers";
import { describeError } from "../../core/client-error.ts";
import type { Json } from "../../core/json.ts";
import { DefiniteError, type Endpoint } from "../../core/system.ts";
import { refused } from "../shared/refusal.ts";
import { CLIENT_PORT } from "./settings.ts";

/** etcd answered, with an error. */
export class EtcdError extends Error {
  override readonly name = "EtcdError";
}

/** A key with its value and the revision of its last change; revision "0" and no value where there is no such key. */
export interface Found {
  readonly value: Json | undefined;
  readonly revision: string;
}

/** As the gateway writes it: bytes in base64, 64-bit numbers as text, fields that are zero, empty or false left out. */
export interface RangeResponse {
  readonly kvs?: readonly { readonly value?: string; readonly mod_revision: string }[];
}

export interface TxnResponse {
  readonly succeeded?: boolean;
  readonly responses?: readonly { readonly response_range?: RangeResponse }[];
}

export interface StatusResponse {
  readonly header: { readonly member_id: string };
  readonly leader?: string;
  readonly raftTerm: string;
}

/** etcd's gRPC calls as JSON over HTTP. */
interface Calls {
  "/v3/kv/range": RangeResponse;
  "/v3/kv/put": unknown;
  "/v3/kv/txn": TxnResponse;
  "/v3/maintenance/status": StatusResponse;
}

/** How a node is reached: on the connections of an agent, or on one of its own that is closed afterwards. */
export interface Route {
  readonly node: Endpoint;
  readonly agent?: Agent;
}

/**
 * One call, sent once: Node's HTTP client repeats nothing. A kept connection that broke while it lay idle thus shows as
 * an error, never as a second execution.
 */
export async function call<Path extends keyof Calls>(
  route: Route,
  path: Path,
  body: Json,
  signal: AbortSignal,
): Promise<Calls[Path]> {
  const { ok, text } = await exchange(route, { port: CLIENT_PORT, path, method: "POST" }, JSON.stringify(body), signal);
  if (ok) return JSON.parse(text) as Calls[Path];
  throw new EtcdError(messageOf(text) ?? text);
}

/** Resolves if the node answers at all on this port. */
export async function reach(route: Route, port: number, path: string, signal: AbortSignal): Promise<void> {
  await exchange(route, { port, path, method: "GET" }, "", signal);
}

interface Request {
  readonly port: number;
  readonly path: string;
  readonly method: "GET" | "POST";
}

/**
 * Not by `fetch`: undici, as Node 20 has it, waits for ever if the first connection of a process is closed while it
 * still loads its parser, as a port does that is published for a node which is not up yet.
 */
async function exchange(
  { node, agent }: Route,
  { port, path, method }: Request,
  body: string,
  signal: AbortSignal,
): Promise<{ readonly ok: boolean; readonly text: string }> {
  signal.throwIfAborted();
  const where = { host: node.host, port: node.port(port), path, method, agent: agent ?? false };
  const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      request({ ...where, headers, signal }, resolve)
        .on("error", reject)
        .end(body);
    });
    return { ok: response.statusCode === 200, text: await readAll(response) };
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  }
}

function messageOf(text: string): string | undefined {
  try {
    const { message, error } = JSON.parse(text) as { message?: unknown; error?: unknown };
    const told = message ?? error;
    return typeof told === "string" ? told : undefined;
  } catch {
    return undefined;
  }
}

export const base64 = (text: string): string => Buffer.from(text).toString("base64");

export function found({ kvs }: RangeResponse): Found {
  const kv = kvs?.[0];
  if (!kv) return { value: undefined, revision: "0" };
  return { value: JSON.parse(Buffer.from(kv.value ?? "", "base64").toString()) as Json, revision: kv.mod_revision };
}

/**
 * Errors that etcd gives before it proposes a write to Raft (processInternalRaftRequestOnce in v3_server.go, the checks
 * of api/v3rpc/key.go, and the interceptor that asks for a leader), or when Raft did not take the proposal (raft.go).
 *
 * Everything else is open. "request timed out", "server stopped" and "leader changed" come to those who wait for a
 * proposal that may still be committed. And "database space exceeded" comes also with a write that was done: the
 * applier that watches the quota applies it first and then complains (quotaApplierV3 in apply.go).
 */
const NOT_PROPOSED: ReadonlySet<string> = new Set([
  "etcdserver: too many requests",
  "etcdserver: request is too large",
  "etcdserver: key is not provided",
  "etcdserver: duplicate key given in txn request",
  "etcdserver: too many operations in txn request",
  "etcdserver: no leader",
  "raft proposal dropped",
]);

/** What an error of a write says for certain: that it was not done, and why. Else `undefined`. */
export function refusalOf(error: unknown): DefiniteError | undefined {
  if (error instanceof DefiniteError) return error;
  if (neverConnected(error)) return refused(error);
  if (error instanceof EtcdError && NOT_PROPOSED.has(error.message))
    return new DefiniteError("temporarily-unavailable", describeError(error));
  return undefined;
}

/** True if there was no connection to send anything on. A connection that breaks has other system calls in its errors. */
function neverConnected(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof AggregateError) return error.errors.length > 0 && error.errors.every(neverConnected);
  if ("syscall" in error) return error.syscall === "connect";
  return neverConnected(error.cause);
}
