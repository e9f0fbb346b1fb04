import { measured, traced } from "../facts.ts";
import type { Run } from "../play.ts";
import type { TextbookScenario } from "../scenario.ts";

const withoutLeader = (run: Run): number => {
  const terms = (event: string): Set<unknown> => new Set(traced(run, event).map(({ detail: { term } }) => term));
  const led = terms("leader");
  return [...terms("candidate")].filter((term) => !led.has(term)).length;
};

export const raftSplitVote: TextbookScenario = {
  name: "raft-split-vote",
  title: "all stand for election at once, each has one vote, and nobody leads",
  source: "Ongaro & Ousterhout, Raft (2014), §5.2 and §5.6 (broadcast time ≪ election timeout)",
  story: {
    happens: "No leader is heard. All three nodes stand for election and vote for themselves. Then they do it again.",
    why:
      "Election timeouts are drawn from 150 to 300 ms, so that one node is the first. But a message takes 60 ms here: " +
      "the others stand before they hear of it.",
    remedy:
      "Timeouts that are spread much wider than a message takes: with 10 ms the first candidate has its votes before anyone " +
      "else stands. (Same timeouts, quicker network; on a slow one the timeouts must be longer.)",
  },
  stage: { model: "raft", nodes: 3, workload: "register", clients: {}, script: [], untilMs: 600, seed: 1 },
  scene: {
    types: ["request-vote"],
    traces: ["candidate", "leader"],
    spans: [
      [0, 420],
      [470, 520],
    ],
  },
  without: {
    label: "a message takes 60 ms",
    network: { delay: { kind: "constant", ms: 60 } },
    shows: [measured("terms without a leader", withoutLeader, 2)],
  },
  with: [
    {
      label: "a message takes 10 ms",
      scene: { types: ["request-vote", "vote"] },
      network: { delay: { kind: "constant", ms: 10 } },
      shows: [
        measured("terms without a leader", withoutLeader, 0),
        measured("leaders", (run) => traced(run, "leader").map(({ node }) => node), ["n3"]),
      ],
    },
  ],
};
