import { copiesOf, measured, readBy } from "../facts.ts";
import type { TextbookScenario } from "../scenario.ts";
import { during, read, split, write } from "../script.ts";

export const readRepair: TextbookScenario = {
  name: "read-repair",
  title: "a replica that missed a write stays behind, until a read finds it so",
  source:
    'Kleppmann, Designing Data-Intensive Applications, ch. 5, "Read repair and anti-entropy"; DeCandia et al., Dynamo (SOSP 2007), §5',
  story: {
    happens: "n3 was cut off when Alice wrote. It is back, somebody reads x, and still n3 has the old value.",
    why: "The read asked n3, too, saw that its copy is older than the others', and did nothing about it.",
    remedy: "Read repair: who reads sends the newest version to those that answered with an older one.",
  },
  stage: {
    model: "leaderless",
    nodes: 3,
    workload: "sessions",
    clients: { alice: { node: "n1", reach: ["n1"] }, bob: { node: "n2", reach: ["n2"] } },
    script: [
      [10, "alice", write("x", 1)],
      [100, "alice", write("x", 2)],
      [1270, "bob", read("x")],
    ],
    // n1 tries for a second to reach n3; every 250 ms two nodes compare what they have, next at 1,500 ms.
    faults: [during(90, 1260, split(["n1", "n2"], ["n3"]))],
    settleMs: 40,
  },
  scene: {
    lanes: ["alice", "n1", "bob", "n2", "n3"],
    types: ["store", "stored", "ask", "answer"],
    spans: [
      [0, 135],
      [1255, 1350],
    ],
  },
  without: {
    config: { quorum: "n3r2w2", repair: "anti-entropy" },
    shows: [measured("bob reads", readBy("bob"), [2]), measured("n1, n2, n3 have", copiesOf("x"), [2, 2, 1])],
  },
  with: [
    {
      config: { quorum: "n3r2w2", repair: "read-repair" },
      shows: [measured("bob reads", readBy("bob"), [2]), measured("n1, n2, n3 have", copiesOf("x"), [2, 2, 2])],
    },
  ],
};
