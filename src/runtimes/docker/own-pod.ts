import type Dockerode from "dockerode";
import type { NodeId } from "../../core/operation.ts";
import type { ContainerLimits } from "../../core/scenario.ts";
import type { ContainerPlan } from "../../core/system.ts";
import { DATA_FOLDER } from "./agent.ts";
import { CLOCK_ENVIRONMENT, LIBRARY } from "./clock.ts";
import { type Engine, EngineError, textOf } from "./engine.ts";
import { CLOCK_FOLDER } from "./images.ts";
import { labelsOf, nameOf, type RunIdentity } from "./labels.ts";
import type { RunNetwork } from "./network.ts";
import type { Member } from "./pod.ts";
import { Tools } from "./tools.ts";

export interface OwnPodOptions {
  readonly engine: Engine;
  readonly run: RunIdentity;
  readonly id: NodeId;
  readonly network: RunNetwork;
  readonly address: string;
  readonly toolsImage: string;
  /** Its containers; their images are there. */
  readonly plans: readonly ContainerPlan[];
  /** Published on 127.0.0.1, on ports that the engine chooses. */
  readonly ports: readonly number[];
  /** Preload libfaketime. */
  readonly clock: boolean;
  /** Put data on volumes that can be filled. */
  readonly fillable: boolean;
  readonly limits: ContainerLimits;
}

/** A node's containers, made and not started, and its tools, which run. */
export interface OwnPod {
  readonly tools: Tools;
  readonly members: readonly Member[];
  /** For each port of the node the one of this machine. */
  readonly published: ReadonlyMap<number, number>;
}

/** The size of a volume that can be filled, in memory. etcd alone writes a log of 62 MB beforehand. */
const VOLUME_MB = 256;

/**
 * Makes a node. The tools come first and own the network, address and published ports included (as the pause container
 * of a Kubernetes pod does), so that all of it, filters too, outlives the node's crashes.
 */
export async function makeOwnPod(options: OwnPodOptions): Promise<OwnPod> {
  const { engine, run, id, network, address, plans, ports, clock, fillable, limits } = options;
  const volume = async (part: string, size?: number): Promise<string> => {
    const name = nameOf(run, id, part);
    const tmpfs = { type: "tmpfs", device: "tmpfs", o: `size=${size}m,mode=1777` };
    await engine.createVolume({
      Name: name,
      Labels: labelsOf(run, "volume", id),
      ...(size === undefined ? {} : { Driver: "local", DriverOpts: tmpfs }),
    });
    return name;
  };
  try {
    const clockMounts = clock ? [mount(await volume("clock"), CLOCK_FOLDER)] : [];
    const data: Dockerode.MountSettings[][] = [];
    for (const { role, data: folders = [] } of plans) {
      const mounts: Dockerode.MountSettings[] = [];
      for (const [i, folder] of folders.entries())
        mounts.push(mount(await volume(`${role}-data${i === 0 ? "" : i}`, fillable ? VOLUME_MB : undefined), folder));
      data.push(mounts);
    }
    const tools = await Tools.start({
      engine,
      image: options.toolsImage,
      name: nameOf(run, id, "tools"),
      labels: labelsOf(run, "tools", id),
      create: {
        Hostname: id,
        ExposedPorts: Object.fromEntries(ports.map((port) => [`${port}/tcp`, {}])),
        NetworkingConfig: {
          EndpointsConfig: { [network.name]: { IPAMConfig: { IPv4Address: address }, Aliases: [id] } },
        },
      },
      host: {
        NetworkMode: network.name,
        PortBindings: Object.fromEntries(ports.map((port) => [`${port}/tcp`, [{ HostIp: "127.0.0.1", HostPort: "" }]])),
        // Held by the tools, volumes in memory outlive a crash of the node.
        Mounts: [...clockMounts, ...data.flat().map(({ Source }, i) => mount(Source, `${DATA_FOLDER}/${i}`))],
      },
    });
    const members: Member[] = [];
    for (const [i, plan] of plans.entries()) {
      const container = await engine.createContainer({
        name: nameOf(run, id, plan.role),
        Image: plan.image.tag,
        // Not as `Cmd`: an entry point of the image's own would come before it.
        Entrypoint: [...plan.command],
        Env: Object.entries({ ...plan.env, ...(clock ? preload(plan) : {}) }).map(
          ([name, value]) => `${name}=${value}`,
        ),
        Labels: labelsOf(run, "node", id),
        AttachStdout: true,
        AttachStderr: true,
        HostConfig: {
          NetworkMode: `container:${tools.container.id}`,
          Mounts: [...clockMounts.map((one) => ({ ...one, ReadOnly: true })), ...(data[i] ?? [])],
          ...(limits.memoryMb === undefined ? {} : { Memory: Math.round(limits.memoryMb * 2 ** 20) }),
          ...(limits.cpus === undefined ? {} : { NanoCpus: Math.round(limits.cpus * 1e9) }),
        },
      });
      members.push({ role: plan.role, container });
    }
    return { tools, members, published: await publishedPorts(tools.container) };
  } catch (error) {
    if (error instanceof EngineError) throw error;
    throw new EngineError(`The containers of ${id} cannot be made: ${textOf(error)}.`);
  }
}

const mount = (source: string, target: string): Dockerode.MountSettings => ({
  Type: "volume",
  Source: source,
  Target: target,
});

/** What a container needs in its environment for its clock to be bent. */
function preload({ preload: how = "container", preloadAlso = [] }: ContainerPlan): Record<string, string> {
  if (typeof how === "object") return {};
  const libraries = [LIBRARY, ...preloadAlso].join(":");
  return { ...CLOCK_ENVIRONMENT, [how === "service" ? "SPLITBRAIN_PRELOAD" : "LD_PRELOAD"]: libraries };
}

/** For each of a container's ports the one of this machine behind which it is. */
export async function publishedPorts(container: Dockerode.Container): Promise<Map<number, number>> {
  const { NetworkSettings } = await container.inspect();
  const published = new Map<number, number>();
  for (const [port, bindings] of Object.entries(NetworkSettings.Ports ?? {})) {
    const binding = (bindings as { HostPort: string }[] | null)?.[0];
    if (binding) published.set(Number.parseInt(port, 10), Number(binding.HostPort));
  }
  return published;
}
