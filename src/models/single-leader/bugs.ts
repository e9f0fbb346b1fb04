import type { ModelBug } from "../../core/model.ts";

/** Deliberate defects. Where one is known from a real system, the description says so. */
export const BUGS = {
  "ack-before-disk": {
    description:
      "The leader acknowledges a write and forces it to disk up to a second later, as Redis does with " +
      "`appendfsync everysec`: a crash in between loses acknowledged writes.",
    breaks: ["durable"],
    hunt: { config: { replication: "async", reads: "leader", failover: "none" }, faults: ["kill"] },
  },
  "skip-lost-entry": {
    description:
      "A follower accepts entries whose predecessors it never received, and acknowledges them: what was lost on the way " +
      "is missing from its copy for ever.",
    breaks: ["eventual"],
    hunt: { config: { replication: "async", reads: "leader", failover: "none" }, faults: ["link"] },
  },
  "fencing-ignored": {
    description:
      "Followers accept entries of an epoch that they have promised not to accept any more, so a deposed leader goes on " +
      "acknowledging writes and overwrites those of its successor.",
    breaks: ["durable"],
    hunt: {
      config: { replication: "semi-sync", reads: "leader", failover: "fenced" },
      faults: ["partition"],
      nodes: 3,
    },
  },
  "elect-stale-follower": {
    description:
      "A new leader keeps its own log, though a node that promised has a more up-to-date one, and so discards " +
      "acknowledged writes (as Elasticsearch did when it elected by node id, Jepsen 2014).",
    breaks: ["durable"],
    hunt: { config: { replication: "semi-sync", reads: "leader", failover: "fenced" }, faults: ["partition"] },
  },
  "unconfirmed-read": {
    description:
      "A leader answers reads without asking whether it still leads (as etcd and Consul did by default, Jepsen 2014): a " +
      "deposed leader that has not heard of its successor shows old values.",
    breaks: ["linearizable"],
    hunt: {
      config: { replication: "semi-sync", reads: "leader", failover: "fenced" },
      faults: ["partition"],
      nodes: 3,
    },
  },
  "fail-in-doubt": {
    description:
      "A deposed leader tells clients that the writes it could not acknowledge have failed, though its followers may " +
      "have them and the next leader may keep them.",
    breaks: ["linearizable"],
    hunt: { config: { replication: "semi-sync", reads: "leader", failover: "fenced" }, faults: ["partition"] },
  },
  "position-forgotten": {
    description:
      "A session forgets the position of its last write after 200 ms, in the belief that replication is never slower: " +
      "it then reads from copies that do not have it (the window of time that Kleppmann warns of, ch. 5, " +
      "'Reading Your Own Writes').",
    breaks: ["read-your-writes"],
    hunt: { config: { replication: "async", reads: "read-your-writes", failover: "none" }, faults: ["partition"] },
  },
  "gaps-shown": {
    description:
      "A follower that applies in parallel streams shows whatever is done, though later entries may be done before " +
      "earlier ones (as MySQL's replicas do with `replica_preserve_commit_order` off): two followers show two writes in " +
      "opposite orders.",
    breaks: ["prefix"],
    hunt: { config: { reads: "consistent-prefix", apply: "by-key" }, faults: [], workload: "long-fork" },
  },
} as const satisfies Record<string, ModelBug>;

export type BugName = keyof typeof BUGS;
