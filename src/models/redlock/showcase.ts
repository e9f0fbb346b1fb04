import type { ModelConfig } from "../../core/model.ts";

/** The configurations that stand for all in the matrix: as it is, with nodes that keep their word, and with tokens besides. */
export const SHOWCASE: readonly ModelConfig[] = [
  {},
  { expiry: "monotonic-clock", restart: "delayed" },
  { expiry: "monotonic-clock", restart: "synced", resource: "fenced" },
];
