import type { ModelBug } from "../../core/model.ts";

/** Deliberate defects. Where one is known from a real system or a paper, the description says so. */
export const BUGS = {
  "one-number": {
    description:
      "A counter is a single number, and of two the larger one stays: of concurrent increments all but one are lost " +
      "(the example of Shapiro et al. 2011, §3.1.2).",
    breaks: ["durable"],
    hunt: { config: { registers: "mv-register" }, workload: "g-counter", faults: ["partition"] },
  },
  "merge-adds": {
    description:
      "Where copies of a counter meet, their counts are added up: not idempotent (Shapiro et al. 2011, §2.3), so that what is " +
      "heard twice counts twice, as do increments that are sent again after a timeout (Cassandra's counters).",
    breaks: ["causal-cc", "eventual"],
    hunt: { workload: "pn-counter", faults: ["link"] },
  },
  "tombstones-dropped": {
    description:
      "A set forgets what was removed from it before all nodes know: a copy that still has the element brings it back " +
      "(the carts of Dynamo, SOSP 2007, §4.4; Cassandra's zombies, where `gc_grace_seconds` is too short).",
    breaks: ["durable"],
    hunt: { config: { registers: "mv-register" }, workload: "cart", faults: ["partition"] },
  },
  "removed-for-ever": {
    description:
      "A set remembers removed elements by their value and not by their adds (the 2P-Set of Shapiro et al. 2011, §3.3.2): " +
      "what was removed once can be added again, is acknowledged, and is never seen.",
    breaks: ["durable"],
    hunt: { config: { registers: "mv-register" }, workload: "cart", faults: ["partition"] },
  },
  "acks-assumed": {
    description:
      "A node takes a delta for received once it is sent: one that is lost on the way is never sent again (the assumption of " +
      "reliable delivery that Almeida et al. 2018 do without).",
    breaks: ["eventual"],
    hunt: { config: { propagation: "delta" }, workload: "set", faults: ["partition"] },
  },
  "ties-by-arrival": {
    description:
      "Writes are stamped with the wall clock's seconds and nothing else, and of two equal stamps each node keeps what it " +
      "has: copies differ for ever (Shapiro et al. 2011, §3.2.1, asks for unique stamps).",
    breaks: ["eventual"],
    hunt: { workload: "lww-register", faults: ["partition"] },
  },
  "gossip-before-disk": {
    description:
      "A change is acknowledged and sent on before it is on disk. After a crash the node gives its dot, or its count, to " +
      "another change, which those who have the first take for the same.",
    breaks: ["durable"],
    hunt: { config: { registers: "mv-register" }, workload: "cart", faults: ["kill"] },
  },
} as const satisfies Record<string, ModelBug>;

export type BugName = keyof typeof BUGS;
