import type { NodeId } from "../../core/operation.ts";
import type { ContainerPlan, NodeAddress } from "../../core/system.ts";
import { CLIENT_PORT, HEALTH_PORT, PEER_PORT } from "./settings.ts";

const IMAGE = {
  tag: "splitbrain/etcd:bookworm",
  dockerfile: [
    "FROM debian:bookworm-slim",
    "RUN apt-get update && apt-get install -y --no-install-recommends etcd-server && rm -rf /var/lib/apt/lists/*",
    "",
  ].join("\n"),
};

const DATA = "/data";

/** A cluster with static members, heartbeats and election time-outs at etcd's defaults (100 ms and 1 s). */
export function plan(nodes: readonly NodeAddress[]): Readonly<Record<NodeId, readonly ContainerPlan[]>> {
  const members = nodes.map(({ id, address }) => `${id}=http://${address}:${PEER_PORT}`).join(",");
  return Object.fromEntries(nodes.map((node) => [node.id, [container(node, members)]]));
}

const container = ({ id, address }: NodeAddress, members: string): ContainerPlan => ({
  role: "etcd",
  image: IMAGE,
  command: [
    "etcd",
    ...["--name", id],
    // A folder of its own making: etcd complains of one that others may read.
    ...["--data-dir", `${DATA}/etcd`],
    ...["--listen-client-urls", `http://0.0.0.0:${CLIENT_PORT}`],
    ...["--advertise-client-urls", `http://${address}:${CLIENT_PORT}`],
    ...["--listen-peer-urls", `http://0.0.0.0:${PEER_PORT}`],
    ...["--initial-advertise-peer-urls", `http://${address}:${PEER_PORT}`],
    ...["--listen-metrics-urls", `http://0.0.0.0:${HEALTH_PORT}`],
    ...["--initial-cluster", members],
    ...["--initial-cluster-state", "new"],
  ],
  // etcd 3.4 starts on this processor only if told so; elsewhere it does not look.
  env: { ETCD_UNSUPPORTED_ARCH: "arm64" },
  data: [DATA],
  preload: { refused: "etcd is a Go program, which asks the kernel for the time and not libc" },
});
