import { answersTo, copiesOf, measured } from "../facts.ts";
import type { TextbookScenario } from "../scenario.ts";
import { write } from "../script.ts";

export const twoEditors: TextbookScenario = {
  name: "two-editors",
  title: "two editors give a page a new title at the same time: three ways to settle it",
  source: 'Kleppmann, Designing Data-Intensive Applications, ch. 5, "Handling Write Conflicts"',
  story: {
    happens: "The title is A. Alice makes it C in one data centre, Bob B in another. Both are told that it is done.",
    why: "Each leader takes a write without asking the other. With last write wins one of the titles is dropped, unseen.",
    remedy:
      "Keep both, and let the next editor choose (siblings). Or find the conflict while the write is made, and refuse one " +
      "(agreement). Or have the application make one title of the two (merge), by a rule that is the same everywhere.",
  },
  stage: {
    model: "multi-leader",
    nodes: 2,
    workload: "sessions",
    clients: { alice: { node: "n1" }, bob: { node: "n2" } },
    script: [
      [10, "alice", write("title", "A")],
      [100, "alice", write("title", "C")],
      [105, "bob", write("title", "B")],
    ],
    settleMs: 400,
  },
  scene: { lanes: ["alice", "n1", "n2", "bob"], spans: [[90, 250]] },
  without: {
    config: { conflicts: "lww" },
    shows: [
      measured("alice", answersTo("alice"), ["ok", "ok"]),
      measured("bob", answersTo("bob"), ["ok"]),
      measured("n1, n2 have", copiesOf("title"), ["B", "B"]),
    ],
  },
  with: [
    {
      label: "keep both",
      config: { conflicts: "version-vectors" },
      shows: [
        measured("n1, n2 have", copiesOf("title"), [
          ["C", "B"],
          ["C", "B"],
        ]),
      ],
    },
    {
      label: "agree first",
      config: { conflicts: "on-write" },
      shows: [measured("bob", answersTo("bob"), ["refused"]), measured("n1, n2 have", copiesOf("title"), ["C", "C"])],
    },
    {
      label: "merge: the later in the alphabet",
      config: { conflicts: "merge" },
      shows: [measured("n1, n2 have", copiesOf("title"), ["C", "C"])],
    },
  ],
};
