import type { ModelConfig } from "../../core/model.ts";

/** The configurations that stand for all in the matrix. */
export const SHOWCASE: readonly ModelConfig[] = [
  {},
  { propagation: "delta" },
  { propagation: "delta", registers: "mv-register" },
  { updates: "grow-only", registers: "mv-register" },
];
