import { broken, copiesOf, held, measured } from "../facts.ts";
import type { TextbookScenario } from "../scenario.ts";
import { add, during, read, remove, split } from "../script.ts";

export const orSet: TextbookScenario = {
  name: "or-set",
  title: "what one puts in the cart again is lost, for another has taken it out",
  source:
    "Shapiro, Preguiça, Baquero & Zawirski, A comprehensive study of Convergent and Commutative Replicated Data Types (INRIA " +
    "RR-7506, 2011), §3.3.2 and §3.3.5",
  story: {
    happens:
      "There is milk in the cart. While the nodes do not hear each other, Alice takes it out, and Bob, who wants to be sure, " +
      "puts it in again. When they hear each other, Bob's milk is gone, though he was told that it is in.",
    why: "This set (a 2P-Set) remembers which values were removed. Milk is one of them, and can never be in it again.",
    remedy:
      "An OR-Set gives each add a name of its own, and a remove takes away only the adds that it has seen. Alice never saw " +
      "Bob's: it stays.",
  },
  stage: {
    model: "crdt",
    nodes: 2,
    workload: "cart",
    clients: { alice: { node: "n1" }, bob: { node: "n2" } },
    script: [
      [10, "alice", add("cart", "milk")],
      [150, "bob", read("cart")],
      [220, "alice", remove("cart", "milk")],
      [260, "bob", add("cart", "milk")],
      [300, "bob", read("cart")],
      [600, "bob", read("cart")],
    ],
    faults: [during(200, 400, split(["n1"], ["n2"]))],
    settleMs: 500,
  },
  scene: { lanes: ["alice", "n1", "n2", "bob"] },
  without: {
    bug: "removed-for-ever",
    shows: [broken("durable", "lost-element"), measured("copies at the end", copiesOf("cart"), [[], []])],
  },
  with: [
    {
      shows: [held("durable"), measured("copies at the end", copiesOf("cart"), [["milk"], ["milk"]])],
    },
  ],
};
