import type { ConsistencyModel } from "./consistency.ts";
import type { Conditions, ModelConfig, ModelOption } from "./model.ts";
import type { Invocation, NodeId, Outcome } from "./operation.ts";

/** Where the harness reaches a node of an external system. */
export interface Endpoint {
  readonly node: NodeId;
  /** Name or address of the host, as seen from the harness. */
  readonly host: string;
  /** The node's address among its peers. */
  readonly address: string;
  /** The port of `host` behind which the node's own port is. Throws if the harness cannot reach that one. */
  port(own: number): number;
}

/** A running system. */
export interface SystemEnv {
  readonly config: ModelConfig;
  /** All nodes in order. */
  readonly endpoints: readonly Endpoint[];
}

/** What a client knows when it is opened: the session, and where the nodes are. */
export interface SystemClientEnv extends SystemEnv {
  readonly process: number;
  /** The node that the session was opened on. */
  readonly node: Endpoint;
}

/** A client of one session. One operation at a time; after an outcome of `info` it is closed. */
export interface SystemClient {
  /**
   * Has the operation done. An error that it throws leaves the outcome unknown, but for a `DefiniteError`. A read with
   * `op.final` asks the session's node for its own copy. Once the signal is aborted nobody waits for the answer.
   */
  invoke(op: Invocation, signal: AbortSignal): Promise<Outcome>;
  close(): void | Promise<void>;
}

/** Thrown by a client: the operation certainly had no effect, and never will. */
export class DefiniteError extends Error {
  override readonly name = "DefiniteError";
  /** Why, as a name: one of `ERRORS`, or the system's own. */
  readonly error: string;

  constructor(error: string, text?: string) {
    super(text ?? error);
    this.error = error;
  }
}

/** An image that is there, can be pulled, or is built from a Dockerfile that needs no files beside it. */
export interface ImagePlan {
  readonly tag: string;
  /** Without it the image is pulled. */
  readonly dockerfile?: string;
}

/** One container of a node. */
export interface ContainerPlan {
  /** What it is, where a node has several: `redis`, `sentinel`. */
  readonly role: string;
  readonly image: ImagePlan;
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Folders whose content outlives a kill. */
  readonly data?: readonly string[];
  /**
   * How libfaketime comes to the service, where clocks are to be bent.
   * - `container` (assumed): every process of the container has it preloaded.
   * - `service`: the command itself exports `LD_PRELOAD=$SPLITBRAIN_PRELOAD`, in the service's own process only: for
   *   services that drop privileges.
   * - an object: it cannot be, and why.
   */
  readonly preload?: "container" | "service" | { readonly refused: string };
  /** Libraries to be preloaded behind libfaketime: some allocators want libc there. */
  readonly preloadAlso?: readonly string[];
}

/** A node's name and its address in the cluster's network. */
export interface NodeAddress {
  readonly id: NodeId;
  readonly address: string;
}

/** How a system comes to be running. */
export type Deployment =
  /** The harness makes the containers: each node is a machine with one or several of them on the same address. */
  | {
      readonly kind: "containers";
      /** Ports of each node that clients need; published on 127.0.0.1. */
      readonly ports: readonly number[];
      plan(nodes: readonly NodeAddress[], config: ModelConfig): Readonly<Record<NodeId, readonly ContainerPlan[]>>;
    }
  /** Containers that run already, one a node in order, by name or id. */
  | { readonly kind: "attached"; readonly containers: readonly string[] }
  /** Programs that the harness starts on this machine, one a node in order. */
  | { readonly kind: "commands"; readonly commands: readonly CommandPlan[] };

/** A program that serves as a node. */
export interface CommandPlan {
  readonly command: readonly [string, ...string[]];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly host: string;
  readonly port: number;
}

/** A door to an external system: how it is started, how a client talks to it, and what it promises. */
export interface System {
  /** Kebab case, as on the command line. */
  readonly name: string;
  readonly title: string;
  /** The documentation that its promises follow. */
  readonly source: string;
  /** Names of the workloads that its client can do; the first is the default. */
  readonly workloads: readonly [string, ...string[]];
  readonly options: Readonly<Record<string, ModelOption>>;
  readonly deployment: Deployment;
  /** True once the node serves clients, or at least would if it had a quorum. May throw while it does not. */
  ready(node: Endpoint, env: SystemEnv, signal: AbortSignal): Promise<boolean>;
  /** What is to be done once after all nodes are ready, before the first client: forming the cluster. */
  setup?(env: SystemEnv, signal: AbortSignal): Promise<void>;
  /** May throw a `DefiniteError` if the node cannot be reached. */
  client(env: SystemClientEnv): SystemClient | Promise<SystemClient>;
  /** Who leads, as far as can be found out. */
  leader?(env: SystemEnv, signal: AbortSignal): Promise<NodeId | undefined>;
  /** The node's own wall clock, milliseconds since the epoch, where it can be asked for it. */
  clockMs?(node: Endpoint, signal: AbortSignal): Promise<number>;
  /** The strongest models that hold, whatever happens, under these conditions. */
  holds(conditions: Conditions): readonly ConsistencyModel[];
  /** The weakest models that are expected to break, given enough time, under these conditions. */
  breaks(conditions: Conditions): readonly ConsistencyModel[];
  /** How long it may take to be itself again once all faults are healed, milliseconds; by default 5,000. */
  readonly settleMs?: number;
  /** Says, with the mend, if these options contradict each other, the cluster's size or the workload; else `undefined`. */
  reject?(config: ModelConfig, nodes: number, workload: string): string | undefined;
}
