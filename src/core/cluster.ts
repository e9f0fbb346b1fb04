import type { Fault, FaultKind } from "./fault.ts";
import type { Json, JsonObject } from "./json.ts";
import type { Invocation, NodeId, Outcome } from "./operation.ts";

/** The names of a cluster's nodes, `n1` and on. */
export const nodeNames = (count: number): NodeId[] => Array.from({ length: count }, (_, i) => `n${i + 1}`);

/** A client's connection, single-threaded. */
export interface Session {
  /**
   * Has the operation done. Resolves at most `timeoutNs` later; never rejects. After an `info` the session is spent: the
   * caller closes it and opens another under a new process number.
   */
  invoke(op: Invocation, timeoutNs: number): Promise<Outcome>;
  close(): void;
}

/** Ends a fault. Idempotent. */
export interface Heal {
  (): Promise<void>;
  /** What was measured that shows the fault to be in force, in words: "n1 dropped 2 packets of n2". */
  readonly proof?: string;
}

/** What a runtime tells while the cluster runs. */
export interface ClusterEvents {
  /** A message was handed to the network, delivered, or lost: one line of `messages.jsonl`. */
  onMessage?(event: MessageEvent): void;
  /** A replica stated a fact (`Env.trace`). */
  onTrace?(atNs: number, node: NodeId, event: string, detail: JsonObject): void;
  /** Something a node wrote on stderr, or a line on stdout that is no message. */
  onLog?(node: NodeId, line: string): void;
}

export interface MessageEvent {
  readonly atNs: number;
  /** `send` when a node or client handed it over; `recv` when it arrived; `drop` when it never will. */
  readonly event: "send" | "recv" | "drop";
  /** Number of the message in the run; a duplicate arrives under its original's. */
  readonly id: number;
  readonly src: NodeId;
  readonly dest: NodeId;
  readonly body: Json;
}

/** A running cluster and its means of destruction. */
export interface Cluster {
  readonly nodes: readonly NodeId[];
  /** The kinds of fault that this runtime can do on this machine. */
  readonly faults: ReadonlySet<FaultKind>;
  /** Why it cannot do some of the others, a clause for each. */
  readonly refusals?: ReadonlyMap<FaultKind, string>;
  /** Nanoseconds since the run's start, monotonic; virtual in the simulator. */
  nowNs(): number;
  /** Resolves at `atNs`, or at once if that is past. */
  sleepUntilNs(atNs: number): Promise<void>;
  open(process: number, node: NodeId): Session;
  /** Starts a fault and resolves once it is in force. Rejects, with the reason, if it cannot be done. */
  inject(fault: Fault): Promise<Heal>;
  /** The node that last claimed to lead and did not withdraw it. */
  leader(): NodeId | undefined;
  /** Heals everything and ends every process. Idempotent. */
  stop(): Promise<void>;
}
