import { acknowledged, acknowledgedGone, broken, held, measured } from "../facts.ts";
import type { TextbookScenario } from "../scenario.ts";
import { add, during, kill, mute } from "../script.ts";

export const lostOnFailover: TextbookScenario = {
  name: "lost-on-failover",
  title: "a fail-over loses a write that was acknowledged",
  source: 'Kleppmann, Designing Data-Intensive Applications, ch. 5, "Leader failure: Failover"',
  story: {
    happens: "The leader dies, a follower takes over, and an order that was confirmed does not exist any more.",
    why: "The old leader confirmed it when it was on its own disk. No follower has it, and so the new leader has not.",
    remedy:
      "Semi-synchronous replication: a write is confirmed when a follower's disk has it too, and the follower with the " +
      "longest log takes over. Alice is not told that her order is safe; it is not.",
  },
  stage: {
    model: "single-leader",
    nodes: 3,
    workload: "set",
    clients: { alice: { node: "n1", reach: ["n1"] }, bob: { node: "n3", reach: ["n2", "n3"] } },
    script: [
      [50, "alice", add("orders", "A")],
      [100, "alice", add("orders", "B")],
      [700, "bob", add("orders", "C")],
    ],
    faults: [during(105, 2000, mute(["n1"], ["n2", "n3"])), during(125, 2000, kill("n1"))],
    timeoutMs: 300,
    settleMs: 1500,
  },
  scene: {
    lanes: ["alice", "n1", "n2", "n3", "bob"],
    types: ["append", "prepare", "promise"],
    spans: [[40, 750]],
  },
  without: {
    config: { replication: "async", failover: "fenced" },
    shows: [
      broken("durable", "lost-element"),
      measured("acknowledged", acknowledged, 3),
      measured("acknowledged and gone", acknowledgedGone, 1),
    ],
  },
  with: [
    {
      config: { replication: "semi-sync", failover: "fenced" },
      shows: [
        held("durable"),
        measured("acknowledged", acknowledged, 2),
        measured("acknowledged and gone", acknowledgedGone, 0),
      ],
    },
  ],
};
