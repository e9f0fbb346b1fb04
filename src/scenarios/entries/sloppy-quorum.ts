import { answersTo, broken, held, measured, readBy } from "../facts.ts";
import type { TextbookScenario } from "../scenario.ts";
import { during, read, split, write } from "../script.ts";

export const sloppyQuorum: TextbookScenario = {
  name: "sloppy-quorum",
  title: "a sloppy quorum acknowledges what a read does not find, though R + W > N",
  source:
    'Kleppmann, Designing Data-Intensive Applications, ch. 5, "Sloppy Quorums and Hinted Handoff"; DeCandia et al., Dynamo (SOSP 2007), §4.6',
  story: {
    happens: "Alice's write is acknowledged by two nodes. Bob asks two nodes, the homes of the key, and finds nothing.",
    why: "The homes n2 and n4 were out of Alice's reach, so others stood in for them. Bob's quorum has none of those.",
    remedy: "A strict quorum: who cannot reach enough homes gets no acknowledgement.",
  },
  stage: {
    model: "leaderless",
    nodes: 5,
    workload: "sessions",
    clients: { alice: { node: "n1", reach: ["n1"] }, bob: { node: "n2", reach: ["n2"] } },
    script: [
      [10, "alice", write("x", 1)],
      [200, "bob", read("x")],
    ],
    faults: [during(0, 600, split(["n1", "n3", "n5"], ["n2", "n4"]))],
    timeoutMs: 250,
  },
  scene: { lanes: ["alice", "n1", "n3", "n5", "n2", "n4", "bob"], types: ["store", "stored", "ask", "answer"] },
  without: {
    config: { quorum: "n3r2w2", members: "sloppy" },
    shows: [
      broken("linearizable", "stale-read"),
      measured("alice", answersTo("alice"), ["ok"]),
      measured("bob reads", readBy("bob"), [null]),
    ],
  },
  with: [
    {
      config: { quorum: "n3r2w2", members: "strict" },
      shows: [
        held("linearizable"),
        measured("alice", answersTo("alice"), ["no answer"]),
        measured("bob reads", readBy("bob"), [null]),
      ],
    },
  ],
};
