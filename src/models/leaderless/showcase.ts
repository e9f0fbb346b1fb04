import type { ModelConfig } from "../../core/model.ts";

/** The configurations that stand for all in the matrix: what quorums, stand-ins, versions and the write-back change. */
export const SHOWCASE: readonly ModelConfig[] = [
  {},
  { quorum: "n3r1w1" },
  { versions: "siblings" },
  { quorum: "n3r1w3", versions: "siblings" },
  { members: "sloppy", versions: "siblings" },
  { "write-back": "abd" },
];
