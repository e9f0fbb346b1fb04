import { acknowledgedGone, broken, held, measured, readBy } from "../facts.ts";
import type { TextbookScenario } from "../scenario.ts";
import { add, during, kill, read } from "../script.ts";

export const ackBeforeDisk: TextbookScenario = {
  name: "ack-before-disk",
  title: "a write is acknowledged before it is on disk, and the power fails",
  source:
    "Redis's documentation, Persistence (`appendfsync everysec`); Kleppmann, Designing Data-Intensive Applications, ch. 3",
  story: {
    happens: "Alice's order is confirmed. A moment later n1 loses power; when it is back, the order is not there.",
    why: "n1 forces its log to disk once a second, and confirms before that. What was in between was in memory.",
    remedy: "Confirm when the disk has it (fsync), or when other nodes have it that do not lose power together.",
  },
  stage: {
    model: "single-leader",
    nodes: 3,
    workload: "set",
    clients: { alice: { node: "n1", reach: ["n1"] } },
    script: [
      [50, "alice", add("orders", "A")],
      [400, "alice", read("orders")],
    ],
    faults: [during(75, 300, kill("n1"))],
    syncMs: 2,
    settleMs: 500,
  },
  scene: { lanes: ["alice", "n1", "n2", "n3"], types: ["append", "mismatch"], spans: [[40, 500]] },
  without: {
    bug: "ack-before-disk",
    shows: [
      broken("durable", "lost-element"),
      measured("acknowledged and gone", acknowledgedGone, 1),
      measured("alice reads", readBy("alice"), [null]),
    ],
  },
  with: [
    {
      shows: [
        held("durable"),
        measured("acknowledged and gone", acknowledgedGone, 0),
        measured("alice reads", readBy("alice"), [["A"]]),
      ],
    },
  ],
};
