import { broken, held, measured, readBy } from "../facts.ts";
import type { TextbookScenario } from "../scenario.ts";
import { acquire, during, read, split, write } from "../script.ts";

export const lockPartition: TextbookScenario = {
  name: "lock-partition",
  title: "a holder that is cut off goes on writing when the lock is another's",
  source:
    "Burrows, The Chubby lock service (OSDI 2006), §2.4 and §2.8; Kleppmann, Designing Data-Intensive Applications, ch. 8, " +
    '"The Truth Is Defined by the Majority"',
  story: {
    happens:
      "Alice has the lock. She and n3, where the file is, are cut off from the other nodes. They hear nothing of her, her " +
      "session expires, and Bob gets the lock and writes. Then she writes, too, and replaces what he wrote.",
    why: "She takes the lock for hers until she is told that it is not, and nobody can tell her.",
    remedy:
      "She counts from the last renewal that was confirmed, on her own clock, and stops before the others may give the lock " +
      "away. Or n3 refuses her write: it has seen Bob's fencing token, which is larger than hers.",
  },
  stage: {
    model: "lock-service",
    nodes: 3,
    workload: "lock",
    clients: { alice: { node: "n3", reach: ["n3"] }, bob: { node: "n1" } },
    script: [
      [400, "alice", acquire("file")],
      [450, "alice", write("file", "A1")],
      [1700, "bob", acquire("file")],
      [1800, "bob", write("file", "B1")],
      [1900, "alice", write("file", "A2")],
      [2000, "bob", read("file")],
    ],
    faults: [during(500, 2500, split(["n1", "n2"], ["n3"]))],
    timeoutMs: 2000,
    seed: 1,
  },
  scene: { lanes: ["alice", "n3", "n1", "bob"], types: ["append-entries"], spans: [[390, 2100]] },
  without: {
    config: { holder: "trusts-session", resource: "unfenced" },
    shows: [broken("mutual-exclusion"), measured("bob reads", readBy("bob"), ["A2"])],
  },
  with: [
    {
      config: { holder: "checks-clock", resource: "unfenced" },
      shows: [held("mutual-exclusion"), measured("bob reads", readBy("bob"), ["B1"])],
    },
    {
      config: { holder: "trusts-session", resource: "fenced" },
      shows: [held("fencing"), measured("bob reads", readBy("bob"), ["B1"])],
    },
  ],
};
