import type { ModelBug } from "../../core/model.ts";

/** Deliberate defects. Where one is known from a real system or a paper, the description says so. */
export const BUGS = {
  "strong-read-at-replica": {
    description:
      "A strongly consistent read is answered by whichever replica gets it, from its copy, and not by the leader alone " +
      "(Elhemali et al., ATC 2022, §3): as if the flag ConsistentRead had been lost on the way.",
    breaks: ["read-your-writes"],
    hunt: { faults: ["partition"] },
  },
  "lease-outlived": {
    description:
      "The leader of a partition answers strongly consistent reads for as long as it believes that it leads, with a lease or " +
      "without (Elhemali et al., ATC 2022, §3, on leases): cut off, it shows old values when another has taken over.",
    breaks: ["linearizable"],
    hunt: { faults: ["partition"] },
  },
  "condition-checked-outside-log": {
    description:
      "The leader evaluates the condition of a write against its copy when the request comes in, and then has the write " +
      "done without it: of two conditional writes under way both succeed, and one update is lost.",
    breaks: ["linearizable"],
    hunt: { faults: ["partition"] },
  },
  "retry-applied-twice": {
    description:
      "A repeated request is applied again: an atomic counter counts it twice (as the DynamoDB developer guide warns of " +
      "counters by update expression, which are not idempotent).",
    breaks: ["counter-bounds"],
    hunt: { faults: ["partition"], workload: "counter" },
  },
  "stream-drops-on-failover": {
    description:
      "How far the other region's stream was read is known to the partition's leader only; its successor starts at the " +
      "latest record (a shard iterator of type LATEST), and what was written in between never gets to this region.",
    breaks: ["eventual"],
    hunt: { config: { tables: "global" }, faults: ["kill"] },
  },
  "arrival-order": {
    description:
      "What comes from the other region is applied as it arrives, whatever its timestamp: two regions that wrote the same " +
      "item swap their versions.",
    breaks: ["eventual"],
    hunt: { config: { tables: "global" }, faults: ["partition"] },
  },
  "timestamp-goes-back": {
    description:
      "A write is stamped with the leader's wall clock, even if the item has a later stamp already: its own region shows it, " +
      "and the other one drops it as the older.",
    breaks: ["eventual"],
    hunt: { config: { tables: "global" }, faults: ["clock", "partition"] },
  },
} as const satisfies Record<string, ModelBug>;

export type BugName = keyof typeof BUGS;
