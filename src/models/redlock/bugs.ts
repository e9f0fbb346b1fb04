import type { ModelBug } from "../../core/model.ts";

const SAFE = { expiry: "monotonic-clock", restart: "delayed" } as const;

/** Deliberate defects. Where one is known from a real system or a paper, the description says so. */
export const BUGS = {
  "deletes-unseen": {
    description:
      "A node deletes a key without a look at whose it is, as with a bare DEL (Redis' manual, \"Correct Implementation with " +
      'a Single Instance"): who gives up an attempt, or comes late, takes away the lock of another.',
    breaks: ["mutual-exclusion"],
    hunt: { config: SAFE, faults: ["client-pause"], nodes: 5 },
  },
  "half-suffices": {
    description: "Half of the nodes, rounded down, are enough for the lock: of five, two for each of two clients.",
    breaks: ["mutual-exclusion"],
    hunt: { config: SAFE, faults: ["partition"], nodes: 5 },
  },
  "elapsed-ignored": {
    description:
      "A client counts the time to live from when it learned that it has the lock, and not from before it asked: the nodes " +
      'were first (step 3 of "The Redlock Algorithm").',
    breaks: ["mutual-exclusion"],
    hunt: { config: SAFE, faults: ["client-pause"], nodes: 5 },
  },
  "granted-before-disk": {
    description:
      "A node grants a key before it is on disk, as Redis with `appendfsync everysec`: it forgets it in a crash and grants " +
      'it anew (Redis\' manual, "Performance, crash recovery and fsync").',
    breaks: ["mutual-exclusion"],
    hunt: { config: { expiry: "monotonic-clock", restart: "synced" }, faults: ["kill"], nodes: 5 },
  },
} as const satisfies Record<string, ModelBug>;

export type BugName = keyof typeof BUGS;
