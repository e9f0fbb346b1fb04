import type { FaultKind } from "../core/fault.ts";
import type { RuntimeName } from "../core/scenario.ts";

/** One row of a campaign: a system in a configuration, and how it is put to the test. */
export interface CampaignEntry {
  readonly system: string;
  /** As on the command line; what is not said is at its default. */
  readonly config?: string;
  readonly bug?: string;
  readonly runtime: RuntimeName;
  readonly workload?: string;
  readonly nodes?: number;
  readonly faults: readonly FaultKind[];
  readonly timeMs: number;
  readonly seeds: number;
}

const HARSH: readonly FaultKind[] = ["partition", "pause", "kill", "clock", "link", "disk"];
const sim = { runtime: "sim", faults: HARSH, timeMs: 30_000, seeds: 5 } as const;
const real = { runtime: "process", faults: ["partition", "pause", "kill"], timeMs: 8_000, seeds: 1 } as const;

/** What `splitbrain campaign` runs when no system is named: the bundled models, strong and weak, simulated and real. */
export const MAIN_JOB: readonly CampaignEntry[] = [
  { system: "raft", config: "log", nodes: 5, ...sim },
  { system: "raft", config: "read-index", workload: "append", nodes: 5, ...sim },
  { system: "raft", config: "lease", nodes: 5, ...sim },
  { system: "raft", config: "lease,joint,snapshots,pre-vote,transfers", nodes: 5, ...sim },
  { system: "raft", bug: "lease-on-wall-clock", ...sim, faults: ["clock"] },
  { system: "raft", config: "local", nodes: 5, ...sim },
  { system: "raft", bug: "ack-before-majority", ...sim },
  { system: "single-leader", config: "async,leader", ...sim },
  { system: "single-leader", config: "async,any-replica", workload: "append", ...sim },
  { system: "single-leader", config: "sync,sticky-replica", workload: "append", ...sim },
  { system: "single-leader", config: "async,naive", ...sim },
  { system: "single-leader", config: "semi-sync,fenced", ...sim },
  { system: "paxos", config: "quorum", nodes: 5, ...sim },
  { system: "multi-paxos", config: "lease", nodes: 5, ...sim },
  { system: "zab", config: "local", nodes: 5, ...sim },
  { system: "zab", config: "quorum-sync", workload: "register", nodes: 5, ...sim },
  { system: "multi-leader", config: "lww", ...sim },
  { system: "multi-leader", config: "ring,version-vectors", ...sim },
  { system: "causal", config: "sticky", ...sim },
  { system: "causal", config: "roaming", ...sim },
  { system: "leaderless", config: "siblings", nodes: 5, ...sim },
  { system: "leaderless", config: "sloppy", nodes: 5, ...sim },
  { system: "leaderless", config: "abd", nodes: 5, ...sim },
  { system: "crdt", config: "state", workload: "cart", ...sim },
  { system: "crdt", config: "delta,mv-register", workload: "mv-register", nodes: 5, ...sim },
  { system: "operational-transformation", config: "one-in-flight,sticky", nodes: 5, ...sim },
  { system: "spanner", config: "leader", ...sim },
  { system: "spanner", config: "replica", workload: "causal-reverse", ...sim },
  { system: "cockroach", config: "anywhere", ...sim },
  { system: "cockroach", config: "home-region", workload: "txn-append", ...sim },
  { system: "dynamodb", config: "strong,single-region", nodes: 5, ...sim },
  { system: "dynamodb", config: "strong,global", ...sim },
  { system: "isolation", config: "strict-two-phase-locking", ...sim },
  { system: "isolation", config: "snapshot-isolation", workload: "write-skew", ...sim },
  { system: "redlock", config: "monotonic-clock,delayed", ...sim },
  { system: "lock-service", nodes: 5, ...sim },
  { system: "raft", config: "log", nodes: 5, ...real },
  { system: "single-leader", config: "async,any-replica", workload: "append", ...real },
];
