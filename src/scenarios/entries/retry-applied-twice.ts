import { broken, held, measured, readBy } from "../facts.ts";
import type { TextbookScenario } from "../scenario.ts";
import { append, during, read, split } from "../script.ts";

export const retryAppliedTwice: TextbookScenario = {
  name: "retry-applied-twice",
  title: "the answer gets lost, the client tries again, and the payment is made twice",
  source: "Ongaro & Ousterhout, Raft (2014), §8; Jepsen: jetcd 0.8.2 (2024)",
  story: {
    happens:
      "Alice pays. The leader n1 is cut off when it has told the others; she hears nothing and asks n2, the new leader.",
    why: "Her payment is in the log of the new leader already. Nobody sees that the second request is the first again.",
    remedy:
      "A request carries the client's name and a number. The state machine remembers what it has done, and does it once.",
  },
  stage: {
    model: "raft",
    nodes: 3,
    workload: "append",
    clients: { alice: { node: "n1" }, bob: { node: "n3", reach: ["n2", "n3"] } },
    script: [
      [300, "alice", append("paid", 10)],
      [1500, "bob", read("paid")],
    ],
    faults: [during(322, 3000, split(["n1"], ["n2", "n3"]))],
    timeoutMs: 1200,
    seed: 12,
  },
  scene: { lanes: ["alice", "n1", "n2", "n3", "bob"], types: ["append-entries"], spans: [[290, 1600]] },
  without: {
    bug: "apply-twice-on-retry",
    shows: [broken("linearizable"), measured("bob reads", readBy("bob"), [[10, 10]])],
  },
  with: [{ shows: [held("linearizable"), measured("bob reads", readBy("bob"), [[10]])] }],
};
