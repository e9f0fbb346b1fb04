import type { ModelBug } from "../../core/model.ts";

/** Deliberate defects. Where one is known from a real system or a paper, the description says so. */
export const BUGS = {
  "dependencies-ignored": {
    description:
      "A node shows a write as soon as it arrives, whatever that depends on: an answer can be seen before its question " +
      "(the lost photo of Lloyd et al., SOSP 2011, §1).",
    breaks: ["causal-cc"],
    hunt: { config: { sessions: "sticky" }, faults: ["partition"] },
  },
  "reads-not-tracked": {
    description:
      "A session's writes depend on its own writes only, and not on what it has read: each session's order is kept, and " +
      "causes that lead from one session to another are lost.",
    breaks: ["causal-cc"],
    hunt: { config: { sessions: "sticky" }, faults: ["partition"] },
  },
  "context-dropped": {
    description:
      "A session that moves to another node does not take along what it depends on, as clients that are balanced over " +
      "copies without a session token: it misses its own writes there.",
    breaks: ["read-your-writes"],
    hunt: { config: { sessions: "roaming" }, faults: ["partition"] },
  },
  "wall-clock-wins": {
    description:
      "Of two writes of a key the one with the later wall clock wins, whatever caused what (as in Cassandra): a write " +
      "that overwrites what its session has read is dropped if the other node's clock was ahead.",
    breaks: ["causal-cc"],
    hunt: { config: { sessions: "sticky" }, faults: ["clock"] },
  },
  "ack-before-disk": {
    description:
      "A write is acknowledged and sent on before it is on disk. After a crash the node gives its number to another " +
      "write, which those who have the first take for the same: copies differ for ever.",
    breaks: ["eventual"],
    hunt: { config: { sessions: "sticky" }, faults: ["kill"] },
  },
} as const satisfies Record<string, ModelBug>;

export type BugName = keyof typeof BUGS;
