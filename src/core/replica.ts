import type { Json, JsonObject } from "./json.ts";
import type { Invocation, NodeId, Outcome } from "./operation.ts";

/** A message between replicas. `type` tells what it is; the rest is the model's own. Never changed once sent. */
export type Message = JsonObject & { readonly type: string };

/** One attempt of a client to have an operation done. */
export interface Request {
  /** Unique among the requests of this client. */
  readonly id: number;
  /** The client's name on the wire. */
  readonly client: NodeId;
  readonly op: Invocation;
  /** What this model's client tells its replicas beside the operation: a session's position, a retry's identity. */
  readonly context: Json;
}

/** A node's answer to a request. */
export interface Reply {
  readonly outcome: Outcome;
  /** What this model's replicas tell its clients beside the outcome: who leads, the position of a write. */
  readonly context?: Json;
}

/**
 * A node's disk: named cells that are replaced as a whole, and named logs of records. Changes are readable at once, and
 * durable after `sync`; what was not synced is lost in a crash, newest first. `sync` takes time on the node's clock:
 * effects of the same handler, and later handlers, wait for it.
 */
export interface Disk {
  read(cell: string): Json | undefined;
  write(cell: string, value: Json): void;
  records(log: string): readonly Json[];
  append(log: string, record: Json): void;
  /** Keeps the first `length` records. */
  truncate(log: string, length: number): void;
  sync(): void;
}

/**
 * All that a replica knows of the world. Effects (messages, replies, timers) leave after the handler returns, in the
 * order in which they were asked for, and after any `disk.sync` of the same handler has completed.
 */
export interface Env {
  readonly id: NodeId;
  /** All nodes of the cluster in order, this one included. */
  readonly nodes: readonly NodeId[];
  /** All nodes but this one, in order. */
  readonly peers: readonly NodeId[];
  /** The wall clock, milliseconds since the epoch, fractions allowed. Clock faults skew it; it can run backwards. */
  wallMs(): number;
  /** A clock that never jumps nor stops while the node runs, milliseconds from an arbitrary origin. */
  monoMs(): number;
  /** A number in [0, 1) from the node's own seeded stream. */
  random(): number;
  /** May be lost, delayed, duplicated, reordered. A message to oneself is an error. */
  send(to: NodeId, message: Message): void;
  /** Fires once, `afterMs` from now on the monotonic clock; setting a running timer restarts it. Lost in a crash. */
  setTimer(name: string, afterMs: number): void;
  clearTimer(name: string): void;
  readonly disk: Disk;
  /** Answers a request; a request is answered at most once. */
  reply(request: Pick<Request, "client" | "id">, reply: Reply): void;
  /**
   * States a white-box fact for invariants, logs and fault targeting. Well known: event `leader`, detail
   * `{term}`, when the node believes that it leads from now on, and `follower` when it no longer does.
   */
  trace(event: string, detail: JsonObject): void;
}

/** A node of a replicated system: a synchronous state machine. Handlers never overlap. */
export interface Replica {
  onMessage(from: NodeId, message: Message): void;
  onTimer(name: string): void;
  onRequest(request: Request): void;
}

/** All that a client knows of the world. */
export interface ClientEnv {
  /** The process (session) this client belongs to, see `Operation.process`. */
  readonly process: number;
  /** The node the session was opened on. */
  readonly node: NodeId;
  readonly nodes: readonly NodeId[];
  monoMs(): number;
  /** A number in [0, 1) from the client's own seeded stream. */
  random(): number;
  /** Sends a request; its id is chosen by the client and comes back with the reply. */
  send(to: NodeId, request: Omit<Request, "client">): void;
  setTimer(name: string, afterMs: number): void;
  clearTimer(name: string): void;
  /** Ends the current operation. */
  complete(outcome: Outcome): void;
}

/**
 * A model's client library, also a synchronous state machine: where a session sends its requests is part of the
 * guarantee. One instance a process; one operation at a time. The harness ends an operation that takes too long with
 * `info` and then drops the client.
 */
export interface Client {
  onInvoke(op: Invocation): void;
  /**
   * A reply to request `id`. Where the node could not be reached at all, the runtime itself replies
   * `fail` / `node-not-found`: the request was definitely not delivered.
   */
  onReply(from: NodeId, id: number, reply: Reply): void;
  onTimer(name: string): void;
}
