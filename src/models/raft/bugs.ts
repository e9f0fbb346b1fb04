import type { ModelBug } from "../../core/model.ts";

/** Deliberate defects: each a rule left out at one place in the code. Where a real system had it, the description says so. */
export const BUGS = {
  "vote-not-persisted": {
    description:
      "A server keeps its term and its vote in memory only (Figure 2 wants them on disk before it answers), so after a " +
      "restart it votes again in terms in which it has voted: two leaders in one term, as Zeebe had for another reason " +
      "(camunda issue 5356).",
    breaks: ["monotonic-reads", "durable"],
    hunt: { faults: ["partition", "kill", "link"], nodes: 3 },
  },
  "no-up-to-date-check": {
    description:
      "A server votes for any candidate, however old its log (without the election restriction of §5.4.1), so a new " +
      "leader deletes committed entries.",
    breaks: ["durable"],
    hunt: { faults: ["partition", "kill"] },
  },
  "commit-older-term": {
    description:
      "A new leader takes whatever a majority stores for committed, also entries of older terms (Figure 8, §5.4.2), and " +
      "sends its no-op and new commands only after it has spread what it inherited for a second.",
    breaks: ["linearizable", "eventual"],
    hunt: {
      config: { reads: "read-index" },
      faults: ["partition", "pause", "kill", "link"],
      workload: "append",
      nodes: 3,
    },
  },
  "ack-before-majority": {
    description:
      "A leader commits and acknowledges a command as soon as it is in its own log (§5.3 wants a majority), so what it " +
      "acknowledged while cut off is lost, as in every system that acknowledges before it replicates.",
    breaks: ["read-your-writes", "monotonic-reads", "eventual"],
    hunt: { faults: ["partition"] },
  },
  "unsynced-log": {
    description:
      "Log entries are written but not forced to disk before they are acknowledged (Figure 2, persistent state), so " +
      "servers that crash together lose committed entries.",
    breaks: ["durable"],
    hunt: { faults: ["kill"] },
  },
  "stale-local-read": {
    description:
      "A leader answers reads from its own state without asking whether it still leads (§8), as etcd and Consul did by " +
      "default (Jepsen 2014): a deposed leader shows old values.",
    breaks: ["linearizable"],
    hunt: { config: { reads: "read-index" }, faults: ["partition"] },
  },
  "read-index-without-no-op": {
    description:
      "A new leader serves reads before it has committed an entry of its own term (dissertation §6.4, step 1), and so " +
      "without knowing what is committed, as etcd (issue 7331) and RedisRaft (pull request 22) once did.",
    breaks: ["read-your-writes", "monotonic-reads"],
    hunt: { config: { reads: "read-index" }, faults: ["partition", "kill"] },
  },
  "apply-twice-on-retry": {
    description:
      "The state machine does not remember which commands of a client it has applied (§8), so a command that was " +
      "retried takes effect twice, as with the retries of etcd's Java client (Jepsen: jetcd 0.8.2, 2024).",
    breaks: ["causal-ccv"],
    hunt: { faults: ["partition"], workload: "append" },
  },
  "truncate-on-append": {
    description:
      "A follower cuts its log after the position that AppendEntries names even if what follows agrees (§5.3, Figure 2, " +
      "receiver step 3), so a message that comes late takes back entries that were acknowledged.",
    breaks: ["durable"],
    hunt: { faults: ["kill", "link"], nodes: 3 },
  },
  "lease-too-long": {
    description:
      "A lease runs for 3 s, far longer than the shortest election timeout (dissertation §6.4.1), so a leader goes on " +
      "answering reads when another has long been elected.",
    breaks: ["linearizable"],
    hunt: { config: { reads: "lease" }, faults: ["partition"] },
  },
  "lease-on-wall-clock": {
    description:
      "A lease ends at a time of the leader's wall clock, which every server compares with its own (dissertation §6.4.1 " +
      "wants spans of time, on clocks of bounded drift): a follower whose clock is past it helps to elect another " +
      "leader, while the old one answers reads until its own clock is there. NebulaGraph takes the wall clock on " +
      "processors other than x86 (issue 2723), as SOFAJRaft did before 1.2.4 (issue 24).",
    breaks: ["read-your-writes"],
    hunt: { config: { reads: "lease" }, faults: ["clock"] },
  },
  "joint-new-majority-only": {
    description:
      "In a joint configuration a majority of the new voters is taken to be enough (§6 wants one of the old ones, too), " +
      "which is as if there was no joint configuration: disjoint majorities decide at the same time (Figure 10).",
    breaks: ["eventual"],
    hunt: {
      config: { membership: "joint" },
      faults: ["partition", "link"],
      workload: "append",
      nodes: 5,
      gapMs: 1000,
      network: { loss: 0.1 },
    },
  },
  "changes-overlap": {
    description:
      "A leader changes the voters again before the last change is committed (dissertation §4.1): each set differs from " +
      "the one before by one server, but a leader that is cut off gets as far as a set in which its side is the majority.",
    breaks: ["eventual"],
    hunt: { config: { membership: "one-at-a-time" }, faults: ["partition"], workload: "append", nodes: 5 },
  },
  "learners-counted": {
    description:
      "A leader counts the copies of learners like those of voters (dissertation §4.2.1 adds them as non-voting members): " +
      "what it acknowledges is on no majority of those who elect its successor.",
    breaks: ["eventual"],
    hunt: { config: { membership: "joint" }, faults: ["partition"], nodes: 5 },
  },
  "snapshot-without-voters": {
    description:
      "A snapshot does not say who votes (§7 wants the latest configuration in it), so whoever starts from one takes all " +
      "nodes for voters.",
    breaks: ["eventual"],
    hunt: {
      config: { compaction: "snapshots", membership: "joint" },
      faults: ["partition", "kill"],
      workload: "append",
      nodes: 5,
      gapMs: 1000,
    },
  },
  "snapshot-without-sessions": {
    description:
      "A snapshot holds the data and not the table of what each client has done (dissertation §6.3 counts it to the " +
      "state), and a server goes on from its snapshot: a command that is retried across one takes effect twice.",
    breaks: ["causal-ccv"],
    hunt: {
      config: { compaction: "snapshots", leadership: "transfers" },
      faults: ["kill", "link"],
      workload: "append",
    },
  },
  "snapshot-ahead-of-state": {
    description:
      "A snapshot is said to reach to the end of the log, and not to the last entry that is applied (§7: it covers " +
      "committed entries only), so whoever starts from it never applies what is between.",
    breaks: ["eventual"],
    hunt: { config: { compaction: "snapshots" }, faults: ["kill"], workload: "append" },
  },
  "pre-votes-counted": {
    description:
      "A candidate counts those who said in the pre-vote that they would vote for it (dissertation §9.6) among those who " +
      "did. Nobody is bound by that, so two servers that ask at the same time lead the same term.",
    breaks: ["eventual"],
    hunt: {
      config: { election: "pre-vote" },
      faults: ["partition", "kill"],
      workload: "append",
      nodes: 5,
      gapMs: 1000,
      network: { delay: { kind: "uniform", minMs: 10, maxMs: 60 } },
    },
  },
  "transfer-without-vote": {
    description:
      "The node that a leader hands over to leads the next term at once and asks for no votes (dissertation §3.10: it " +
      "begins an election), while others who hear nothing of either elect a leader of the same term.",
    breaks: ["eventual"],
    hunt: { config: { leadership: "transfers" }, faults: ["partition"], workload: "append", nodes: 5 },
  },
} as const satisfies Record<string, ModelBug>;

export type BugName = keyof typeof BUGS;
