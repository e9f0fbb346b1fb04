import { broken, held, measured, readBy } from "../facts.ts";
import type { TextbookScenario } from "../scenario.ts";
import { append, during, kill, read, split } from "../script.ts";

export const raftFigure8: TextbookScenario = {
  name: "raft-figure-8",
  title: "an entry that a majority has, and that was read, is overwritten all the same",
  source: "Ongaro & Ousterhout, Raft (2014), §5.4.2 and Figure 8",
  story: {
    happens:
      "n1 takes A and dies before anyone else has it. n2 leads term 2, writes an entry of its own (its no-op), and dies. n1 " +
      "is back, leads, and copies the old A to n3: a majority has it, Bob reads it. n1 dies again. n2 is back, and wins: its " +
      "last entry is of term 2, that of n3 of term 1. It overwrites A.",
    why: "Which log is more up to date is decided by the terms of entries. A is still of term 1, however many have it.",
    remedy:
      "A leader counts copies only of entries of its own term. n1 commits A together with its no-op; who has that has the " +
      "later log, and n2 cannot win.",
  },
  stage: {
    model: "raft",
    config: { reads: "read-index" },
    nodes: 3,
    workload: "append",
    clients: {
      alice: { node: "n1", reach: ["n1"] },
      bob: { node: "n1", reach: ["n1"] },
      carol: { node: "n3", reach: ["n2", "n3"] },
    },
    script: [
      [1300, "alice", append("log", "A")],
      [1790, "bob", read("log")],
      [2600, "carol", read("log")],
    ],
    faults: [
      during(1290, 1485, split(["n1"], ["n2", "n3"])),
      during(1330, 1485, kill("n1")),
      during(1454, 1850, split(["n2"], ["n1", "n3"])),
      during(1480, 1850, kill("n2")),
      during(1840, 5000, kill("n1")),
    ],
    timeoutMs: 180,
    seed: 27,
  },
  scene: {
    lanes: ["alice", "bob", "n1", "n2", "n3", "carol"],
    types: ["append-entries"],
    spans: [
      [1290, 1320],
      [1325, 1490],
      [1700, 1860],
      [1990, 2700],
    ],
  },
  without: {
    bug: "commit-older-term",
    shows: [
      broken("linearizable"),
      measured("bob reads", readBy("bob"), [["A"]]),
      measured("then carol reads", readBy("carol"), [null]),
    ],
  },
  with: [
    {
      shows: [
        held("linearizable"),
        measured("bob reads", readBy("bob"), [["A"]]),
        measured("then carol reads", readBy("carol"), [["A"]]),
      ],
    },
  ],
};
