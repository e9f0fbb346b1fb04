import type { ModelBug } from "../../core/model.ts";

/** Deliberate defects. Where one is known from a real system or a paper, the description says so. */
export const BUGS = {
  "ack-before-disk": {
    description:
      "A node acknowledges what it received before that is on its disk (as MySQL replicas whose `relay-log.info` was ahead " +
      "of their data): what a crash takes from it is not sent again, and in a ring nobody behind it ever gets it.",
    breaks: ["eventual"],
    hunt: { config: { topology: "ring", conflicts: "crdt" }, faults: ["kill"] },
  },
  "tie-keeps-present": {
    description:
      "Timestamps are compared in whole seconds, and of two equal ones each node keeps the write that it has already: copies " +
      "differ for ever (ties of Cassandra's timestamps, Jepsen 2013, are broken by the value for that reason).",
    breaks: ["eventual"],
    hunt: { config: { conflicts: "lww" }, faults: ["partition"] },
  },
  "mine-first": {
    description:
      "The application's merge function prefers the value that it is given first, so that it matters which node merges: " +
      "not commutative (Shapiro et al. 2011, §2). Each node puts its own value first.",
    breaks: ["eventual"],
    hunt: { config: { conflicts: "merge" }, faults: ["partition"] },
  },
  "vectors-without-dots": {
    description:
      "A version is known by a vector alone, in which its node counts up its own entry: of two clients that read the same and " +
      "write through one node the second is taken to have seen the first (Preguiça et al. 2010, §3; Riak before 2.0).",
    breaks: ["durable"],
    hunt: { config: { conflicts: "version-vectors" }, workload: "set", faults: ["partition"] },
  },
  "clock-ignores-others": {
    description:
      "A node's logical clock counts its own writes and not those that it receives (Lamport 1978 asks for both): what a " +
      "session writes over a value that it has read loses to that value.",
    breaks: ["causal-cc"],
    hunt: { config: { topology: "star", conflicts: "crdt" }, faults: ["partition"] },
  },
  "silent-node-ignored": {
    description:
      "A node that was silent for 300 ms has no say in whether a write conflicts, in the belief that it is dead: cut off, it " +
      "does the same, both sides commit, and their copies differ for ever.",
    breaks: ["eventual"],
    hunt: { config: { conflicts: "on-write" }, faults: ["partition"] },
  },
} as const satisfies Record<string, ModelBug>;

export type BugName = keyof typeof BUGS;
