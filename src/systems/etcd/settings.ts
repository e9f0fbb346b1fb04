import type { ModelOption } from "../../core/model.ts";

export const OPTIONS = {
  reads: {
    description: "how far a read goes for its answer",
    values: {
      "linearizable-reads": "to the leader, which confirms with a majority that it still leads (etcd's default)",
      "serializable-reads": "to the session's own node, which answers from its copy",
    },
  },
} as const satisfies Record<string, ModelOption>;

export const CLIENT_PORT = 2379;
export const PEER_PORT = 2380;
/**
 * Where a node tells its health. Not on the client port: etcd opens that one for requests only after it has reached a
 * quorum, so that a node that was started again in a minority would look dead there.
 */
export const HEALTH_PORT = 2381;
