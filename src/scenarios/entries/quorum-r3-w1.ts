import { answersTo, measured } from "../facts.ts";
import type { TextbookScenario } from "../scenario.ts";
import { during, kill, read, write } from "../script.ts";

export const quorumR3W1: TextbookScenario = {
  name: "quorum-r3-w1",
  title: "N=3, R=3, W=1: one dead node, and nothing can be read",
  source:
    'Kleppmann, Designing Data-Intensive Applications, ch. 5, "Quorums for reading and writing"; Gifford (SOSP 1979)',
  story: {
    happens: "One node is down. Alice can still write, but nobody can read what she wrote.",
    why: "A write that one copy has is found for sure only by who asks all copies. R + W > N, and reads pay for it.",
    remedy: "Majorities for both: each of the two operations does without any one node.",
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
    faults: [during(0, 500, kill("n2"))],
    timeoutMs: 250,
  },
  scene: { lanes: ["alice", "n1", "n2", "n3", "bob"], types: ["store", "stored", "ask", "answer"] },
  without: {
    config: { quorum: "n3r3w1" },
    shows: [measured("alice", answersTo("alice"), ["ok"]), measured("bob", answersTo("bob"), ["no answer"])],
  },
  with: [
    {
      config: { quorum: "n3r2w2" },
      shows: [measured("alice", answersTo("alice"), ["ok"]), measured("bob", answersTo("bob"), [1])],
    },
  ],
};
