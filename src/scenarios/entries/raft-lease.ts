import { broken, held, measured, readBy } from "../facts.ts";
import type { TextbookScenario } from "../scenario.ts";
import { clock, during, read, write } from "../script.ts";

export const raftLease: TextbookScenario = {
  name: "raft-lease",
  title: "a clock jumps, and a leader's lease outlives its leadership",
  source: "Ongaro's dissertation (2014), §6.4.1; SOFAJRaft issue 24, NebulaGraph issue 2723",
  story: {
    happens:
      "The clocks of n2 and n3 jump ahead. They elect n3 while n1 goes on answering reads; Alice gets an old value.",
    why: "The lease ends at a time of the wall clock. For n2 and n3 it is over, for n1 it is not.",
    remedy: "A lease is a span of time on each node's monotonic clock, which does not jump.",
  },
  stage: {
    model: "raft",
    config: { reads: "lease" },
    nodes: 3,
    workload: "register",
    network: { delay: { kind: "constant", ms: 2 } },
    clients: { alice: { node: "n1", reach: ["n1"] }, bob: { node: "n3" } },
    script: [
      [300, "alice", write("x", 1)],
      [320, "alice", read("x")],
      [540, "bob", write("x", 2)],
      [560, "alice", read("x")],
    ],
    faults: [during(400, 1500, clock("n2", 1000)), during(400, 1500, clock("n3", 1000))],
    timeoutMs: 300,
    seed: 12,
  },
  scene: {
    lanes: ["alice", "n1", "n2", "n3", "bob"],
    types: ["append-entries", "request-vote", "vote"],
    traces: ["leader", "candidate", "follower"],
    spans: [
      [290, 410],
      [500, 570],
    ],
  },
  without: {
    bug: "lease-on-wall-clock",
    shows: [broken("linearizable", "stale-read"), measured("alice reads", readBy("alice"), [1, 1])],
  },
  with: [{ shows: [held("linearizable"), measured("alice reads", readBy("alice"), [1, 2])] }],
};
