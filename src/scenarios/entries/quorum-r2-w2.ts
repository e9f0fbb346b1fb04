import { broken, held, measured, readBy } from "../facts.ts";
import type { Cue, TextbookScenario } from "../scenario.ts";
import { during, mute, read, slow, write } from "../script.ts";

/** With `abd` a write asks for a stamp first; what it stores leaves as late as without. */
const script = (writeMs: number): Cue[] => [
  [10, "alice", write("x", 1)],
  [writeMs, "alice", write("x", 2)],
  [120, "bob", read("x")],
  [161, "carol", read("x")],
];

export const quorumR2W2: TextbookScenario = {
  name: "quorum-r2-w2",
  title: "N=3, R=2, W=2: quorums overlap, and still a later read finds the older value",
  source:
    'Kleppmann, Designing Data-Intensive Applications, ch. 9, "Linearizability and quorums"; Attiya, Bar-Noy & Dolev (1995)',
  story: {
    happens:
      "x is 1 on all copies. While Alice's write of 2 is under way, Bob reads the new value. Carol reads after him, and gets the old one.",
    why: "One copy has the new value. Bob's quorum contains that copy and Carol's does not; both are majorities.",
    remedy: "A read brings what it found to a majority before it answers (ABD). Then nobody after Bob can miss it.",
  },
  stage: {
    model: "leaderless",
    nodes: 3,
    workload: "sessions",
    clients: {
      alice: { node: "n1", reach: ["n1"] },
      bob: { node: "n2", reach: ["n2"] },
      carol: { node: "n3", reach: ["n3"] },
    },
    script: script(120),
    faults: [
      during(125, 135, mute(["n1"], ["n2", "n3"])),
      during(60, 400, slow(["n1"], ["n3"], 150)),
      during(60, 160, slow(["n3"], ["n2"], 150)),
    ],
  },
  scene: { lanes: ["alice", "n1", "n2", "bob", "n3", "carol"], types: ["store", "ask", "answer"], spans: [[95, 210]] },
  without: {
    config: { quorum: "n3r2w2" },
    shows: [
      broken("linearizable"),
      measured("bob reads", readBy("bob"), [2]),
      measured("then carol reads", readBy("carol"), [1]),
    ],
  },
  with: [
    {
      config: { quorum: "n3r2w2", "write-back": "abd" },
      script: script(100),
      shows: [
        held("linearizable"),
        measured("bob reads", readBy("bob"), [2]),
        measured("then carol reads", readBy("carol"), [2]),
      ],
    },
  ],
};
