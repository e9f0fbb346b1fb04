import type { NodeId } from "./operation.ts";

/** A seeded message delay. All values in milliseconds; `long-tail` is Pareto with exponent 2, capped at `maxMs`. */
export type Delay =
  | { readonly kind: "constant"; readonly ms: number }
  | { readonly kind: "uniform"; readonly minMs: number; readonly maxMs: number }
  | { readonly kind: "exponential"; readonly meanMs: number }
  | { readonly kind: "long-tail"; readonly minMs: number; readonly maxMs: number };

/** How messages fare on a link. Probabilities are in [0, 1], per message. */
export interface LinkQuality {
  readonly delay?: Delay;
  readonly loss?: number;
  readonly duplicate?: number;
  /** Probability that a message is held back long enough for later ones to overtake it. */
  readonly reorder?: number;
  /** Bandwidth, kilobits per second. Only where the kernel's own traffic control makes the link (Docker). */
  readonly rateKbit?: number;
}

/** Directed links: for each node, the peers whose messages to it are affected (Jepsen's "grudge"). */
export type DirectedLinks = Readonly<Record<NodeId, readonly NodeId[]>>;

/**
 * Links between nodes are cut: a node gets nothing from the peers listed under it. Clients reach all nodes as before, but
 * for those that are named.
 */
export interface PartitionFault {
  readonly kind: "partition";
  /** The pattern's name, for people: `halves`, `bridge`, `one-way`, … */
  readonly shape: string;
  readonly drops: DirectedLinks;
  /** Nodes that clients cannot reach either. Only in Docker. */
  readonly clients?: readonly NodeId[];
}

/** Processes are frozen (SIGSTOP, cgroup freezer) and resume where they were. */
export interface PauseFault {
  readonly kind: "pause";
  readonly nodes: readonly NodeId[];
}

/**
 * Clients stand still, as in a long garbage collection; the nodes go on. What a client asked its runtime to send leaves, and
 * replies, timers and timeouts reach it, only when it goes on; its monotonic clock runs on. An operation that is called
 * meanwhile is one that it had just taken up. So what a client decided before the pause is carried out after it.
 */
export interface ClientPauseFault {
  readonly kind: "client-pause";
  /** The clients whose sessions were opened on these nodes. */
  readonly nodes: readonly NodeId[];
}

/** Processes die (SIGKILL) and lose what they had not synced; healing restarts them on the same disk. */
export interface KillFault {
  readonly kind: "kill";
  readonly nodes: readonly NodeId[];
}

/** The wall clock goes wrong; the monotonic clock stays true. Healing makes the wall clock true again. */
export type ClockFault = { readonly kind: "clock"; readonly nodes: readonly NodeId[] } & (
  | { readonly mode: "jump"; readonly offsetMs: number }
  /** Flips between 0 and `offsetMs` every `periodMs`. */
  | { readonly mode: "strobe"; readonly offsetMs: number; readonly periodMs: number }
  /** Wall seconds per true second: 1 is true, 0.5 loses half. */
  | { readonly mode: "drift"; readonly rate: number }
);

/** Links get worse. Without `links`, all links between nodes. */
export interface LinkFault {
  readonly kind: "link";
  readonly links?: DirectedLinks;
  readonly quality: LinkQuality;
}

/** Disks go wrong. */
export type DiskFault = { readonly kind: "disk"; readonly nodes: readonly NodeId[] } & (
  | /** Every sync takes `stallMs` longer; the node waits for it. */ { readonly stallMs: number }
  /** No byte more can be written. Healing makes room again, and starts what has died of it. Only in Docker. */
  | { readonly full: true }
);

/** A way to break a cluster, as data. */
export type Fault = PartitionFault | PauseFault | ClientPauseFault | KillFault | ClockFault | LinkFault | DiskFault;
export type FaultKind = Fault["kind"];

/** What strikes the cluster itself: what `all` stands for. */
export const FAULT_KINDS = ["partition", "pause", "kill", "clock", "link", "disk"] as const satisfies FaultKind[];

/** What strikes clients, and only those systems suffer whose clients hold something: it is asked for by name. */
export const CLIENT_FAULT_KINDS = ["client-pause"] as const satisfies FaultKind[];
export type ClientFaultKind = (typeof CLIENT_FAULT_KINDS)[number];

/** A fault that a scenario has planned. */
export interface PlannedFault {
  /** When it starts, milliseconds from the run's start. */
  readonly atMs: number;
  /** How long it lasts, milliseconds. */
  readonly forMs: number;
  readonly fault: Fault;
  /**
   * If given, the fault was planned with this node as its victim but is meant for whoever leads when it strikes: the
   * leader's name and this one are swapped throughout the fault. Without a known leader it strikes as planned.
   */
  readonly aimedAtLeader?: NodeId;
}
