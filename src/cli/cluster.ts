import { type Cluster, type ClusterEvents, nodeNames } from "../core/cluster.ts";
import type { Model } from "../core/model.ts";
import type { Client, ClientEnv } from "../core/replica.ts";
import type { Scenario } from "../core/scenario.ts";
import type { System } from "../core/system.ts";
import { MODELS } from "../models/index.ts";
import { maelstromClient } from "../systems/maelstrom.ts";
import { lookUp } from "./names.ts";
import { borrowedContainers } from "./target.ts";
import { UserError } from "./user-error.ts";
import { formatConfig } from "./values.ts";

/** A cluster with what both runtimes tell beside the contract: what went wrong inside, in words. */
export interface StartedCluster {
  readonly cluster: Cluster;
  /** Nodes that failed by themselves, and handlers that threw. */
  readonly problems: () => string[];
  /** Rejects if what the cluster runs on goes away. */
  readonly lost?: Promise<never>;
}

/**
 * Starts the cluster that a scenario asks for. Runtimes are loaded on demand: a simulation needs no process code.
 *
 * @param subject what the scenario's target names.
 * @param runDir where the nodes of a run of processes or containers keep logs and data.
 * @param signal gives up a start that takes long.
 */
export async function startCluster(
  scenario: Scenario,
  subject: Model | System | undefined,
  events: ClusterEvents,
  runDir: string | undefined,
  signal?: AbortSignal,
): Promise<StartedCluster> {
  switch (scenario.runtime) {
    case "sim":
      return simulated(scenario, events);
    case "process":
      return processes(scenario, subject, events, folderOf(runDir));
    case "docker":
      return containers(scenario, subject, events, folderOf(runDir), signal);
  }
}

function folderOf(runDir: string | undefined): string {
  if (runDir === undefined) throw new Error("a run of processes or containers needs a folder");
  return runDir;
}

async function simulated({ target, nodes, seed, network }: Scenario, events: ClusterEvents): Promise<StartedCluster> {
  if (target.kind !== "model")
    throw new UserError("A program cannot run in the simulator; give --runtime process, or a bundled model.");
  const { startSim } = await import("../runtimes/sim/index.ts");
  const model = lookUp("system", target.name, MODELS);
  const { config, bug } = target;
  // Freezing finds replicas that share state by accident; the tests do that, a run need not pay for it.
  const cluster = startSim({ model, config, bug, nodes, seed, network, events, freezeMessages: false });
  const problems = (): string[] =>
    cluster.failures().map(({ who, atNs, error }) => `${who} at ${atNs} ns: ${error.message}`);
  return { cluster, problems };
}

/** The external system that a target of that kind names. */
function externalSystem(subject: Model | System | undefined): System {
  if (!subject || !("deployment" in subject)) throw new Error("not an external system");
  return subject;
}

async function processes(
  scenario: Scenario,
  subject: Model | System | undefined,
  events: ClusterEvents,
  runDir: string,
): Promise<StartedCluster> {
  const { target, nodes, seed, network, workload, faults } = scenario;
  const { nodeEntry, startCommands, startProcesses } = await import("../runtimes/process/index.ts");
  // Preloading libfaketime can disturb a program even while its clock is true, so only who needs it gets it.
  const faketime = faults.some(({ fault }) => fault.kind === "clock");
  const shared = { nodes, seed, network, events, runDir, faketime };
  if (target.kind === "program") {
    const client = maelstromClient(lookUp("workload", workload, { register: "register", append: "append" } as const));
    const cluster = await startProcesses({ ...shared, program: { command: target.command }, client, bundled: false });
    return { cluster, problems: () => cluster.failures().map(String) };
  }
  if (target.kind === "system") {
    const system = externalSystem(subject);
    const cluster = await startCommands({ system, config: target.config, seed, runDir, events, faketime });
    return { cluster, problems: () => cluster.failures().map(String) };
  }
  const cluster = await startProcesses({
    ...shared,
    program: { command: [process.execPath, nodeEntry(), ...nodeArguments(target)] },
    client: clientOf(target),
    bundled: true,
  });
  return { cluster, problems: () => cluster.failures().map(String) };
}

async function containers(
  scenario: Scenario,
  subject: Model | System | undefined,
  events: ClusterEvents,
  runDir: string,
  signal: AbortSignal | undefined,
): Promise<StartedCluster> {
  const { target, nodes, seed, faults, limits, image } = scenario;
  if (target.kind === "program")
    throw new UserError("A program given with --bin runs as processes of this machine; give --runtime process.");
  const docker = await import("../runtimes/docker/index.ts");
  const wanted = new Set(faults.map(({ fault }) => fault.kind));
  const fillable = faults.some(({ fault }) => "full" in fault);
  const shared = { nodes: nodeNames(nodes), seed, runDir, events, signal, wanted, fillable, limits };
  let cluster: InstanceType<typeof docker.DockerCluster>;
  if (target.kind === "model")
    cluster = await docker.startBundled({ ...shared, args: nodeArguments(target), client: clientOf(target) });
  else {
    const system = externalSystem(subject);
    const theirs = borrowedContainers(system, target);
    const of = { ...shared, system, config: target.config };
    cluster = theirs ? await docker.attach({ ...of, containers: theirs }) : await docker.startSystem({ ...of, image });
  }
  return { cluster, problems: () => cluster.failures().map(String), lost: cluster.lost };
}

type ModelTarget = Extract<Scenario["target"], { kind: "model" }>;

/** The bundled node's command line. */
const nodeArguments = ({ name, config, bug }: ModelTarget): string[] => [
  name,
  "--config",
  formatConfig(config),
  ...(bug === undefined ? [] : ["--bug", bug]),
];

function clientOf({ name, config, bug }: ModelTarget): (env: ClientEnv) => Client {
  const model = lookUp("system", name, MODELS);
  return (env) => model.client(env, config, bug);
}
