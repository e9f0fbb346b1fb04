import { broken, held, measured, readBy } from "../facts.ts";
import type { TextbookScenario } from "../scenario.ts";
import { during, read, slow, write } from "../script.ts";

export const quorumN5R2W3: TextbookScenario = {
  name: "quorum-n5-r2-w3",
  title: "N=5, W=3, R=2: a majority has the write, and a read misses it",
  source:
    'Kleppmann, Designing Data-Intensive Applications, ch. 5, "Quorums for reading and writing"; Gifford (SOSP 1979)',
  story: {
    happens: "Three of five copies have Alice's write. Bob asks two, and finds nothing.",
    why: "3 + 2 = 5 is not more than 5: the two that he asks can be just those that the write has not reached.",
    remedy: "R + W > N: with R=3 he asks one of the three at least.",
  },
  stage: {
    model: "leaderless",
    nodes: 5,
    workload: "sessions",
    clients: { alice: { node: "n1", reach: ["n1"] }, bob: { node: "n5", reach: ["n5"] } },
    script: [
      [10, "alice", write("x", 1)],
      [60, "bob", read("x")],
    ],
    faults: [during(0, 400, slow(["n1"], ["n4", "n5"], 150)), during(0, 400, slow(["n2", "n3"], ["n5"], 15))],
  },
  scene: { lanes: ["alice", "n1", "n2", "n3", "n4", "n5", "bob"], types: ["store", "ask", "answer"] },
  without: {
    config: { quorum: "n5r2w3" },
    shows: [broken("linearizable", "stale-read"), measured("bob reads", readBy("bob"), [null])],
  },
  with: [
    {
      config: { quorum: "n5r3w3" },
      shows: [held("linearizable"), measured("bob reads", readBy("bob"), [1])],
    },
  ],
};
