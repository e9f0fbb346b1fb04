import type { ModelOption } from "../../core/model.ts";

export const OPTIONS = {
  acks: {
    description: "when the primary acknowledges a write",
    values: {
      async: "after it has done it itself",
      "min-replicas": "as async, but it refuses writes once no replica was heard of for 2 s (min-replicas-to-write 1)",
    },
  },
} as const satisfies Record<string, ModelOption>;

export const REDIS_PORT = 6379;
export const SENTINEL_PORT = 26379;

/** What Sentinel calls the primary and its replicas. */
export const MASTER = "m";

/** A primary that Sentinel has not heard of for this long is down in its eyes. */
export const DOWN_AFTER_MS = 2_000;
export const FAILOVER_TIMEOUT_MS = 6_000;
/** Replicas tell the primary once a second how far they are, so 1 would refuse writes now and then for nothing. */
export const MAX_LAG_S = 2;

/** The Sentinels that must agree that the primary is down: as many as must agree on who carries out the fail-over. */
export const majority = (nodes: number): number => Math.floor(nodes / 2) + 1;
