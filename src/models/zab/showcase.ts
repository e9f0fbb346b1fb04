import type { ModelConfig } from "../../core/model.ts";

/** The configurations that stand for all in the matrix: each way to read, and what it is worth to sessions that move. */
export const SHOWCASE: readonly ModelConfig[] = [
  { reads: "local" },
  { reads: "local", sessions: "roaming" },
  { reads: "sync" },
  { reads: "quorum-sync" },
];
