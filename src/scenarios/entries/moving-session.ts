import { broken, held, measured, readBy } from "../facts.ts";
import type { TextbookScenario } from "../scenario.ts";
import { during, read, slow, write } from "../script.ts";

export const movingSession: TextbookScenario = {
  name: "moving-session",
  title: "a user moves to another data centre, and what she has written is not there",
  source: "Terry et al., Session Guarantees for Weakly Consistent Replicated Data (PDIS 1994), §3 and §4",
  story: {
    happens: "Alice writes to n1. Her next request goes to n3, and there she does not find what she wrote.",
    why: "n3 has not got her write yet, and does not know that she has made one.",
    remedy:
      "Her session carries along what it has read and written. A node that has not got all of that waits until it has.",
  },
  stage: {
    model: "causal",
    config: { sessions: "roaming" },
    nodes: 3,
    workload: "sessions",
    clients: { alice: { node: "n1", reach: ["n1", "n3"] } },
    script: [
      [10, "alice", write("x", 1)],
      [50, "alice", read("x")],
    ],
    faults: [during(0, 400, slow(["n1"], ["n3"], 120)), during(0, 400, slow(["n3"], ["n1"], 120))],
    seed: 2,
  },
  scene: { lanes: ["alice", "n1", "n3"] },
  without: {
    bug: "context-dropped",
    shows: [broken("read-your-writes"), measured("alice reads", readBy("alice"), [null])],
  },
  with: [{ shows: [held("read-your-writes"), measured("alice reads", readBy("alice"), [1])] }],
};
