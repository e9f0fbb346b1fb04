import { execa } from "execa";
import type { ModelConfig } from "../../src/core/model.ts";
import type { NodeId } from "../../src/core/operation.ts";
import type { ContainerPlan, Endpoint, System, SystemEnv } from "../../src/core/system.ts";

const docker = async (...args: readonly string[]): Promise<string> => (await execa("docker", args)).stdout;

export interface RealCluster {
  readonly env: SystemEnv;
  node(id: NodeId): Endpoint;
  /** All of a node's containers; the address and the published ports stay. */
  kill(id: NodeId): Promise<void>;
  start(id: NodeId): Promise<void>;
  pause(id: NodeId): Promise<void>;
  unpause(id: NodeId): Promise<void>;
  remove(): Promise<void>;
}

/** The containers of a system's plan, as on a machine each: a container that only sleeps holds the node's address. */
export async function startCluster(
  system: System,
  name: string,
  subnet: string,
  config: ModelConfig,
): Promise<RealCluster> {
  const { deployment } = system;
  if (deployment.kind !== "containers") throw new Error(`${system.name} is not started in containers`);
  const nodes = [1, 2, 3].map((i) => ({ id: `n${i}`, address: `${subnet}.${10 + i}` }));
  const plans = deployment.plan(nodes, config);
  const containers = (id: NodeId): string[] => (plans[id] ?? []).map(({ role }) => `${name}-${id}-${role}`);
  const remove = async (): Promise<void> => {
    const all = nodes.flatMap(({ id }) => [...containers(id), `${name}-${id}`]);
    await execa("docker", ["rm", "-f", "-v", ...all], { reject: false });
    await execa("docker", ["network", "rm", name], { reject: false });
  };
  await remove();
  await docker("network", "create", "--subnet", `${subnet}.0/24`, name);
  const start = async ({ id, address }: (typeof nodes)[number]): Promise<Endpoint> => {
    const [first] = plans[id] ?? [];
    if (!first) throw new Error(`${id} has no container`);
    await build(first);
    const published = deployment.ports.flatMap((port) => ["-p", `127.0.0.1::${port}`]);
    const holder = ["run", "-d", "--init", "--name", `${name}-${id}`, "--network", name, "--ip", address, ...published];
    await docker(...holder, first.image.tag, "sleep", "infinity");
    const ports = new Map<number, number>();
    for (const line of (await docker("port", `${name}-${id}`)).split("\n")) {
      const [, own, outer] = /^(\d+)\/tcp -> .*:(\d+)$/.exec(line) ?? [];
      if (own && outer) ports.set(Number(own), Number(outer));
    }
    for (const { role, command, env = {}, data = [] } of plans[id] ?? []) {
      const [program = "", ...args] = command;
      const settings = Object.entries(env).flatMap(([key, value]) => ["-e", `${key}=${value}`]);
      const folders = data.flatMap((folder) => ["-v", folder]);
      const place = ["--network", `container:${name}-${id}`, "--name", `${name}-${id}-${role}`];
      await docker("run", "-d", ...place, ...settings, ...folders, "--entrypoint", program, first.image.tag, ...args);
    }
    return {
      node: id,
      host: "127.0.0.1",
      address,
      port(own) {
        const outer = ports.get(own);
        if (outer === undefined) throw new Error(`${id} does not publish port ${own}`);
        return outer;
      },
    };
  };
  try {
    const endpoints: Endpoint[] = [];
    for (const node of nodes) endpoints.push(await start(node));
    const node = (id: NodeId): Endpoint => {
      const endpoint = endpoints.find((one) => one.node === id);
      if (!endpoint) throw new Error(`there is no ${id}`);
      return endpoint;
    };
    const all = (verb: string) => async (id: NodeId) => void (await docker(verb, ...containers(id)));
    const env = { config, endpoints };
    return { env, node, kill: all("kill"), start: all("start"), pause: all("pause"), unpause: all("unpause"), remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function build({ image: { tag, dockerfile = "" } }: ContainerPlan): Promise<void> {
  const { exitCode } = await execa("docker", ["image", "inspect", tag], { reject: false });
  if (exitCode === 0) return;
  await execa("docker", ["build", "-t", tag, "-"], { input: dockerfile, env: { DOCKER_BUILDKIT: "0" } });
}
