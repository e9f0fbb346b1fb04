import { broken, held, measured, readBy } from "../facts.ts";
import type { TextbookScenario } from "../scenario.ts";
import { acquire, clock, during, kill, read, release, write } from "../script.ts";

export const lockClockJump: TextbookScenario = {
  name: "lock-clock-jump",
  title: "a clock jumps, a lock expires before its time, and two have it",
  source:
    'Kleppmann, How to do distributed locking (2016), "Breaking Redlock with bad timings"; Sanfilippo, Is Redlock safe? (2016)',
  story: {
    happens:
      "n2 is down while Alice gets the lock from n1 and n3, a majority, for 900 ms. Then the clock of n1 is set forward " +
      "by a second (tokens tell the time of the node that granted the lock). Bob gets it from n1 and n2. Both write the file, " +
      "which is on n3.",
    why: "n1 measures how long a key is kept on its wall clock, as Redis does. For n1 Alice's time is over, for her it is not.",
    remedy:
      "A key is kept for a span of time on the node's monotonic clock, which nobody sets. Bob waits until Alice lets go.",
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
    faults: [during(5, 100, kill("n2")), during(200, 1500, clock("n1", 1000))],
    seed: 1,
  },
  scene: { lanes: ["alice", "n1", "n2", "n3", "bob"] },
  without: {
    config: { expiry: "wall-clock" },
    shows: [broken("mutual-exclusion"), measured("bob reads", readBy("bob"), ["A"])],
  },
  with: [
    {
      config: { expiry: "monotonic-clock" },
      shows: [held("mutual-exclusion"), measured("bob reads", readBy("bob"), ["B"])],
    },
  ],
};
