import { broken, held, measured, readBy } from "../facts.ts";
import type { TextbookScenario } from "../scenario.ts";
import { during, read, slow, write } from "../script.ts";

export const monotonicReads: TextbookScenario = {
  name: "monotonic-reads",
  title: "a user sees time go backwards",
  source: 'Kleppmann, Designing Data-Intensive Applications, ch. 5, "Monotonic Reads"',
  story: {
    happens: "Alice posts a comment. Bob reloads the page: the comment is there, and with the next reload it is gone.",
    why: "Each of his reads goes to another follower. The first has the comment, the second lags and has not.",
    remedy: "A session stays with one replica. It may be behind, but it never goes back.",
  },
  stage: {
    model: "single-leader",
    nodes: 3,
    workload: "register",
    clients: { alice: { node: "n1" }, bob: { node: "n2", reach: ["n2", "n3"] } },
    script: [
      [50, "alice", write("comment", "hi")],
      [80, "bob", read("comment")],
      [120, "bob", read("comment")],
    ],
    faults: [during(40, 400, slow(["n1"], ["n3"], 200))],
    seed: 2,
  },
  scene: { lanes: ["alice", "n1", "n2", "n3", "bob"], types: ["append"], spans: [[40, 300]] },
  without: {
    config: { reads: "any-replica" },
    shows: [broken("monotonic-reads"), measured("bob reads", readBy("bob"), ["hi", null])],
  },
  with: [
    {
      config: { reads: "sticky-replica" },
      shows: [held("monotonic-reads"), measured("bob reads", readBy("bob"), ["hi", "hi"])],
    },
  ],
};
