import type { ModelConfig } from "../../core/model.ts";

const config = (replication: string, reads: string, failover: string, apply = "in-order"): ModelConfig => ({
  replication,
  reads,
  failover,
  apply,
});

/** The configurations that stand for all in the matrix: each value of each option where it makes a difference. */
export const SHOWCASE: readonly ModelConfig[] = [
  // Who answers reads, where no acknowledged write is ever lost.
  config("async", "leader", "none"),
  config("async", "any-replica", "none"),
  config("async", "sticky-replica", "none"),
  config("async", "read-your-writes", "none"),
  config("async", "any-replica", "none", "by-key"),
  config("async", "consistent-prefix", "none", "by-key"),
  config("sync", "any-replica", "none"),
  config("sync", "sticky-replica", "none"),
  // What fail-over does to that.
  config("async", "leader", "naive"),
  config("async", "leader", "fenced"),
  config("semi-sync", "leader", "naive"),
  config("semi-sync", "leader", "fenced"),
  config("semi-sync", "sticky-replica", "fenced"),
  config("sync", "sticky-replica", "fenced"),
];
