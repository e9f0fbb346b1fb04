import { broken, held, measured, readBy } from "../facts.ts";
import type { TextbookScenario } from "../scenario.ts";
import { clock, during, read, write } from "../script.ts";

export const clockSkew: TextbookScenario = {
  name: "clock-skew",
  title: "last write wins, by a clock that is behind: the last write loses",
  source:
    'Kleppmann, Designing Data-Intensive Applications, ch. 8, "Timestamps for ordering events"; Jepsen, The trouble with timestamps (2013)',
  story: {
    happens: "Bob reads what Alice wrote and overwrites it. That is acknowledged, and has no effect at all.",
    why: "His node's clock is 1 s behind. By its time stamp his write is older than the one that he had read.",
    remedy: "Version vectors: his write is later because he had seen hers. No clock is asked.",
  },
  stage: {
    model: "multi-leader",
    nodes: 3,
    workload: "sessions",
    clients: { alice: { node: "n1" }, bob: { node: "n2" } },
    script: [
      [10, "alice", write("x", "hers")],
      [50, "bob", read("x")],
      [80, "bob", write("x", "his")],
      [110, "bob", read("x")],
    ],
    faults: [during(0, 1000, clock("n2", -1000))],
    settleMs: 500,
  },
  scene: { lanes: ["alice", "n1", "n2", "bob"] },
  without: {
    config: { conflicts: "lww" },
    shows: [
      broken("causal-cc"),
      broken("durable", "lost-write"),
      measured("bob reads", readBy("bob"), ["hers", "hers"]),
    ],
  },
  with: [
    {
      config: { conflicts: "version-vectors" },
      shows: [held("causal-cc"), held("durable"), measured("bob reads", readBy("bob"), ["hers", "his"])],
    },
  ],
};
