import type { ConsistencyModel } from "../core/consistency.ts";
import type { FaultKind } from "../core/fault.ts";
import type { System } from "../core/system.ts";

export type Awaitable<T> = T | Promise<T>;

/** A program that the harness starts on this machine as one node. */
export interface CommandNode {
  /**
   * Program and arguments; no shell looks at them. The program finds in its environment: `SPLITBRAIN_NODE` (`n1`), and
   * `SPLITBRAIN_DATA`, a folder that is new in each run and survives kills.
   */
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Where it runs, relative to the configuration file, which is also the default. */
  readonly cwd?: string;
  /** By default 127.0.0.1. */
  readonly host?: string;
  /** The port at which it serves clients. */
  readonly port: number;
}

/** A container that runs already and serves as one node; the harness attaches to it. */
export interface ContainerNode {
  /** Its name or id. */
  readonly container: string;
  /** The port, as in the container, at which it serves clients. */
  readonly port: number;
}

/** A node as clients see it. */
export interface SystemNode {
  /** `n1`, `n2`, … */
  readonly name: string;
  readonly host: string;
  readonly port: number;
}

export interface ClientContext {
  /** The node that this client belongs to. */
  readonly node: SystemNode;
  /** All nodes in order. */
  readonly nodes: readonly SystemNode[];
  /** Number of the session, unique in a run; -1 for the client that is opened once beforehand to see whether it can be. */
  readonly process: number;
}

/**
 * What the client of one session can do. One operation at a time. Keys are new in each run, so that nothing an earlier
 * run has left behind is read; values are numbers, and no value is written to a key twice.
 *
 * The signal is aborted once the operation has timed out. What happens if a function throws:
 * - a `DefiniteError`, or one that `isDefinite` says so of: the operation failed, and certainly had no effect;
 * - any other error: a read failed; of a write it remains unknown whether it took effect, and the client is closed.
 */
export interface ClientOperations {
  /** The register's value, the list's items, or null or undefined where nothing was written yet. */
  read?(key: string, signal: AbortSignal): Awaitable<unknown>;
  write?(key: string, value: number, signal: AbortSignal): Awaitable<unknown>;
  /** Compare and set: false if the value was not `from` (`null`: nothing written yet) and therefore nothing was done. */
  cas?(key: string, from: number | null, to: number, signal: AbortSignal): Awaitable<boolean>;
  /** Adds an item at the end of a list. */
  append?(key: string, value: number, signal: AbortSignal): Awaitable<unknown>;
  /** As `read`, but of the node's own copy, however stale: with it convergence is judged. */
  readOwn?(key: string, signal: AbortSignal): Awaitable<unknown>;
  close?(): Awaitable<void>;
}

/** A system under test, as its user describes it. */
export interface SystemDefinition {
  /** Kebab case. */
  readonly name: string;
  /** `n1`, `n2`, … in order; either all commands or all containers. */
  readonly nodes: readonly (CommandNode | ContainerNode)[];
  /**
   * What its clients can do; the first is the default. `register` needs `read` and `write` (and `cas`, or else these
   * operations fail), `append` needs `read` and `append`. By default `register`.
   */
  readonly workloads?: readonly ("register" | "append")[];
  /** The models that the system promises, whatever happens. By default `linearizable`. */
  readonly holds?: readonly ConsistencyModel[];
  /** The models that are expected to break. */
  readonly breaks?: readonly ConsistencyModel[];
  /** Opens the client of one session. It is opened on one node; whether it also talks to others is its own affair. */
  client(where: ClientContext): Awaitable<ClientOperations>;
  /** True once the node serves clients. By default: once its port accepts a connection. */
  ready?(node: SystemNode, signal: AbortSignal): Awaitable<boolean>;
  /** Called once when all nodes are ready: to form the cluster, to make a table. */
  setup?(nodes: readonly SystemNode[], signal: AbortSignal): Awaitable<void>;
  /** The name of the node that leads, as far as that can be found out. Faults are aimed at it. */
  leader?(nodes: readonly SystemNode[], signal: AbortSignal): Awaitable<string | undefined>;
  /**
   * True if the error proves that the operation was not done and never will be. `code` is the error's or its cause's:
   * `(error, code) => code === "ECONNREFUSED"` is right for a client that does not itself try again.
   */
  isDefinite?(error: unknown, code: string | undefined): boolean;
}

/** Defaults for the flags of `splitbrain run`, under the same names; spans of time as there: "30s", "500ms". */
export interface RunDefaults {
  readonly workload?: string;
  /** Kinds of fault. */
  readonly nemesis?: readonly FaultKind[] | "all" | "none";
  readonly nemesisInterval?: string;
  readonly time?: string;
  readonly timeout?: string;
  readonly settle?: string;
  readonly clients?: number;
  /** Operations per second of each client. */
  readonly rate?: number;
  readonly seed?: number;
  /** What must hold, instead of what the system promises. */
  readonly expect?: readonly ConsistencyModel[];
}

/** What a configuration file exports by default. */
export interface ConfigDefinition {
  readonly system: SystemDefinition | System;
  readonly run?: RunDefaults;
}

export interface Config {
  readonly system: System;
  readonly run: RunDefaults;
}
