import type { ModelConfig } from "../../core/model.ts";
import type { NodeId } from "../../core/operation.ts";
import type { ContainerPlan, NodeAddress } from "../../core/system.ts";
import { chosen } from "../shared/settings.ts";
import { MAX_LAG_S, OPTIONS, REDIS_PORT, SENTINEL_PORT } from "./settings.ts";

const PACKAGES = "redis-server redis-sentinel";
const IMAGE = {
  tag: "splitbrain/redis:bookworm",
  dockerfile: [
    "FROM debian:bookworm-slim",
    `RUN apt-get update && apt-get install -y --no-install-recommends ${PACKAGES} && rm -rf /var/lib/apt/lists/*`,
    "",
  ].join("\n"),
};

const DATA = "/data";

/** Each node is a machine with a Redis and a Sentinel; the first one's Redis begins as primary. */
export function plan(
  nodes: readonly NodeAddress[],
  config: ModelConfig,
): Readonly<Record<NodeId, readonly ContainerPlan[]>> {
  const [primary] = nodes;
  return Object.fromEntries(
    nodes.map((node) => {
      const replicates =
        primary === undefined || node === primary ? [] : [`replicaof ${primary.address} ${REDIS_PORT}`];
      const redis = [
        ...REDIS,
        ...(chosen(OPTIONS, config, "acks") === "min-replicas" ? MIN_REPLICAS : []),
        ...replicates,
      ];
      return [node.id, [container("redis", "redis-server", redis), container("sentinel", "redis-sentinel", SENTINEL)]];
    }),
  );
}

const REDIS = [
  "bind 0.0.0.0",
  `port ${REDIS_PORT}`,
  "protected-mode no",
  `dir ${DATA}`,
  "appendonly yes",
  'save ""',
  // A link that a partition broke is made anew a few seconds after it heals, not after a minute.
  "repl-ping-replica-period 1",
  "repl-timeout 5",
  "repl-diskless-sync-delay 0",
];

const MIN_REPLICAS = ["min-replicas-to-write 1", `min-replicas-max-lag ${MAX_LAG_S}`];

/** What it watches is told to it when all are there (`setup`): a Sentinel looks for replicas every ten seconds only. */
const SENTINEL = ["bind 0.0.0.0", `port ${SENTINEL_PORT}`, "protected-mode no", `dir ${DATA}`];

/**
 * Writes the file of settings if there is none yet. The services rewrite it themselves, Redis when Sentinel gives it
 * another role, and go on from there when they are started again.
 */
const START = `test -e "$2" || { printf '%s\\n' "$3" > "$2.new" && mv "$2.new" "$2"; }; exec "$1" "$2"`;

const container = (role: string, program: string, settings: readonly string[]): ContainerPlan => ({
  role,
  image: IMAGE,
  command: ["sh", "-c", START, "sh", program, `${DATA}/${role}.conf`, settings.join("\n")],
  data: [DATA],
  // Without libc right behind it, libfaketime and Redis's allocator wait for each other. The bare name is found by the
  // loader in whatever folder this machine's architecture has it.
  preloadAlso: ["libc.so.6"],
});
