import type { ModelBug } from "../../core/model.ts";

/** Deliberate defects. Where one is known from a real system or a paper, the description says so. */
export const BUGS = {
  "queue-not-rechecked": {
    description:
      "A client whose predecessor is gone takes the lock for its own without another look at the queue, as the recipe asks for " +
      "(Hunt et al., USENIX ATC 2010, §2.4): the predecessor may only have given up, while somebody before it has the lock.",
    breaks: ["mutual-exclusion"],
    hunt: { config: { recipe: "sequential-nodes" }, faults: ["client-pause"] },
  },
  "renewals-unconfirmed": {
    description:
      "A leader renews sessions by itself, without its followers: once deposed it goes on telling holders that they are " +
      "safe, while another leader lets their sessions expire.",
    breaks: ["mutual-exclusion"],
    hunt: { config: { recipe: "sequential-nodes" }, faults: ["partition"], nodes: 5, gapMs: 5000 },
  },
  "wall-clock-expiry": {
    description:
      "The leader measures how long a session was not renewed on its wall clock: when that jumps ahead, all sessions have " +
      "expired at once.",
    breaks: ["mutual-exclusion"],
    hunt: { config: { recipe: "lease-key" }, faults: ["clock"] },
  },
  "counter-restarts": {
    description:
      "The counter of a lock goes with its last node, as that of a parent in ZooKeeper that is removed once it is empty: the " +
      "next holder gets the token 1 again.",
    breaks: ["fencing"],
    hunt: { config: { recipe: "sequential-nodes" }, faults: [] },
  },
  "tokens-in-memory": {
    description:
      "The resource keeps the largest token that it has seen in memory: after a crash it takes the write of a holder whose " +
      "time was up.",
    breaks: ["fencing"],
    hunt: { config: { recipe: "lease-key" }, faults: ["client-pause", "kill"], nodes: 3, gapMs: 2500 },
  },
} as const satisfies Record<string, ModelBug>;

export type BugName = keyof typeof BUGS;
