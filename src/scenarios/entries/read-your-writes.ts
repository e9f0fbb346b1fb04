import { broken, held, measured, readBy } from "../facts.ts";
import type { TextbookScenario } from "../scenario.ts";
import { during, read, slow, write } from "../script.ts";

export const readYourWrites: TextbookScenario = {
  name: "read-your-writes",
  title: "a user does not see what she has just written herself",
  source: 'Kleppmann, Designing Data-Intensive Applications, ch. 5, "Reading Your Own Writes"',
  story: {
    happens: "Alice changes her profile and looks at it at once: her change seems to be lost.",
    why: "The leader n1 has acknowledged the write, but she reads from the follower n2, which has not got it yet.",
    remedy:
      "Her session remembers the position of its last write in the log. A copy that is not there yet does not answer " +
      "her; then the leader does.",
  },
  stage: {
    model: "single-leader",
    nodes: 3,
    workload: "register",
    clients: { alice: { node: "n2", reach: ["n1", "n2"] } },
    script: [
      [50, "alice", write("bio", "new")],
      [80, "alice", read("bio")],
    ],
    faults: [during(40, 500, slow(["n1"], ["n2"], 300))],
  },
  scene: { lanes: ["alice", "n1", "n2"], types: ["append"], spans: [[40, 400]] },
  without: {
    config: { reads: "sticky-replica" },
    shows: [broken("read-your-writes"), measured("alice reads", readBy("alice"), [null])],
  },
  with: [
    {
      config: { reads: "read-your-writes" },
      shows: [held("read-your-writes"), measured("alice reads", readBy("alice"), ["new"])],
    },
  ],
};
