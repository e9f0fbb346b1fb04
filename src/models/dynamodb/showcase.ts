import type { ModelConfig } from "../../core/model.ts";

/** The configurations that stand for all in the matrix. */
export const SHOWCASE: readonly ModelConfig[] = [
  { consistency: "strong", tables: "single-region" },
  { consistency: "eventual", tables: "single-region" },
  { consistency: "strong", tables: "global" },
];
