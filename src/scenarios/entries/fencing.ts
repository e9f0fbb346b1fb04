import { acknowledgedGone, broken, held, measured } from "../facts.ts";
import type { TextbookScenario } from "../scenario.ts";
import { add, during, split } from "../script.ts";

export const fencing: TextbookScenario = {
  name: "fencing",
  title: "a deposed leader goes on acknowledging, for a follower still obeys it",
  source:
    'Kleppmann, Designing Data-Intensive Applications, ch. 8, "Fencing tokens"; ch. 5, "Leader failure: Failover"',
  story: {
    happens:
      "The line between n1 and n2 is cut. n2 hears no leader and has itself elected by n3. n1 knows nothing of that: n3 " +
      "takes its entry, too, and Alice's order is confirmed. Then n2, the leader, overwrites it.",
    why: "n3 has promised n2 to take nothing of an older leader, and forgets it.",
    remedy:
      "The number of its term is the leader's fencing token. n3 refuses whatever comes with a lower one than it has promised; " +
      "n1 learns that it is deposed, and confirms nothing.",
  },
  stage: {
    model: "single-leader",
    config: { replication: "semi-sync", failover: "fenced" },
    nodes: 3,
    workload: "set",
    clients: { alice: { node: "n1", reach: ["n1"] }, bob: { node: "n2", reach: ["n2"] } },
    script: [
      [50, "alice", add("orders", "A1")],
      [610, "alice", add("orders", "A2")],
      [800, "bob", add("orders", "B1")],
    ],
    faults: [during(100, 1500, split(["n1"], ["n2"]))],
    timeoutMs: 300,
    settleMs: 1500,
    seed: 1,
  },
  scene: {
    lanes: ["alice", "n1", "n3", "n2", "bob"],
    types: ["append", "ack", "prepare", "promise", "stale"],
    traces: ["leader", "follower"],
    spans: [
      [40, 640],
      [790, 840],
    ],
  },
  without: {
    bug: "fencing-ignored",
    scene: {
      spans: [
        [40, 640],
        [790, 840],
        [1490, 1560],
      ],
    },
    shows: [broken("durable", "lost-element"), measured("acknowledged and gone", acknowledgedGone, 1)],
  },
  with: [{ shows: [held("durable"), measured("acknowledged and gone", acknowledgedGone, 0)] }],
};
