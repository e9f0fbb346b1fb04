import type { ModelConfig } from "../../core/model.ts";

/** The configurations that stand for all in the matrix. */
export const SHOWCASE: readonly ModelConfig[] = [
  { sending: "one-in-flight" },
  { sending: "streaming" },
  { sessions: "roaming" },
];
