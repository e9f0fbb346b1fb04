import { answersTo, measured, traced } from "../facts.ts";
import type { TextbookScenario } from "../scenario.ts";
import { cas } from "../script.ts";

export const paxosDuel: TextbookScenario = {
  name: "paxos-duel",
  title: "two proposers overtake each other again and again, and nothing is chosen",
  source: "Lamport, Paxos Made Simple (2001), §2.4",
  story: {
    happens: "n1 and n3 propose at the same time. Whenever one has its promises, the other asks for a higher ballot.",
    why: "A promise to a higher ballot is a refusal of all lower ones. Two proposers can go on like that for ever.",
    remedy: "A distinguished proposer: all proposals go through n1, and one ballot is enough.",
  },
  stage: {
    model: "paxos",
    nodes: 3,
    workload: "decree",
    network: { delay: { kind: "constant", ms: 15 } },
    clients: { alice: { node: "n1", reach: ["n1"] }, bob: { node: "n3", reach: ["n3"] } },
    script: [
      [10, "alice", cas("x", null, "a")],
      [20, "bob", cas("x", null, "b")],
    ],
    seed: 1,
  },
  scene: { lanes: ["alice", "n1", "n3", "bob"], types: ["prepare", "accept", "refused", "learn"] },
  without: { shows: [measured("ballots overtaken", (run) => traced(run, "overtaken").length, 6)] },
  with: [
    {
      label: "one proposer",
      clients: { alice: { node: "n1", reach: ["n1"] }, bob: { node: "n1", reach: ["n1"] } },
      scene: { lanes: ["alice", "bob", "n1", "n3"] },
      shows: [
        measured("ballots overtaken", (run) => traced(run, "overtaken").length, 0),
        measured("alice", answersTo("alice"), ["ok"]),
        measured("bob", answersTo("bob"), ["refused"]),
      ],
    },
  ],
};
