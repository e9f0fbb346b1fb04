import type { ModelConfig } from "../../core/model.ts";

/** The configurations that stand for all in the matrix: each way to read, and each way to change who votes and who leads. */
export const SHOWCASE: readonly ModelConfig[] = [
  { reads: "log" },
  { reads: "read-index" },
  { reads: "lease" },
  { reads: "local" },
  { membership: "joint", compaction: "snapshots" },
  { reads: "read-index", membership: "one-at-a-time", election: "pre-vote" },
  { reads: "lease", membership: "joint", compaction: "snapshots", election: "pre-vote", leadership: "transfers" },
];
