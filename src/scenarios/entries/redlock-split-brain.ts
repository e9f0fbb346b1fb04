import { broken, held, measured, readBy } from "../facts.ts";
import type { TextbookScenario } from "../scenario.ts";
import { acquire, during, kill, read, release, write } from "../script.ts";

export const redlockSplitBrain: TextbookScenario = {
  name: "redlock-split-brain",
  title: "a node restarts without its keys, and two have a majority each",
  source:
    'Distributed Locks with Redis (redis.io), "Performance, crash recovery and fsync"; Kleppmann, How to do distributed ' +
    'locking (2016), "Breaking Redlock with bad timings"',
  story: {
    happens:
      "n2 is down while Alice gets the lock from n1 and n3, a majority. n1 crashes, is back at once, and has forgotten her. " +
      "So Bob gets the lock from n1 and n2, a majority as well. Both write the file, which is on n3.",
    why: "Any two majorities share a node, and that node must refuse the second. Here it is n1, which does not know any more.",
    remedy:
      "A node syncs to its disk what it grants. (Or it grants nothing until all that it may have forgotten has expired.) Or n3 " +
      "takes no write whose token, here the time at which the lock was granted, is smaller than one that it has seen.",
  },
  stage: {
    model: "redlock",
    nodes: 3,
    workload: "lock",
    clients: { alice: { node: "n1" }, bob: { node: "n2" } },
    script: [
      [20, "alice", acquire("file")],
      [300, "bob", acquire("file")],
      [325, "bob", write("file", "B")],
      [346, "alice", write("file", "A")],
      [370, "alice", release("file")],
      [400, "bob", read("file")],
    ],
    faults: [during(5, 100, kill("n2")), during(200, 220, kill("n1"))],
    seed: 1,
  },
  scene: { lanes: ["alice", "n1", "n2", "n3", "bob"] },
  without: {
    config: { restart: "forgetful", resource: "unfenced" },
    shows: [broken("mutual-exclusion"), measured("bob reads", readBy("bob"), ["A"])],
  },
  with: [
    {
      config: { restart: "synced", resource: "unfenced" },
      shows: [held("mutual-exclusion"), measured("bob reads", readBy("bob"), ["B"])],
    },
    {
      config: { restart: "forgetful", resource: "fenced" },
      shows: [held("fencing"), measured("bob reads", readBy("bob"), ["B"])],
    },
  ],
};
