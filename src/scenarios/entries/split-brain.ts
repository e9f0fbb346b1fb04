import { acknowledgedGone, broken, held, measured } from "../facts.ts";
import type { TextbookScenario } from "../scenario.ts";
import { add, during, split } from "../script.ts";

export const splitBrain: TextbookScenario = {
  name: "split-brain",
  title: "two leaders at once, and both acknowledge",
  source:
    'Kleppmann, Designing Data-Intensive Applications, ch. 5, "Leader failure: Failover", and ch. 8, "The Truth Is ' +
    'Defined by the Majority"',
  story: {
    happens:
      "A partition leaves the leader n1 alone. The others take it for dead, and n2 takes over. Alice's orders go to the " +
      "old leader, Bob's to the new one. When the network is whole again, one side's orders are thrown away.",
    why: "Silence is not death, and nothing stops a leader that does not know that it was replaced.",
    remedy:
      "A quorum: the new leader first collects promises of a majority to accept nothing older, and a write needs a " +
      "majority, too. The old leader can have nothing acknowledged any more; Alice is told that nobody knows.",
  },
  stage: {
    model: "single-leader",
    nodes: 3,
    workload: "set",
    clients: { alice: { node: "n1", reach: ["n1"] }, bob: { node: "n3", reach: ["n2", "n3"] } },
    script: [
      [50, "alice", add("sold", "A1")],
      [900, "alice", add("sold", "A2")],
      [905, "bob", add("sold", "B1")],
    ],
    faults: [during(100, 1100, split(["n1"], ["n2", "n3"]))],
    timeoutMs: 150,
    settleMs: 1500,
  },
  scene: {
    lanes: ["alice", "n1", "n2", "n3", "bob"],
    types: ["append", "prepare", "promise", "survey", "standing", "nominate"],
    traces: ["leader", "follower"],
    spans: [[40, 1160]],
  },
  without: {
    config: { replication: "async", failover: "naive" },
    shows: [broken("durable", "lost-element"), measured("acknowledged and gone", acknowledgedGone, 1)],
  },
  with: [
    {
      config: { replication: "semi-sync", failover: "fenced" },
      shows: [held("durable"), measured("acknowledged and gone", acknowledgedGone, 0)],
    },
  ],
};
