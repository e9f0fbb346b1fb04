import { WORKLOADS } from "../../workloads/index.ts";
import { nodeNames } from "../core/cluster.ts";
import type { ConsistencyModel } from "../core/consistency.ts";
import type { FaultKind, LinkQuality } from "../core/fault.ts";
import type { ContainerLimits, RuntimeName, Scenario, Target } from "../core/scenario.ts";
import { MODELS } from "../models/index.ts";
import { planFaults } from "../nemesis/plan.ts";
import { lookUp } from "./names.ts";

/** What a scenario is planned from: what the command line, or a program, asks for. */
export interface PlanRequest {
  readonly target: Target;
  readonly runtime: RuntimeName;
  readonly workload: string;
  readonly nodes: number;
  /** Concurrent client threads. */
  readonly clients: number;
  readonly seed: number;
  readonly faults: readonly FaultKind[];
  /** Disk faults fill disks instead of making them slow; only in Docker. */
  readonly fullDisks?: boolean;
  /** Partitions cut the smaller side off from clients, too; only in Docker. */
  readonly cutClients?: boolean;
  readonly timeMs: number;
  /** Operations per second of one client, on average. */
  readonly ratePerS: number;
  readonly timeoutMs: number;
  readonly settleMs: number;
  /** Mean quiet time between two faults of a kind. */
  readonly gapMs: number;
  /** By how much at most clock faults put wall clocks wrong; else by as much as the model's clocks may be. */
  readonly maxSkewMs?: number;
  /** How messages between nodes fare when nothing is broken; what is not given is as by default. */
  readonly network?: LinkQuality;
  readonly limits?: ContainerLimits;
  /** See `Scenario.image`. */
  readonly image?: string;
  readonly expect?: readonly ConsistencyModel[];
}

export const DEFAULTS = {
  nodes: 3,
  clients: 5,
  timeMs: 30_000,
  timeoutMs: 1000,
  settleMs: 3000,
  gapMs: 3000,
} as const;

/** What strikes where nothing is asked for. */
export const DEFAULT_FAULTS: readonly FaultKind[] = ["partition", "pause", "kill"];

/** Operations per second of one client. Real seconds are dear, so a run of processes makes more of them. */
export const DEFAULT_RATE_PER_S: Readonly<Record<RuntimeName, number>> = { sim: 20, process: 50, docker: 50 };

/** Between processes of one machine the harness is the network and adds nothing of its own; containers have a real one. */
const NETWORK: Readonly<Record<RuntimeName, LinkQuality>> = {
  sim: { delay: { kind: "uniform", minMs: 0.5, maxMs: 2 } },
  process: {},
  docker: {},
};

/** Plans operations and faults from the seed. The scenario holds them as values and needs no generator again. */
export function planScenario(request: PlanRequest): Scenario {
  const { target, runtime, workload, nodes, clients, seed, timeMs, ratePerS, timeoutMs, settleMs } = request;
  const { faults, gapMs, fullDisks, cutClients } = request;
  const maxSkewMs = request.maxSkewMs ?? (target.kind === "model" ? MODELS[target.name]?.maxSkewMs : undefined);
  return {
    version: 1,
    target,
    runtime,
    seed,
    nodes,
    workload,
    network: { ...NETWORK[runtime], ...request.network },
    operations: lookUp("workload", workload, WORKLOADS).plan({ seed, threads: clients, timeMs, ratePerS }),
    faults: planFaults({
      seed,
      kinds: faults,
      nodes: nodeNames(nodes),
      timeMs,
      gapMs,
      fullDisks,
      cutClients,
      maxSkewMs,
    }),
    timeMs,
    timeoutMs,
    settleMs,
    ...(request.limits ? { limits: request.limits } : {}),
    ...(request.image === undefined ? {} : { image: request.image }),
    ...(request.expect ? { expect: request.expect } : {}),
  };
}
