import type { ModelBug } from "../../core/model.ts";

const ABD = { "write-back": "abd" } as const;

/** Deliberate defects. Where one is known from a real system or a paper, the description says so. */
export const BUGS = {
  "write-back-skipped": {
    description:
      "A read answers without bringing what it found to W copies, as if quorums that overlap were enough (Kleppmann, " +
      "ch. 9, 'Linearizability and quorums'): a later read may find the older value.",
    breaks: ["linearizable"],
    hunt: { config: { quorum: "n3r1w3", ...ABD }, faults: ["partition"], nodes: 5 },
  },
  "stamps-by-wall-clock": {
    description:
      "A write takes its stamp from the coordinator's wall clock and does not ask for one above all others (as in " +
      "Cassandra: Jepsen 2013, 'The trouble with timestamps'): it is dropped where the clock is behind.",
    breaks: ["durable"],
    hunt: { config: ABD, faults: ["clock"] },
  },
  "answers-counted-twice": {
    description:
      "A coordinator counts answers and not the nodes that they come from: one node that answers twice is a quorum, after " +
      "a message was sent again or doubled on its way.",
    breaks: ["linearizable"],
    hunt: { config: ABD, faults: ["partition", "link"], nodes: 5 },
  },
  "repair-overwrites-newer": {
    description:
      "A node that is told what a read has found keeps it without comparing versions, and so goes back to an older one if " +
      "a write came in between.",
    breaks: ["linearizable"],
    hunt: { config: ABD, faults: ["partition", "link"], nodes: 5 },
  },
  "acknowledged-before-disk": {
    description:
      "A node acknowledges what it has not forced to disk, as Cassandra does unless told otherwise " +
      "(`commitlog_sync: periodic`): nodes that crash together lose acknowledged writes.",
    breaks: ["durable"],
    hunt: { config: ABD, faults: ["kill"] },
  },
  "keys-hashed-without-versions": {
    description:
      "The leaves of Merkle trees are digests of keys alone (§4.7 wants those of values): a copy that missed an overwrite " +
      "looks like all others, and stays behind for ever.",
    breaks: ["eventual"],
    hunt: { config: { versions: "siblings", repair: "anti-entropy" }, faults: ["partition"] },
  },
  "vectors-compared-by-sum": {
    description:
      "Of two copies the one with the larger sum of counts is taken for the newer, though neither may know of the other: " +
      "concurrent writes are dropped instead of kept as siblings (what the vectors of §4.4 are there to prevent).",
    breaks: ["durable"],
    hunt: { config: { versions: "siblings" }, faults: ["partition"], workload: "set" },
  },
  "counters-in-memory": {
    description:
      "A node keeps in memory how many writes of a key it has named, and begins anew after a restart: others take its new " +
      "writes for old ones that they know to be overwritten (Riak, where a node had lost its data: riak_kv issue 679).",
    breaks: ["durable"],
    hunt: { config: { versions: "siblings" }, faults: ["kill"], workload: "set" },
  },
} as const satisfies Record<string, ModelBug>;

export type BugName = keyof typeof BUGS;
