import { availabilityByNode } from "../../checkers/index.ts";
import { execute } from "../campaign/execute.ts";
import { isRead, latencyOf, minorityOf, type Service } from "../campaign/figures.ts";
import { type Cluster, nodeNames } from "../core/cluster.ts";
import type { LinkFault, PartitionFault } from "../core/fault.ts";
import type { Latency, Minority } from "../core/matrix.ts";
import type { Model, ModelConfig } from "../core/model.ts";
import type { NodeId, Operation } from "../core/operation.ts";
import { msToNs, nsToMs } from "../core/time.ts";
import type { PlannedOperation } from "../core/workload.ts";
import { Recorder } from "../history/recorder.ts";
import { resolveAim } from "../nemesis/aim.ts";
import { type SimCluster, startSim } from "../runtimes/sim/index.ts";
import { DEFAULT_RATE_PER_S, DEFAULTS, planScenario } from "./plan.ts";

/** What is measured: a model in one configuration, on so many nodes in the simulator. */
export interface Measured {
  readonly model: Model;
  readonly config: ModelConfig;
  readonly nodes: number;
  readonly seed: number;
}

/** A cluster gets this long to elect whom it must, and to find it; milliseconds. Nothing that happens meanwhile counts. */
const WARM_UP_MS = 2_000;

/**
 * One-way delay of every message in the measurement of latency. Far above what a disk takes (here nothing), so that only
 * messages count, and far below the models' timers, so that nobody suspects anybody.
 */
const DELAY_MS = 10;
/** The same within a region, and how many of these a message between regions takes: together still far below all timers. */
const NEAR_MS = 1;
const FAR_DELAYS = 3;
const LATENCY_RUNS = 3;
const LATENCY_MS = 10_000;

/** Median and 99th percentile of operations on a cluster where nothing is broken, in message delays. */
export async function measureLatency(measured: Measured): Promise<Latency> {
  const ops: Operation[] = [];
  const regions = measured.model.regionsOf?.(nodeNames(measured.nodes));
  const delayMs = regions ? NEAR_MS : DELAY_MS;
  for (let run = 0; run < LATENCY_RUNS; run++) {
    const seed = measured.seed + run;
    const delay = { kind: "constant", ms: delayMs } as const;
    const cluster = startSim({
      ...started(measured, seed),
      network: { delay },
      disk: { syncMs: { kind: "constant", ms: 0 } },
    });
    if (regions) await cluster.inject(distance(regions));
    const done = await drive(cluster, { ...measured, seed }, { clients: measured.nodes, fromMs: 0, toMs: LATENCY_MS });
    await cluster.stop();
    ops.push(...done.filter(({ callNs }) => callNs >= msToNs(WARM_UP_MS)));
  }
  const latency = latencyOf(ops, delayMs);
  if (regions === undefined) return latency;
  const ofRegion = (region: readonly NodeId[]): Latency =>
    latencyOf(
      ops.filter(({ node }) => region.includes(node)),
      delayMs,
    );
  return { ...latency, regions: regions.map(ofRegion) };
}

/** Messages between regions take longer, all the time. */
function distance(regions: readonly (readonly NodeId[])[]): LinkFault {
  const links = regions.flatMap((region) => {
    const others = regions.filter((other) => other !== region).flat();
    return region.map((node): [NodeId, NodeId[]] => [node, others]);
  });
  const delay = { kind: "constant", ms: FAR_DELAYS * NEAR_MS } as const;
  return { kind: "link", links: Object.fromEntries(links), quality: { delay } };
}

/** After a cut the nodes get this long to find out and to do what they do about it: leases end, others are elected. */
const GRACE_MS = 2_000;
const CUT_MS = 4_000;
const CLIENTS_A_NODE = 2;

/**
 * What a minority serves that is cut off together with its clients, for every minority that there is: a client that
 * reached the other side would measure that side. Its sessions are opened after the cut. There is no other fault.
 */
