import type { System } from "../../core/system.ts";
import { until } from "../shared/waiting.ts";
import { EtcdClient } from "./client.ts";
import { call, reach } from "./gateway.ts";
import { leader } from "./leader.ts";
import { plan } from "./plan.ts";
import { breaks, holds } from "./promises.ts";
import { CLIENT_PORT, HEALTH_PORT, OPTIONS } from "./settings.ts";

/** etcd: Raft, one log, every node takes requests. */
export const etcd: System = {
  name: "etcd",
  title: "etcd",
  source: "etcd documentation, 'KV API guarantees' (https://etcd.io/docs/v3.4/learning/api_guarantees/)",
  workloads: ["register", "append"],
  options: OPTIONS,
  deployment: { kind: "containers", ports: [CLIENT_PORT, HEALTH_PORT], plan },
  async ready(node, _env, signal) {
    // Somebody else's etcd need not have a port for its health.
    await reach({ node }, HEALTH_PORT, "/health", signal).catch(() => reach({ node }, CLIENT_PORT, "/health", signal));
    return true;
  },
  /** The nodes have found each other: each can read from a majority. */
  async setup({ endpoints }, signal) {
    const reads = endpoints.map((node) =>
      until(
        `${node.node} reads from a majority`,
        (limit) => call({ node }, "/v3/kv/range", PROBE, limit).then(() => true),
        signal,
      ),
    );
    await Promise.all(reads);
  },
  client: (env) => new EtcdClient(env),
  leader,
  holds,
  breaks,
};

const PROBE = { key: "AA==" };
