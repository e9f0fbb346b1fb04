import { broken, held, measured, readBy } from "../facts.ts";
import type { TextbookScenario } from "../scenario.ts";
import { read, write } from "../script.ts";

export const consistentPrefix: TextbookScenario = {
  name: "consistent-prefix",
  title: "an observer hears the answer before the question",
  source: 'Kleppmann, Designing Data-Intensive Applications, ch. 5, "Consistent Prefix Reads"',
  story: {
    happens:
      "Alice asks something, Bob reads it and answers. Carol reads from a follower, and finds an answer to nothing.",
    why:
      "The follower applies the log in parallel streams by key, as partitions do. The stream of the question is held up, " +
      "that of the answer is not.",
    remedy: "A follower shows a prefix of the log: nothing before all that stands in front of it is there, too.",
  },
  stage: {
    model: "single-leader",
    nodes: 3,
    workload: "register",
    clients: {
      alice: { node: "n1", reach: ["n1"] },
      bob: { node: "n1", reach: ["n1"] },
      carol: { node: "n3", reach: ["n3"] },
    },
    script: [
      [50, "alice", write("question", "where")],
      [75, "bob", read("question")],
      [100, "bob", write("answer", "here")],
      [150, "carol", read("answer")],
      [175, "carol", read("question")],
    ],
    seed: 5,
  },
  scene: { lanes: ["alice", "bob", "n1", "n3", "carol"], types: ["append"], spans: [[40, 250]] },
  without: {
    config: { reads: "any-replica", apply: "by-key" },
    shows: [broken("causal-cc"), measured("carol reads", readBy("carol"), ["here", null])],
  },
  with: [
    {
      config: { reads: "consistent-prefix", apply: "by-key" },
      shows: [held("causal-cc"), measured("carol reads", readBy("carol"), [null, null])],
    },
  ],
};
