import { randomBytes } from "node:crypto";
import { connect } from "node:net";
import { describeError } from "../core/client-error.ts";
import type { Deployment, Endpoint, System, SystemEnv } from "../core/system.ts";
import {
  ConfigError,
  checkDefinition,
  checkFields,
  checkRun,
  isObject,
  show,
  WORKLOAD_NEEDS,
} from "./definition-check.ts";
import { UserClient } from "./user-client.ts";
import type {
  ClientOperations,
  CommandNode,
  Config,
  ConfigDefinition,
  ContainerNode,
  SystemDefinition,
  SystemNode,
} from "./user-definition.ts";

export { ConfigError } from "./definition-check.ts";
export type {
  ClientContext,
  ClientOperations,
  CommandNode,
  Config,
  ConfigDefinition,
  ContainerNode,
  RunDefaults,
  SystemDefinition,
  SystemNode,
} from "./user-definition.ts";

/**
 * What `splitbrain.config.ts` exports by default: a system to be tested, and how.
 *
 * ```ts
 * import { defineConfig, defineSystem } from "splitbrain";
 *
 * export default defineConfig({
 *   system: defineSystem({
 *     name: "my-kv",
 *     nodes: [7001, 7002, 7003].map((port) => ({ command: ["./my-kv", "--port", String(port)], port })),
 *     holds: ["linearizable"],
 *     client: ({ node }) => {
 *       const url = (key: string) => `http://${node.host}:${node.port}/${key}`;
 *       return {
 *         read: async (key, signal) => (await fetch(url(key), { signal })).json(),
 *         write: async (key, value, signal) => {
 *           const response = await fetch(url(key), { method: "PUT", body: String(value), signal });
 *           if (!response.ok) throw new Error(`status ${response.status}`);
 *         },
 *       };
 *     },
 *   }),
 *   run: { nemesis: ["pause", "kill"], time: "30s" },
 * });
 * ```
 *
 * A plain object of this shape will do as well. Throws a `ConfigError`.
 */
export function defineConfig(config: ConfigDefinition): Config {
  if (!isObject(config)) throw new ConfigError(`the configuration is ${show(config)}; give { system, run }`);
  checkFields("", config, {
    system: (value) => (isObject(value) ? undefined : "a system made with defineSystem"),
    run: (value) => (value === undefined || isObject(value) ? undefined : "an object"),
  });
  const { system: given, run = {} } = config;
  const system = "deployment" in given ? given : defineSystem(given);
  checkRun(run, system.workloads);
  return { system, run };
}

/** Makes a system of its user's description; throws a `ConfigError` if something is wrong with it. */
export function defineSystem(definition: SystemDefinition): System {
  checkDefinition(definition);
  const { name, holds = ["linearizable"], breaks = [], workloads = ["register"] } = definition;
  const [first = "register", ...others] = workloads;
  // Renewed with every run, so that what one has left behind is not read by the next.
  let keys = newKeys();
  const nodeAt = ({ node, host, port }: Endpoint, { endpoints }: SystemEnv): SystemNode => {
    const own = definition.nodes[endpoints.findIndex((one) => one.node === node)];
    if (!own) throw new Error(`${name} has no node ${node}`);
    return { name: node, host, port: port(own.port) };
  };
  const nodesOf = (env: SystemEnv): SystemNode[] => env.endpoints.map((endpoint) => nodeAt(endpoint, env));
  const open = async (env: SystemEnv, endpoint: Endpoint, process: number): Promise<ClientOperations> => {
    const nodes = nodesOf(env);
    const operations = await definition.client({ node: nodeAt(endpoint, env), nodes, process });
    checkOperations(operations, workloads);
    return operations;
  };

  return {
    name,
    title: name,
    source: "its configuration file",
    workloads: [first, ...others],
    options: {},
    deployment: deploymentOf(definition),
    async ready(endpoint, env, signal) {
      const node = nodeAt(endpoint, env);
      return definition.ready ? (await definition.ready(node, signal)) === true : accepts(node, signal);
    },
    async setup(env, signal) {
      keys = newKeys();
      await asConfigError("system.setup: failed", async () => definition.setup?.(nodesOf(env), signal));
      const [endpoint] = env.endpoints;
      if (!endpoint) return;
      // A client that cannot be opened at all, or cannot do its workload, is better known before the run than after it.
      await asConfigError(`system.client: could not be opened on ${endpoint.node}`, async () => {
        const client = await open(env, endpoint, -1);
        await client.close?.();
      });
    },
    async client(env) {
      return new UserClient(definition, await open(env, env.node, env.process), keys);
    },
    ...(definition.leader ? { leader: async (env, signal) => definition.leader?.(nodesOf(env), signal) } : {}),
    holds: () => holds,
    breaks: () => breaks,
  };
}

const newKeys = (): string => `run-${randomBytes(4).toString("hex")}-`;

/** What the user's own function throws says nothing of where that is. */
async function asConfigError(what: string, step: () => Promise<void>): Promise<void> {
  try {
    await step();
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError(`${what}: ${describeError(error)}`, { cause: error });
  }
}

function checkOperations(operations: unknown, workloads: readonly (keyof typeof WORKLOAD_NEEDS)[]): void {
  if (!isObject(operations))
    throw new ConfigError(`system.client: returned ${show(operations)}; return an object with read, write, …`);
  for (const f of ["read", "write", "cas", "append", "readOwn", "close"])
    if (operations[f] !== undefined && typeof operations[f] !== "function")
      throw new ConfigError(`system.client: its ${f} is ${show(operations[f])}; give a function`);
  for (const workload of workloads)
    for (const f of WORKLOAD_NEEDS[workload])
      if (operations[f] === undefined)
        throw new ConfigError(
          `system.client: has no ${f}, which the workload ${workload} needs; add it, or see system.workloads`,
        );
}

function deploymentOf({ nodes }: SystemDefinition): Deployment {
  const isContainer = (node: CommandNode | ContainerNode): node is ContainerNode => "container" in node;
  if (nodes.every(isContainer)) return { kind: "attached", containers: nodes.map(({ container }) => container) };
  const commands = nodes.flatMap((node) => {
    if (isContainer(node)) return [];
    const { command, host = "127.0.0.1", port, env, cwd } = node;
    const [program = "", ...args] = command;
    return [{ command: [program, ...args] as const, host, port, ...(env ? { env } : {}), ...(cwd ? { cwd } : {}) }];
  });
  return { kind: "commands", commands };
}

/** True if the port accepts a connection. */
const accepts = ({ host, port }: SystemNode, signal: AbortSignal): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (accepted: boolean): void => {
      signal.removeEventListener("abort", giveUp);
      socket.destroy();
      resolve(accepted);
    };
    const giveUp = (): void => end(false);
    signal.addEventListener("abort", giveUp, { once: true });
    socket.once("connect", () => end(true));
    socket.once("error", () => end(false));
    if (signal.aborted) giveUp();
  });
