import { broken, held, measured, readBy } from "../facts.ts";
import type { TextbookScenario } from "../scenario.ts";
import { during, read, slow, write } from "../script.ts";

export const noteApp: TextbookScenario = {
  name: "note-app",
  title: "in a note app the deletion of a section arrives before the section",
  source: "Lloyd, Freedman, Kaminsky & Andersen, Don't Settle for Eventual (COPS), SOSP 2011, §1 and §4",
  story: {
    happens:
      "Alice creates section s1 of a note. Bob sees it and deletes it. Carol's device hears of the deletion first: there " +
      "is nothing to delete. Then the section arrives, and stays.",
    why: "Her node shows each write as it comes. Bob's depends on Alice's, but it came on a quicker line.",
    remedy: "A write carries what it depends on, and no node shows it before that (causal consistency).",
  },
  stage: {
    model: "causal",
    nodes: 3,
    workload: "sessions",
    clients: { alice: { node: "n1" }, bob: { node: "n2" }, carol: { node: "n3" } },
    script: [
      [10, "alice", write("s1", "draft")],
      [50, "bob", read("s1")],
      [80, "bob", write("gone", "s1")],
      [120, "carol", read("gone")],
      [145, "carol", read("s1")],
      [240, "carol", read("gone")],
      [265, "carol", read("s1")],
    ],
    faults: [during(0, 400, slow(["n1"], ["n3"], 180))],
  },
  scene: { lanes: ["alice", "n1", "n2", "bob", "n3", "carol"] },
  without: {
    bug: "dependencies-ignored",
    shows: [broken("causal-cc"), measured("carol reads", readBy("carol"), ["s1", null, "s1", "draft"])],
  },
  with: [
    {
      shows: [held("causal-cc"), measured("carol reads", readBy("carol"), [null, null, "s1", "draft"])],
    },
  ],
};
