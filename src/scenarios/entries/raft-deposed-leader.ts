import { broken, held, measured, readBy } from "../facts.ts";
import type { TextbookScenario } from "../scenario.ts";
import { during, read, split, write } from "../script.ts";

export const raftDeposedLeader: TextbookScenario = {
  name: "raft-deposed-leader",
  title: "a leader that was replaced and does not know it answers a read with an old value",
  source: "Ongaro & Ousterhout, Raft (2014), §8; Jepsen: etcd and Consul (2014)",
  story: {
    happens:
      "A partition leaves the leader n1 alone. The others elect a new one, which takes Bob's write. Alice reads from n1.",
    why: "n1 answers from its own state. That it still leads is only what it believes.",
    remedy:
      "Before it answers a leader asks a majority whether it still leads (read-index). n1 gets no answer, and gives none.",
  },
  stage: {
    model: "raft",
    config: { reads: "read-index" },
    nodes: 3,
    workload: "register",
    clients: { alice: { node: "n1", reach: ["n1"] }, bob: { node: "n3", reach: ["n2", "n3"] } },
    script: [
      [300, "alice", write("x", 1)],
      [340, "alice", read("x")],
      [900, "bob", write("x", 2)],
      [1000, "alice", read("x")],
    ],
    faults: [during(400, 1500, split(["n1"], ["n2", "n3"]))],
    timeoutMs: 300,
    seed: 12,
  },
  scene: {
    lanes: ["alice", "n1", "n2", "n3", "bob"],
    types: ["append-entries", "request-vote", "vote"],
    spans: [[290, 1310]],
  },
  without: {
    bug: "stale-local-read",
    shows: [broken("linearizable", "stale-read"), measured("alice reads", readBy("alice"), [1, 1])],
  },
  with: [{ shows: [held("linearizable"), measured("alice reads", readBy("alice"), [1, "no answer"])] }],
};
