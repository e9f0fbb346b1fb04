import type { ModelConfig } from "../../core/model.ts";

/** The configurations that stand for all in the matrix: each way to read. */
export const SHOWCASE: readonly ModelConfig[] = [
  { reads: "log" },
  { reads: "read-index" },
  { reads: "lease" },
  { reads: "local" },
];
