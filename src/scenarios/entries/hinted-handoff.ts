import { answersTo, copiesOf, measured, sent } from "../facts.ts";
import type { TextbookScenario } from "../scenario.ts";
import { during, split, write } from "../script.ts";

export const hintedHandoff: TextbookScenario = {
  name: "hinted-handoff",
  title: "two homes of a key are out of reach, and nothing can be put in the cart",
  source: "DeCandia et al., Dynamo (SOSP 2007), §4.6; Kleppmann, Designing Data-Intensive Applications, ch. 5",
  story: {
    happens: "Two of the three nodes that keep Alice's cart are cut off. Her write is not acknowledged.",
    why: "A strict quorum takes two of these three nodes and no others, though the cluster has two more that are idle.",
    remedy:
      "A sloppy quorum: others stand in, with a hint for whom they hold the copy. When the homes are back, they get it " +
      "(hinted handoff).",
  },
  stage: {
    model: "leaderless",
    nodes: 5,
    workload: "sessions",
    clients: { alice: { node: "n1", reach: ["n1"] } },
    script: [[10, "alice", write("cart", "milk")]],
    faults: [during(0, 1300, split(["n1", "n3", "n5"], ["n2", "n4"]))],
    timeoutMs: 250,
    untilMs: 1600,
    settleMs: 500,
  },
  scene: {
    lanes: ["alice", "n1", "n2", "n4", "n3", "n5"],
    types: ["store", "stored", "handoff", "handed"],
    spans: [
      [0, 265],
      [1290, 1540],
    ],
  },
  without: {
    config: { quorum: "n3r2w2", members: "strict" },
    shows: [measured("alice", answersTo("alice"), ["no answer"])],
  },
  with: [
    {
      config: { quorum: "n3r2w2", members: "sloppy" },
      shows: [
        measured("alice", answersTo("alice"), ["ok"]),
        measured("hints handed over", (run) => sent(run, "handed"), 2),
        measured("at the end n1 … n5 have", copiesOf("cart"), ["milk", "milk", "milk", "milk", "milk"]),
      ],
    },
  ],
};
