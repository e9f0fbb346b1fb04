import type Dockerode from "dockerode";
import type { ClusterEvents } from "../../core/cluster.ts";
import type { FaultKind } from "../../core/fault.ts";
import type { ModelConfig } from "../../core/model.ts";
import type { NodeId } from "../../core/operation.ts";
import type { Endpoint, System } from "../../core/system.ts";
import type { DockerCluster } from "./cluster.ts";
import { type Engine, EngineError, statusOf, textOf } from "./engine.ts";
import type { FaultyNode } from "./faults.ts";
import { LABEL, labelsOf, nameOf } from "./labels.ts";
import { type Addresses, PacketFilter } from "./packet-filter.ts";
import { Pod } from "./pod.ts";
import { beginRun, type DockerRun, moveIn, orNothing, podBasics } from "./start.ts";
import { systemTenancy } from "./system.ts";
import { Tools } from "./tools.ts";

export interface AttachOptions {
  readonly system: System;
  readonly config: ModelConfig;
  /** Containers that run already, by name or id, one a node in order. */
  readonly containers: readonly string[];
  /** Names in order. */
  readonly nodes: readonly NodeId[];
  /** Takes `nodes/nX.log`. */
  readonly runDir: string;
  readonly events?: ClusterEvents | undefined;
  /** Once aborted while the cluster starts, that is given up. */
  readonly signal?: AbortSignal | undefined;
  /** The kinds of fault that will strike. */
  readonly wanted: ReadonlySet<FaultKind>;
}

/**
 * Takes containers that run already for a cluster's nodes. Nothing of theirs is changed but by faults, each of which is
 * healed: what remains of a run is what its clients have written.
 */
export async function attach(options: AttachOptions): Promise<DockerCluster> {
  const docker = await beginRun(options.runDir, options.events, options.signal);
  return orNothing(docker, () => start(docker, options));
}

/** Somebody's container. */
interface Guest {
  readonly id: NodeId;
  readonly container: Dockerode.Container;
  readonly info: Dockerode.ContainerInspectInfo;
  readonly addresses: Addresses;
  readonly tools: Tools;
}

