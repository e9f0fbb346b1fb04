import { join } from "node:path";
import type { ClusterEvents } from "../../core/cluster.ts";
import type { FaultKind } from "../../core/fault.ts";
import type { NodeId } from "../../core/operation.ts";
import type { ContainerLimits } from "../../core/scenario.ts";
import type { ContainerPlan } from "../../core/system.ts";
import { NodeFailure } from "../shared/real/node-failure.ts";
import { newToken } from "../shared/real/owner.ts";
import { RealTime } from "../shared/real/time.ts";
import { WallClock } from "../shared/real/wall-clock.ts";
import { type AbilitiesQuestion, abilities } from "./abilities.ts";
import { OffsetFile } from "./clock.ts";
import { DockerCluster, type Inhabitants } from "./cluster.ts";
import { connectEngine, type Engine, EngineError, isLocal } from "./engine.ts";
import { EngineEvents } from "./events.ts";
import type { FaultyNode } from "./faults.ts";
import { ensureImage, toolsImage } from "./images.ts";
import { LABEL, type RunIdentity } from "./labels.ts";
import { removeLeftovers, removeRun } from "./leftovers.ts";
import { makeNetwork } from "./network.ts";
import { makeOwnPod } from "./own-pod.ts";
import { PacketFilter } from "./packet-filter.ts";
import { Pod } from "./pod.ts";
import { offsetMs } from "./proofs.ts";

/** A run in Docker. */
export interface DockerRun {
  readonly engine: Engine;
  readonly identity: RunIdentity;
  readonly time: RealTime;
  readonly toolsImage: string;
  readonly failures: NodeFailure[];
  readonly events: ClusterEvents;
  /** Once aborted, nodes are not waited for any more. */
  readonly signal: AbortSignal | undefined;
}

/** Begins a run: finds the engine, removes what dead runs have left in it, sees to the tools. */
export async function beginRun(
  runDir: string,
  events: ClusterEvents = {},
  signal: AbortSignal | undefined = undefined,
): Promise<DockerRun> {
  const engine = await connectEngine();
  if (!isLocal(engine))
    throw new EngineError(
      "The Docker engine is on another machine, and publishes ports for clients on its own 127.0.0.1 only, where they cannot be reached from here. Run splitbrain on that machine.",
    );
  await removeLeftovers(engine);
  return {
    engine,
    identity: { token: newToken(), runDir },
    time: new RealTime(),
    toolsImage: await toolsImage(engine),
    failures: [],
    events,
    signal,
  };
}

/** Runs a start; if it fails nothing that it has made stays behind. */
export async function orNothing<T>({ engine, identity }: DockerRun, start: () => Promise<T>): Promise<T> {
  try {
    return await start();
  } catch (error) {
    // What went wrong first is what is to be told.
    await removeRun(engine, identity.token).catch(() => undefined);
    throw error;
  }
}

/** What a node of ours is made of. */
export interface OwnNode {
  readonly id: NodeId;
  readonly address: string;
  readonly plans: readonly ContainerPlan[];
  /** Ports that clients use. */
  readonly ports: readonly number[];
}

/** What the harness does with nodes beside breaking them. */
export interface Tenancy {
  readonly inhabitants: Inhabitants;
  /** Resolves when a node that was started serves, rejects if it does not. */
  ready(node: NodeId): Promise<void>;
  /** Asks the node for its own clock; rejects if it does not tell. */
  look(node: NodeId): Promise<number>;
  /** Makes a node's syncs slower, where it can be told to. */
  stall?(node: NodeId, stallMs: number): Promise<() => Promise<void>>;
  /** All nodes are ready for the first time. */
  settled?(): Promise<void>;
}

/** Node by node, for each of its own ports the one of this machine. */
export type Published = ReadonlyMap<NodeId, ReadonlyMap<number, number>>;

export interface OwnClusterOptions {
  /** The kinds of fault that will strike: clocks and volumes are only prepared for those. */
  readonly wanted: ReadonlySet<FaultKind>;
  /** Put data on volumes of a limited size. */
  readonly fillable: boolean;
  readonly limits: ContainerLimits;
  /** The nodes, at the addresses that the run's network gives them. */
  nodes(address: (i: number) => string): readonly OwnNode[];
  /** Called when all containers are made; none runs yet. */
  tenancy(made: MadeNodes): Tenancy;
}

/** The nodes of a cluster once their containers are made. */
export interface MadeNodes {
  readonly published: Published;
  /** Each node's address in the run's network. */
  readonly addresses: ReadonlyMap<NodeId, string>;
  pod(node: NodeId): Pod;
}

