import { broken, held, measured, readBy } from "../facts.ts";
import type { TextbookScenario } from "../scenario.ts";
import { acquire, during, pauseClients, read, write } from "../script.ts";

export const lockPause: TextbookScenario = {
  name: "lock-pause",
  title: "a holder stands still past the end of its lease, then writes",
  source:
    'Kleppmann, How to do distributed locking (2016), and Designing Data-Intensive Applications, ch. 8, "Process Pauses"',
  story: {
    happens:
      "Alice has the lock and looks at her clock: time enough to write the file, which is on n3. At this very moment she is " +
      "stopped, say by her garbage collector. Her session expires, and Bob gets the lock and writes. Then Alice goes on: she " +
      "writes, too, and replaces what he wrote.",
    why: "Between the look at the clock and the write's arrival any time may pass. No lock service can help that.",
    remedy:
      "A fencing token: every holder gets a larger number than the one before, and the storage, n3, refuses a write whose number " +
      "is smaller than one that it has seen.",
  },
  stage: {
    model: "lock-service",
    nodes: 3,
    workload: "lock",
    clients: { alice: { node: "n3" }, bob: { node: "n2" } },
    script: [
      [400, "alice", acquire("file")],
      [610, "alice", write("file", "A")],
      [1300, "bob", acquire("file")],
      [1400, "bob", write("file", "B")],
      [1600, "bob", read("file")],
    ],
    faults: [during(600, 1500, pauseClients("n3"))],
    timeoutMs: 2000,
    seed: 1,
  },
  scene: {
    lanes: ["alice", "n3", "n1", "bob"],
    types: ["append-entries"],
    spans: [
      [390, 1515],
      [1590, 1700],
    ],
  },
  without: {
    config: { resource: "unfenced" },
    shows: [broken("fencing", "stale-token-accepted"), measured("bob reads", readBy("bob"), ["A"])],
  },
  with: [
    {
      config: { resource: "fenced" },
      shows: [held("fencing"), measured("bob reads", readBy("bob"), ["B"])],
    },
  ],
};
