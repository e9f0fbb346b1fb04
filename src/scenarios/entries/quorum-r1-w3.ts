import { answersTo, measured } from "../facts.ts";
import type { TextbookScenario } from "../scenario.ts";
import { during, kill, read, write } from "../script.ts";

export const quorumR1W3: TextbookScenario = {
  name: "quorum-r1-w3",
  title: "N=3, R=1, W=3: one dead node, and nothing can be written",
  source:
    'Kleppmann, Designing Data-Intensive Applications, ch. 5, "Quorums for reading and writing"; Gifford (SOSP 1979)',
  story: {
    happens: "One node is down. Bob can read from any copy, but Alice's write is not acknowledged.",
    why: "Reads that ask one copy are fast, and miss nothing only if each write is on all copies. R + W > N, and writes pay.",
    remedy: "Majorities for both: each of the two operations does without any one node.",
  },
  stage: {
    model: "leaderless",
    nodes: 3,
    workload: "sessions",
    clients: { alice: { node: "n1", reach: ["n1"] }, bob: { node: "n3", reach: ["n3"] } },
    script: [
      [10, "alice", write("x", 1)],
      [100, "alice", write("x", 2)],
      [250, "bob", read("x")],
    ],
    faults: [during(80, 600, kill("n2"))],
    timeoutMs: 250,
  },
  scene: { lanes: ["alice", "n1", "n2", "n3", "bob"], types: ["store", "stored", "ask", "answer"] },
  without: {
    config: { quorum: "n3r1w3" },
    shows: [measured("alice", answersTo("alice"), ["ok", "no answer"]), measured("bob", answersTo("bob"), [2])],
  },
  with: [
    {
      config: { quorum: "n3r2w2" },
      shows: [measured("alice", answersTo("alice"), ["ok", "ok"]), measured("bob", answersTo("bob"), [2])],
    },
  ],
};
