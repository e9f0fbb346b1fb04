import { acknowledgedGone, broken, held, measured, readBy } from "../facts.ts";
import type { TextbookScenario } from "../scenario.ts";
import { add, read } from "../script.ts";

export const concurrentWrites: TextbookScenario = {
  name: "concurrent-writes",
  title: "two people fill one shopping cart at the same time, and one of the things is gone",
  source:
    'DeCandia et al., Dynamo (SOSP 2007), §4.4; Kleppmann, Designing Data-Intensive Applications, ch. 5, "Detecting Concurrent Writes"',
  story: {
    happens: "Alice puts milk in the cart and Bob eggs, at the same time. Both are acknowledged; one is gone.",
    why: "Neither write knew of the other. The last one wins, by its time stamp, and the other is overwritten by it.",
    remedy: "Version vectors tell that the two are concurrent. Both are kept, as siblings, and a read unites them.",
  },
  stage: {
    model: "leaderless",
    nodes: 3,
    workload: "set",
    clients: { alice: { node: "n1", reach: ["n1"] }, bob: { node: "n3", reach: ["n3"] } },
    script: [
      [10, "alice", add("cart", "milk")],
      [12, "bob", add("cart", "eggs")],
      [100, "alice", read("cart")],
    ],
    settleMs: 1500,
  },
  scene: { lanes: ["alice", "n1", "n2", "n3", "bob"], types: ["store"], spans: [[0, 140]] },
  without: {
    config: { versions: "lww" },
    shows: [
      broken("durable", "lost-element"),
      measured("acknowledged and gone", acknowledgedGone, 1),
      measured("alice reads", readBy("alice"), [["eggs"]]),
    ],
  },
  with: [
    {
      config: { versions: "siblings" },
      shows: [held("durable"), measured("alice reads", readBy("alice"), [["milk", "eggs"]])],
    },
  ],
};