async function start(docker: DockerRun, options: AttachOptions): Promise<DockerCluster> {
  const { engine, identity } = docker;
  const { system, config, wanted, nodes: ids } = options;
  const infos: Dockerode.ContainerInspectInfo[] = [];
  // One after the other, so that the first wrong name is the one that is told.
  for (const name of options.containers) infos.push(await inspect(engine, name));
  const problem = problemOf(options.containers, infos);
  if (problem !== undefined) throw new EngineError(problem);

  const guests = await Promise.all(
    infos.map(async (info, i): Promise<Guest> => {
      const id = ids[i] ?? `n${i + 1}`;
      const tools = await Tools.start({
        engine,
        image: docker.toolsImage,
        name: nameOf(identity, id, "tools"),
        labels: { ...labelsOf(identity, "tools", id), [LABEL.target]: info.Id },
        create: {},
        host: { NetworkMode: `container:${info.Id}` },
      });
      return { id, info, tools, addresses: addressesOf(info), container: engine.getContainer(info.Id) };
    }),
  );
  const addresses = new Map(guests.map((guest) => [guest.id, guest.addresses]));
  const pods = new Map<NodeId, Pod>();
  // Where a container is reached can change when it is restarted.
  const endpoints = new Map(guests.map(({ id, info }) => [id, endpointOf(id, info)]));
  const env = {
    config,
    get endpoints(): Endpoint[] {
      return [...endpoints.values()];
    },
  };
  const tenancy = systemTenancy(docker, {
    system,
    env,
    pod: (node) => pods.get(node) as Pod,
    keyPrefix: prefixOf(identity.token),
  });
  let cluster: DockerCluster | undefined;
  const nodes = guests.map(({ id, container, info, tools, addresses: own }): FaultyNode => {
    const filter = new PacketFilter(tools, addresses);
    const pod = new Pod({
      ...podBasics(docker, id),
      members: [{ role: info.Name.replace(/^\//, ""), container }],
      tools,
      ours: false,
      ready: async () => {
        endpoints.set(id, endpointOf(id, await container.inspect()));
        await tenancy.ready(id);
      },
      onNewNetwork: async () => cluster?.restore(id),
    });
    pods.set(id, pod);
    const clientPorts = Object.keys(info.Config.ExposedPorts ?? {}).map((port) => Number.parseInt(port, 10));
    return { pod, filter, addresses: own, clientPorts, clockBaselineMs: 0, look: () => tenancy.look(id) };
  });
  cluster = await moveIn(docker, {
    nodes,
    tenancy,
    listenTo: { container: infos.map(({ Id }) => Id) },
    bringUp: async () => {
      await Promise.all(nodes.map(({ pod }) => pod.watch()));
      await Promise.all(ids.map((id) => tenancy.ready(id)));
    },
    wanted,
    clockRefusal: "libfaketime must be in a container from its start, and these run already",
    fillable: false,
  });
  return cluster;
}

/** Keys of a run begin with this, so that what an earlier one has left in the system is not taken for its own. */
const prefixOf = (token: string): string => `splitbrain-${token.slice(-8)}-`;

async function inspect(engine: Engine, name: string): Promise<Dockerode.ContainerInspectInfo> {
  try {
    return await engine.getContainer(name).inspect();
  } catch (error) {
    if (statusOf(error) !== 404)
      throw new EngineError(`The Docker engine tells nothing of the container ${name}: ${textOf(error)}.`);
    const running = await engine.listContainers();
    const names = running.flatMap(({ Names }) => Names.map((one) => one.replace(/^\//, "")));
    throw new EngineError(
      `There is no container ${JSON.stringify(name)}. Running are ${names.length === 0 ? "none" : names.join(", ")}.`,
    );
  }
}

/** What keeps these from being the nodes of a cluster, if anything. */
function problemOf(names: readonly string[], infos: readonly Dockerode.ContainerInspectInfo[]): string | undefined {
  const seen = new Map<string, string>();
  for (const [i, { Id, State, HostConfig }] of infos.entries()) {
    const name = names[i] ?? "";
    const twin = seen.get(Id);
    if (twin !== undefined) return `${twin} and ${name} are the same container; name each node's own.`;
    seen.set(Id, name);
    if (!State.Running || State.Paused) return `The container ${name} is ${State.Status}; start it first.`;
    const mode = HostConfig.NetworkMode ?? "";
    if (mode === "host")
      return `The container ${name} shares the network of its host, which must not be cut; give it a network of its own.`;
    if (mode.startsWith("container:"))
      return `The container ${name} shares the network of another container; name that one.`;
  }
  return undefined;
}

function addressesOf({ NetworkSettings: { Networks } }: Dockerode.ContainerInspectInfo): Addresses {
  const networks = Object.values(Networks);
  return {
    v4: networks.map(({ IPAddress }) => IPAddress).filter((address) => address !== ""),
    v6: networks.map(({ GlobalIPv6Address }) => GlobalIPv6Address).filter((address) => address !== ""),
  };
}

/** A published port is used where there is one; else the container's own address, which Linux hosts reach. */
function endpointOf(node: NodeId, { NetworkSettings, Name }: Dockerode.ContainerInspectInfo): Endpoint {
  const address = Object.values(NetworkSettings.Networks)[0]?.IPAddress ?? "";
  const bindings = (port: number) =>
    (NetworkSettings.Ports?.[`${port}/tcp`] as { HostIp: string; HostPort: string }[] | null | undefined)?.[0];
  const anyPublished = Object.values(NetworkSettings.Ports ?? {}).some((binding) => binding !== null);
  return {
    node,
    host: anyPublished ? "127.0.0.1" : address,
    address,
    port: (own) => {
      const binding = bindings(own);
      if (binding) return Number(binding.HostPort);
      if (anyPublished)
        throw new EngineError(
          `The container ${Name.slice(1)} publishes other ports, but not ${own}; publish that too.`,
        );
      return own;
    },
  };
}
