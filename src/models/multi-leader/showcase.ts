import type { ModelConfig } from "../../core/model.ts";

/** The configurations that stand for all in the matrix: each way to settle conflicts, each topology. */
export const SHOWCASE: readonly ModelConfig[] = [
  {},
  { conflicts: "fww" },
  { conflicts: "merge" },
  { conflicts: "on-write" },
  { conflicts: "version-vectors" },
  { topology: "ring", conflicts: "crdt" },
  { topology: "star", conflicts: "union" },
];
