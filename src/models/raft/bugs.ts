import type { ModelBug } from "../../core/model.ts";

/** Deliberate defects. Each is a rule of the paper left out at one place in the code, marked by the bug's name. */
export const BUGS = {
  "vote-not-persisted": {
    description: "x",
    breaks: ["linearizable"],
    hunt: { faults: ["kill"] },
  },
  "no-up-to-date-check": { description: "x", breaks: ["linearizable"], hunt: {} },
  "commit-older-term": { description: "x", breaks: ["linearizable"], hunt: {} },
  "ack-before-majority": { description: "x", breaks: ["linearizable"], hunt: {} },
  "unsynced-log": { description: "x", breaks: ["linearizable"], hunt: {} },
  "stale-local-read": { description: "x", breaks: ["linearizable"], hunt: {} },
  "read-index-without-no-op": { description: "x", breaks: ["linearizable"], hunt: {} },
  "apply-twice-on-retry": { description: "x", breaks: ["linearizable"], hunt: {} },
  "truncate-on-append": { description: "x", breaks: ["linearizable"], hunt: {} },
  "lease-without-vote-refusal": { description: "x", breaks: ["linearizable"], hunt: {} },
  "lease-too-long": { description: "x", breaks: ["linearizable"], hunt: {} },
} as const satisfies Record<string, ModelBug>;

export type BugName = keyof typeof BUGS;
