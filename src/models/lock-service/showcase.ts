import type { ModelConfig } from "../../core/model.ts";

/** The configurations that stand for all in the matrix: both recipes, and what a look at the clock and tokens are good for. */
export const SHOWCASE: readonly ModelConfig[] = [
  {},
  { resource: "unfenced" },
  { holder: "trusts-session", resource: "unfenced" },
  { recipe: "lease-key" },
  { recipe: "lease-key", holder: "trusts-session" },
];
