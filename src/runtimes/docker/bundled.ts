import type { ClusterEvents } from "../../core/cluster.ts";
import type { FaultKind } from "../../core/fault.ts";
import type { NodeId } from "../../core/operation.ts";
import type { Client, ClientEnv, Message } from "../../core/replica.ts";
import type { ContainerLimits } from "../../core/scenario.ts";
import { Leadership } from "../shared/leadership.ts";
import { NodeFailure } from "../shared/real/node-failure.ts";
import { isObject } from "../shared/wire.ts";
import { Clients } from "./clients.ts";
import type { DockerCluster } from "./cluster.ts";
import { Control } from "./control.ts";
import { EngineError } from "./engine.ts";
import { nodeImage } from "./images.ts";
import { beginRun, type OwnNode, type Published, startOwnCluster, type Tenancy } from "./start.ts";

export interface BundledOptions {
  /** The node's arguments: the model's name, unless `module` is given, then `--config …` and so on. */
  readonly args: readonly string[];
  /** A file whose default export is a model, in place of a bundled one. */
  readonly module?: string | undefined;
  client(env: ClientEnv): Client;
  /** Names in order. */
  readonly nodes: readonly NodeId[];
  readonly seed: number;
  /** Takes `nodes/nX.log`. */
  readonly runDir: string;
  readonly events?: ClusterEvents | undefined;
  /** Once aborted while the cluster starts, that is given up. */
  readonly signal?: AbortSignal | undefined;
  /** Told once for each node: the port of 127.0.0.1 behind which it listens. */
  readonly onPublished?: ((node: NodeId, port: number) => void) | undefined;
  /** The kinds of fault that will strike. */
  readonly wanted: ReadonlySet<FaultKind>;
  readonly fillable?: boolean | undefined;
  readonly limits?: ContainerLimits | undefined;
}

/** Where a bundled node listens, in its container. */
const PORT = 7000;
const DATA = "/data";
const START_MS = 30_000;

/** Starts a bundled model, a node a container, and resolves when all nodes are at work. */
export async function startBundled(options: BundledOptions): Promise<DockerCluster> {
  const { runDir, events = {}, nodes, seed, wanted, fillable = false, limits = {} } = options;
  const docker = await beginRun(runDir, events, options.signal);
  const image = await nodeImage(docker.engine, options.module);
  const { time, failures } = docker;

  const nodesAt = (address: (i: number) => string): OwnNode[] => {
    const peers = nodes.flatMap((id, i) => ["--peer", `${id}=${address(i)}:${PORT}`]);
    return nodes.map((id, i) => {
      const self = ["--data", DATA, "--id", id, "--listen", String(PORT), ...peers];
      const env = { SPLITBRAIN_SEED: String(seed), ...(events.onTrace ? { SPLITBRAIN_TRACE: "all" } : {}) };
      const command = [...image.command, ...options.args, ...self];
      return {
        id,
        address: address(i),
        ports: [PORT],
        plans: [{ role: "node", image: { tag: image.tag }, command, env, data: [DATA] }],
      };
    });
  };

  const tenancy = ({ published }: { readonly published: Published }): Tenancy => {
    const leadership = new Leadership();
    const portOf = (node: NodeId): number => published.get(node)?.get(PORT) ?? 0;
    const stalls = new Map<NodeId, number>();
    const stallOf = (node: NodeId): Message => ({ type: "disk", stall_ms: Math.max(0, stalls.get(node) ?? 0) });
    const controls = new Map<NodeId, Control>();
    for (const node of nodes) {
      options.onPublished?.(node, portOf(node));
      const onTrace = ({ event, detail }: Message): void => {
        if (typeof event !== "string" || !isObject(detail)) return;
        leadership.onTrace(node, event);
        events.onTrace?.(time.nowNs(), node, event, detail);
      };
      const greetings = (): Message[] => [stallOf(node)];
      controls.set(node, new Control({ node, host: "127.0.0.1", port: portOf(node), greetings, onTrace }));
    }
    const control = (node: NodeId): Control => controls.get(node) as Control;
    const clients = new Clients({
      time,
      nodes,
      seed,
      address: (node) => ({ host: "127.0.0.1", port: portOf(node) }),
      start: (env) => options.client(env),
      onMessage: events.onMessage?.bind(events),
      failed: (client, error) => {
        failures.push(new NodeFailure(time.nowNs(), client, error instanceof Error ? `${error.stack}` : `${error}`));
      },
    });
    return {
      inhabitants: {
        open: (process, node) => clients.open(process, node),
        leader: () => leadership.current,
        onDown: (node) => leadership.withdraw(node),
        close: () => {
          clients.close();
          for (const one of controls.values()) one.close();
        },
      },
      ready: async (node) => {
        if (!(await control(node).ready(START_MS, options.signal)))
          throw new EngineError(
            `The node ${node} did not begin its work within ${START_MS / 1000} s; see ${runDir}/nodes/${node}.log.`,
          );
      },
      look: (node) => control(node).look(),
      stall: async (node, stallMs) => {
        const add = (ms: number): Promise<void> => {
          stalls.set(node, (stalls.get(node) ?? 0) + ms);
          return control(node).tell(stallOf(node));
        };
        await add(stallMs);
        return () => add(-stallMs);
      },
    };
  };

  return startOwnCluster(docker, { wanted, fillable, limits, nodes: nodesAt, tenancy });
}
