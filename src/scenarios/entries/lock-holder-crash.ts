import { answersTo, measured } from "../facts.ts";
import type { TextbookScenario } from "../scenario.ts";
import { acquire, release, write } from "../script.ts";

export const lockHolderCrash: TextbookScenario = {
  name: "lock-holder-crash",
  title: "whoever has the lock dies, and nobody ever gets it again",
  source: "Gray & Cheriton, Leases (SOSP 1989); Hunt et al., ZooKeeper (USENIX ATC 2010), §2.1: ephemeral nodes",
  story: {
    happens:
      "Alice takes the lock and dies before she lets go of it. Bob waits for her until he gives up; ten seconds later Carol " +
      "finds it taken still.",
    why: "Only its holder can let go of the lock. That she is dead nobody can know: she might just be slow.",
    remedy:
      "The lock goes with a session, which she must renew: when nothing was heard of her for 600 ms it is free again. (If she " +
      "was only slow, two now take it for theirs: see lock-pause and lock-partition.)",
  },
  stage: {
    model: "lock-service",
    nodes: 3,
    workload: "lock",
    clients: { alice: { node: "n3", dies: true }, bob: { node: "n3" }, carol: { node: "n3" } },
    script: [
      [400, "alice", acquire("job")],
      [500, "alice", write("job", "half")],
      [1300, "bob", acquire("job")],
      [1800, "bob", write("job", "whole")],
      [1850, "bob", release("job")],
      [10_000, "carol", acquire("job")],
    ],
    seed: 1,
  },
  scene: {
    lanes: ["alice", "n3", "n1", "bob", "carol"],
    types: ["append-entries"],
    spans: [
      [390, 2000],
      [10_000, 10_200],
    ],
  },
  without: {
    config: { recipe: "lease-key", sessions: "everlasting" },
    scene: {
      spans: [
        [390, 1390],
        [1700, 1780],
        [10_000, 10_100],
        [10_380, 10_450],
      ],
    },
    shows: [
      measured("bob's lock, write and unlock", answersTo("bob"), ["refused", "refused", "refused"]),
      measured("carol's lock", answersTo("carol"), ["refused"]),
    ],
  },
  with: [
    {
      config: { recipe: "lease-key", sessions: "expiring" },
      shows: [
        measured("bob's lock, write and unlock", answersTo("bob"), ["ok", "ok", "ok"]),
        measured("carol's lock", answersTo("carol"), ["ok"]),
      ],
    },
  ],
};