/** Starts a cluster of containers that are the run's own. */
export const startOwnCluster = (docker: DockerRun, options: OwnClusterOptions): Promise<DockerCluster> =>
  orNothing(docker, () => start(docker, options));

async function start(docker: DockerRun, options: OwnClusterOptions): Promise<DockerCluster> {
  const { engine, identity } = docker;
  const { wanted, fillable, limits } = options;
  const clock = wanted.has("clock");
  const network = await makeNetwork(engine, identity);
  const plans = options.nodes((i) => network.address(i));
  for (const { plans: containers } of plans)
    for (const { image } of containers) await ensureImage(engine, image, "system");

  const made = await Promise.all(
    plans.map(async (node) => {
      const pod = await makeOwnPod({ ...docker, ...node, run: identity, network, clock, fillable, limits });
      return { ...node, ...pod };
    }),
  );
  const pods = new Map<NodeId, Pod>();
  const podOf = (node: NodeId): Pod => pods.get(node) as Pod;
  const tenancy = options.tenancy({
    published: new Map(made.map(({ id, published }) => [id, published])),
    addresses: new Map(made.map(({ id, address }) => [id, address])),
    pod: podOf,
  });
  const addresses = new Map(plans.map(({ id, address }) => [id, { v4: [address], v6: [] as string[] }]));
  const nodes = made.map(({ id, tools, members, ports, address }): FaultyNode => {
    const pod = new Pod({
      ...podBasics(docker, id),
      members,
      tools,
      ours: true,
      ready: () => tenancy.ready(id),
      onNewNetwork: async () => undefined,
    });
    pods.set(id, pod);
    const { stall } = tenancy;
    return {
      pod,
      filter: new PacketFilter(tools, addresses),
      addresses: { v4: [address], v6: [] },
      clientPorts: ports,
      ...(clock ? { clock: new WallClock(new OffsetFile(tools)) } : {}),
      clockBaselineMs: 0,
      look: () => tenancy.look(id),
      ...(stall ? { stall: (stallMs: number) => stall(id, stallMs) } : {}),
    };
  });
  return moveIn(docker, {
    nodes,
    tenancy,
    listenTo: { label: [`${LABEL.run}=${identity.token}`] },
    bringUp: () => Promise.all(nodes.map(({ pod }) => pod.start())),
    wanted,
    clockRefusal: refusalOf(plans),
    fillable,
  });
}

export interface Move extends AbilitiesQuestion {
  readonly tenancy: Tenancy;
  /** Which containers the nodes are. */
  readonly listenTo: Parameters<typeof EngineEvents.listen>[1];
  /** Resolves when all nodes serve. */
  bringUp(): Promise<unknown>;
}

/** Brings nodes up whose containers are there, and makes them a cluster; if that fails the pods are closed again. */
export async function moveIn(
  docker: DockerRun,
  { nodes, tenancy, listenTo, bringUp, ...can }: Move,
): Promise<DockerCluster> {
  const { engine, identity, failures, time } = docker;
  const { inhabitants } = tenancy;
  let events: EngineEvents | undefined;
  try {
    events = await EngineEvents.listen(engine, listenTo);
    await bringUp();
    await tenancy.settled?.();
    const { faults, refusals } = await abilities({ nodes, ...can });
    const ready = faults.has("clock") ? await Promise.all(nodes.map(withBaseline)) : nodes;
    time.begin();
    const cleanUp = (): Promise<void> => removeRun(engine, identity.token);
    return new DockerCluster({ time, nodes: ready, events, inhabitants, faults, refusals, failures, cleanUp });
  } catch (error) {
    events?.close();
    inhabitants.close();
    // What went wrong first is what is to be told.
    await Promise.all(nodes.map(({ pod }) => pod.close())).catch(() => undefined);
    throw error;
  }
}

/** What all pods of a run have in common. */
export const podBasics = ({ engine, identity, events, failures, time }: DockerRun, id: NodeId) => ({
  engine,
  id,
  logFile: join(identity.runDir, "nodes", `${id}.log`),
  onLog: (node: NodeId, line: string): void => events.onLog?.(node, line),
  onFailure: (text: string): void => {
    failures.push(new NodeFailure(time.nowNs(), id, text));
  },
});

/** Why clocks cannot be bent, if one of the containers says so. */
const refusalOf = (nodes: readonly OwnNode[]): string | undefined =>
  nodes
    .flatMap(({ plans }) => plans)
    .flatMap(({ preload }) => (typeof preload === "object" ? [preload.refused] : []))
    .at(0);

const withBaseline = async (node: FaultyNode): Promise<FaultyNode> => ({
  ...node,
  clockBaselineMs: await offsetMs(node.look),
});
