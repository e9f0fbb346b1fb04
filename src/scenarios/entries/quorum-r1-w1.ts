import { broken, held, measured, readBy } from "../facts.ts";
import type { TextbookScenario } from "../scenario.ts";
import { during, read, slow, write } from "../script.ts";

export const quorumR1W1: TextbookScenario = {
  name: "quorum-r1-w1",
  title: "N=3, R=1, W=1: a read misses a write that was acknowledged",
  source:
    'Kleppmann, Designing Data-Intensive Applications, ch. 5, "Quorums for reading and writing"; Gifford (SOSP 1979)',
  story: {
    happens: "Alice's write is acknowledged. Bob reads after that, and finds nothing.",
    why: "One copy was enough for the write, and one for the read. It was not the same one.",
    remedy: "R + W > N: with two copies each, every read asks at least one copy that has the write.",
  },
  stage: {
    model: "leaderless",
    nodes: 3,
    workload: "sessions",
    clients: { alice: { node: "n1", reach: ["n1"] }, bob: { node: "n3", reach: ["n3"] } },
    script: [
      [10, "alice", write("x", 1)],
      [60, "bob", read("x")],
    ],
    faults: [during(0, 300, slow(["n1"], ["n3"], 150))],
  },
  scene: { lanes: ["alice", "n1", "n2", "n3", "bob"] },
  without: {
    config: { quorum: "n3r1w1" },
    shows: [broken("linearizable", "stale-read"), measured("bob reads", readBy("bob"), [null])],
  },
  with: [
    {
      config: { quorum: "n3r2w2" },
      shows: [held("linearizable"), measured("bob reads", readBy("bob"), [1])],
    },
  ],
};
