import { broken, copiesOf, held, measured } from "../facts.ts";
import type { TextbookScenario } from "../scenario.ts";
import { add, during, read, remove, split } from "../script.ts";

export const removedComesBack: TextbookScenario = {
  name: "removed-comes-back",
  title: "what was taken out of the cart is in it again",
  source:
    "DeCandia et al., Dynamo (SOSP 2007), §4.4; Bieniusa et al., An Optimized Conflict-free Replicated Set (INRIA RR-8083, " +
    "2012); Cassandra's documentation on tombstones",
  story: {
    happens:
      "Alice takes the milk out of the cart while the nodes do not hear each other. When they do again, n2 still has it and " +
      "sends it to n1, where it is in the cart once more.",
    why: "n1 keeps nothing of what was removed, so it takes n2's old milk for new.",
    remedy:
      "n1 remembers which adds it has seen, not what they added: a version vector is enough. An add that it has seen, and has no " +
      "more, was removed; so n2 drops its milk, too.",
  },
  stage: {
    model: "crdt",
    nodes: 2,
    workload: "cart",
    clients: { alice: { node: "n1" }, bob: { node: "n2" } },
    script: [
      [10, "alice", add("cart", "milk")],
      [20, "alice", add("cart", "tea")],
      [220, "alice", remove("cart", "milk")],
      [300, "alice", read("cart")],
      [350, "bob", read("cart")],
      [600, "alice", read("cart")],
    ],
    faults: [during(200, 400, split(["n1"], ["n2"]))],
    settleMs: 500,
  },
  scene: { lanes: ["alice", "n1", "n2", "bob"] },
  without: {
    bug: "tombstones-dropped",
    shows: [
      broken("durable", "resurrected-element"),
      measured("copies at the end", copiesOf("cart"), [
        ["milk", "tea"],
        ["milk", "tea"],
      ]),
    ],
  },
  with: [
    {
      shows: [held("durable"), measured("copies at the end", copiesOf("cart"), [["tea"], ["tea"]])],
    },
  ],
};
