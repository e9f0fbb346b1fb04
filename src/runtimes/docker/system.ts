import type { ClusterEvents, Session } from "../../core/cluster.ts";
import type { FaultKind } from "../../core/fault.ts";
import type { ModelConfig } from "../../core/model.ts";
import type { NodeId } from "../../core/operation.ts";
import type { ContainerLimits } from "../../core/scenario.ts";
import type { Endpoint, System, SystemEnv } from "../../core/system.ts";
import { ask } from "../shared/real/ask.ts";
import { LeaderWatch } from "../shared/real/leader-watch.ts";
import { NodeFailure } from "../shared/real/node-failure.ts";
import { SystemSessions } from "../shared/real/system-sessions.ts";
import type { DockerCluster } from "./cluster.ts";
import { EngineError, textOf } from "./engine.ts";
import { askDate } from "./look.ts";
import type { Pod } from "./pod.ts";
import {
  beginRun,
  type DockerRun,
  type MadeNodes,
  type OwnNode,
  type Published,
  startOwnCluster,
  type Tenancy,
} from "./start.ts";

export interface SystemClusterOptions {
  readonly system: System;
  readonly config: ModelConfig;
  /** Names in order. */
  readonly nodes: readonly NodeId[];
  /** Takes `nodes/nX.log`. */
  readonly runDir: string;
  readonly events?: ClusterEvents | undefined;
  /** Once aborted while the cluster starts, that is given up. */
  readonly signal?: AbortSignal | undefined;
  /** The kinds of fault that will strike. */
  readonly wanted: ReadonlySet<FaultKind>;
  readonly fillable?: boolean | undefined;
  readonly limits?: ContainerLimits | undefined;
  /** An image in place of the system's own. */
  readonly image?: string | undefined;
}

/** Starts an external system in containers of the run's own, and resolves when all nodes are ready. */
export async function startSystem(options: SystemClusterOptions): Promise<DockerCluster> {
  const { system, config, runDir, events = {}, wanted, fillable = false, limits = {}, image } = options;
  const { deployment } = system;
  if (deployment.kind !== "containers") throw new Error(`${system.name} does not come as containers of the run's own`);
  const docker = await beginRun(runDir, events, options.signal);

  const nodesAt = (address: (i: number) => string): OwnNode[] => {
    const addressed = options.nodes.map((id, i) => ({ id, address: address(i) }));
    const plans = deployment.plan(addressed, config);
    return addressed.map((node) => ({
      ...node,
      ports: deployment.ports,
      plans: (plans[node.id] ?? []).map((plan) => (image === undefined ? plan : { ...plan, image: { tag: image } })),
    }));
  };
  const tenancy = ({ published, addresses, pod }: MadeNodes): Tenancy =>
    systemTenancy(docker, { system, pod, env: endpointsOf(published, addresses, config) });
  return startOwnCluster(docker, { wanted, fillable, limits, nodes: nodesAt, tenancy });
}

/** Where the nodes of containers of ours are reached. */
function endpointsOf(published: Published, addresses: ReadonlyMap<NodeId, string>, config: ModelConfig): SystemEnv {
  const endpoints = [...published].map(
    ([node, ports]): Endpoint => ({
      node,
      host: "127.0.0.1",
      address: addresses.get(node) ?? "",
      port: (own) => {
        const port = ports.get(own);
        if (port === undefined) throw new Error(`port ${own} of ${node} is not published`);
        return port;
      },
    }),
  );
  return { config, endpoints };
}

/** A system may take so long until it serves, milliseconds: those on a JVM do. */
const START_MS = 120_000;
/** After a crash it is waited for a shorter time: it may have nobody to be ready with. */
const RESTART_MS = 20_000;
const POLL_MS = 100;
const QUESTION_MS = 2_000;

export interface SystemTenancyOptions {
  readonly system: System;
  readonly env: SystemEnv;
  pod(node: NodeId): Pod;
  /** Put before every key. */
  readonly keyPrefix?: string;
}

const prefixed = (session: Session, prefix: string): Session => ({
  invoke: (op, timeoutNs) =>
    session.invoke(op.key === undefined || prefix === "" ? op : { ...op, key: prefix + op.key }, timeoutNs),
  close: () => session.close(),
});

/** The harness's dealings with an external system: its clients, who leads, what time it is there. */
export function systemTenancy(docker: DockerRun, { system, env, pod, keyPrefix = "" }: SystemTenancyOptions): Tenancy {
  const { failures, time } = docker;
  const sessions = new SystemSessions({
    system,
    env: () => env,
    failed: (client, error) => failures.push(new NodeFailure(time.nowNs(), client, textOf(error))),
  });
  const stopped = new AbortController();
  let watch: LeaderWatch | undefined;
  let settled = false;
  const endpoint = (node: NodeId): Endpoint => {
    const found = env.endpoints.find((one) => one.node === node);
    if (!found) throw new Error(`there is no node ${node}`);
    return found;
  };
  return {
    inhabitants: {
      open: (process, node) => prefixed(sessions.open(process, node), keyPrefix),
      leader: () => watch?.current,
      onDown: (node) => watch?.withdraw(node),
      close: () => {
        stopped.abort();
        watch?.stop();
        sessions.close();
      },
    },
    ready: async (node) => {
      const endMs = performance.now() + (settled ? RESTART_MS : START_MS);
      let last = "it is not ready";
      while (!stopped.signal.aborted) {
        try {
          if (await ask((signal) => system.ready(endpoint(node), env, signal), QUESTION_MS, stopped.signal)) return;
        } catch (error) {
          last = textOf(error);
        }
        if (!settled) docker.signal?.throwIfAborted();
        if (performance.now() > endMs) {
          // In mid-run its peers may be cut off or dead; it runs, and that is what a restart promises.
          if (settled) return;
          throw new EngineError(
            `The node ${node} of ${system.name} did not become ready within ${START_MS / 1000} s (${last}); see ${docker.identity.runDir}/nodes/${node}.log.`,
          );
        }
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      }
    },
    look: (node) =>
      ask(
        (signal) => system.clockMs?.(endpoint(node), signal) ?? askDate(docker, pod(node)),
        QUESTION_MS,
        stopped.signal,
      ),
    settled: async () => {
      await system.setup?.(env, stopped.signal);
      settled = true;
      watch = new LeaderWatch({ system, env: () => env });
    },
  };
}
