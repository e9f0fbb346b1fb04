import { type Cluster, type ClusterEvents, type Heal, nodeNames, type Session } from "../../core/cluster.ts";
import { CLIENT_FAULT_KINDS, type Delay, FAULT_KINDS, type Fault, type LinkQuality } from "../../core/fault.ts";
import type { Model, ModelConfig } from "../../core/model.ts";
import type { NodeId } from "../../core/operation.ts";
import { Random } from "../../core/random.ts";
import { delayProblem, faultProblem } from "../shared/fault-problem.ts";
import { Leadership } from "../shared/leadership.ts";
import { Clients } from "./clients.ts";
import { applyFault } from "./faults.ts";
import { Network, type NetworkCounts } from "./network.ts";
import { SimNode, type Surroundings } from "./node.ts";
import { VirtualTime } from "./time.ts";

export { EPOCH_MS } from "./clock.ts";

export interface SimOptions {
  readonly model: Model;
  readonly config: ModelConfig;
  /** A name from the model's `bugs`. */
  readonly bug?: string | undefined;
  /** How many; they are called n1, n2, … */
  readonly nodes: number;
  readonly seed: number;
  /** How messages fare when nothing is broken; by default 0.5 to 2 ms, uniform. Clients get the delay alone. */
  readonly network?: LinkQuality | undefined;
  readonly events?: ClusterEvents | undefined;
  /**
   * Freezes all that goes through the network and onto disks, and refuses what is not JSON, so that no two nodes share
   * state by accident. On by default.
   */
  readonly freezeMessages?: boolean | undefined;
  /** How long a sync takes; by default 0.1 to 0.5 ms, uniform. */
  readonly disk?: { readonly syncMs: Delay } | undefined;
}

/** A handler of a replica or client that threw: a defect of the model, not of the system that it models. */
export interface SimFailure {
  readonly atNs: number;
  /** The node, which has crashed and stays down until a `kill` of it is healed; or the client, whose session is spent. */
  readonly who: NodeId;
  readonly error: Error;
}

export interface SimStats extends NetworkCounts {
  /** Events of the simulation: arrivals, timers, syncs. */
  readonly events: number;
  readonly syncs: number;
  readonly crashes: number;
}

export interface SimCluster extends Cluster {
  /**
   * @param reach the nodes that the client can reach, `node` among them: it knows of no others, and what it sends elsewhere
   *   because a node told it to never arrives. By default all.
   */
  open(process: number, node: NodeId, reach?: readonly NodeId[]): Session;
  stats(): SimStats;
  /** In the order in which they happened. */
  failures(): readonly SimFailure[];
}

/**
 * A cluster in virtual time, on a single thread. The same options, and the same calls at the same virtual instants, give
 * the same run to the byte. While the run is on, the harness must await nothing but this cluster's promises (see
 * `VirtualTime`). Throws a `RangeError` if the options make no sense.
 */
export function startSim(options: SimOptions): SimCluster {
  const { model, config, bug, seed, events = {}, freezeMessages = true } = options;
  const syncMs = options.disk?.syncMs ?? { kind: "uniform", minMs: 0.1, maxMs: 0.5 };
  const problem = optionsProblem(options, syncMs);
  if (problem) throw new RangeError(problem);

  const time = new VirtualTime();
  const network = new Network(time, options.network ?? {}, events);
  const leadership = new Leadership();
  const failures: SimFailure[] = [];
  const failed = (who: NodeId, thrown: unknown): void => {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    failures.push({ atNs: time.nowNs, who, error });
    for (const line of (error.stack ?? error.message).split("\n")) events.onLog?.(who, line);
  };

  const names = nodeNames(options.nodes);
  const surroundings: Surroundings = {
    time,
    nodes: names,
    syncMs,
    freeze: freezeMessages,
    start: (env) => model.start(env, config, bug),
    reply: (from, client, id, reply) => clients.reply(from, client, id, reply),
    listens: (event) => events.onTrace !== undefined || event === "leader" || event === "follower",
    trace: (node, event, detail) => {
      leadership.onTrace(node, event);
      events.onTrace?.(time.nowNs, node, event, detail);
    },
    failed,
    crashed: (node) => leadership.withdraw(node),
  };
  const nodes = new Map(
    names.map((name) => [
      name,
      new SimNode(name, surroundings, new Random(seed, `node ${name}`), new Random(seed, `disk ${name}`)),
    ]),
  );
  network.connect([...nodes.values()], seed);
  const clients = new Clients(network, nodes, {
    seed,
    freeze: freezeMessages,
    start: (env) => model.client(env, config, bug),
    failed,
  });
  for (const node of nodes.values()) node.start();

  const inForce = new Set<() => void>();
  let stopped = false;
  const sum = (count: (node: SimNode) => number): number => [...nodes.values()].reduce((n, node) => n + count(node), 0);

  return {
    nodes: names,
    faults: new Set([...FAULT_KINDS, ...CLIENT_FAULT_KINDS]),
    nowNs: () => time.nowNs,
    sleepUntilNs: (atNs) => time.sleepUntilNs(atNs),
    open(process, node, reach) {
      if (stopped) throw new Error("the cluster was stopped");
      return clients.open(process, node, reach);
    },
    async inject(fault: Fault): Promise<Heal> {
      const problem = stopped ? "the cluster was stopped" : faultProblem(fault, names);
      if (problem) throw new Error(problem);
      const end = applyFault(fault, nodes, network, clients);
      inForce.add(end);
      return async () => {
        if (inForce.delete(end)) end();
      };
    },
    leader: () => leadership.current,
    async stop() {
      if (stopped) return;
      stopped = true;
      inForce.clear();
      for (const node of nodes.values()) node.end();
      clients.close();
      time.end();
    },
    stats: () => ({
      events: time.events,
      ...network.counts,
      syncs: sum((node) => node.syncs),
      crashes: sum((node) => node.crashes),
    }),
    failures: () => failures,
  };
}

function optionsProblem(options: SimOptions, syncMs: Delay): string | undefined {
  if (!Number.isInteger(options.nodes) || options.nodes < 1)
    return `a cluster has a whole number of nodes from 1, not ${options.nodes}`;
  if (!Number.isInteger(options.seed)) return `a seed is an integer, not ${options.seed}`;
  const quality = faultProblem({ kind: "link", quality: options.network ?? {} }, []);
  return quality ?? delayProblem(syncMs);
}