export async function measureMinority(measured: Measured): Promise<Minority> {
  const { nodes, seed } = measured;
  const cuts: { reads: Service; writes: Service }[] = [];
  for (const minority of subsets(nodeNames(nodes), Math.ceil(nodes / 2) - 1)) {
    const cluster = startSim(started(measured, seed));
    await drive(cluster, measured, { clients: nodes, fromMs: 0, toMs: WARM_UP_MS });
    await cluster.inject(partition(cluster.nodes, minority));
    const fromMs = Math.ceil(nsToMs(cluster.nowNs())) + GRACE_MS;
    await cluster.sleepUntilNs(msToNs(fromMs));
    const clients = CLIENTS_A_NODE * minority.length;
    const ops = await drive(behind(cluster, minority), measured, { clients, fromMs, toMs: fromMs + CUT_MS });
    await cluster.stop();
    cuts.push({ reads: serviceOf(ops.filter(isRead)), writes: serviceOf(ops.filter((op) => !isRead(op))) });
  }
  return minorityOf(cuts);
}

const started = ({ model, config, nodes }: Measured, seed: number) => ({
  model,
  config,
  nodes,
  seed,
  freezeMessages: false,
});

/** All subsets of a size, in order. */
export function subsets<T>(items: readonly T[], size: number): T[][] {
  if (size === 0) return [[]];
  return items.flatMap((item, i) => subsets(items.slice(i + 1), size - 1).map((rest) => [item, ...rest]));
}

function partition(nodes: readonly NodeId[], minority: readonly NodeId[]): PartitionFault {
  const across = (node: NodeId): NodeId[] =>
    nodes.filter((other) => minority.includes(other) !== minority.includes(node));
  return { kind: "partition", shape: "minority", drops: Object.fromEntries(nodes.map((node) => [node, across(node)])) };
}

/** The cluster for those who reach these nodes only. Their sessions are not those of anybody before. */
const behind = (cluster: SimCluster, reach: readonly NodeId[]): Cluster => ({
  ...cluster,
  nodes: reach,
  open: (process, node) => cluster.open(process + FRESH_PROCESSES, node, reach),
});
const FRESH_PROCESSES = 1_000_000;

/** Lets clients do the model's first workload for a time, milliseconds since the cluster's start; gives what they did. */
async function drive(
  cluster: Cluster,
  { model, config, nodes, seed }: Measured,
  { clients, fromMs, toMs }: { readonly clients: number; readonly fromMs: number; readonly toMs: number },
): Promise<readonly Operation[]> {
  const [workload] = model.workloads;
  const scenario = planScenario({
    ...DEFAULTS,
    target: { kind: "model", name: model.name, config },
    runtime: "sim",
    workload,
    nodes,
    clients,
    seed,
    faults: [],
    timeMs: toMs - fromMs,
    ratePerS: DEFAULT_RATE_PER_S.sim,
    settleMs: 0,
  });
  const later = ({ atMs, op }: PlannedOperation): PlannedOperation => ({ atMs: fromMs + atMs, op });
  const recorder = new Recorder({ seed, system: model.name, workload, nodes: cluster.nodes });
  await execute({
    scenario: { ...scenario, timeMs: toMs, operations: scenario.operations.map((thread) => thread.map(later)) },
    cluster,
    recorder,
    workload: { closingReads: () => [] },
    aim: resolveAim,
  });
  recorder.close();
  return recorder.history().ops;
}

/** How the nodes that ran served these operations. */
function serviceOf(ops: readonly Operation[]): Service {
  const nodes = availabilityByNode({ ops, faults: [], meta: { version: 1 } }, { boundMs: DEFAULTS.timeoutMs });
  const sum = (count: (node: (typeof nodes)[number]) => number): number =>
    nodes.reduce((n, node) => n + count(node), 0);
  const answered = sum((node) => node.answered);
  return { answered, asked: answered + sum(({ slow, refused, unanswered }) => slow + refused + unanswered) };
}
