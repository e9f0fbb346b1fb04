import { broken, held } from "../facts.ts";
import type { TextbookScenario } from "../scenario.ts";
import { clock, during, txn } from "../script.ts";

export const noCommitWait: TextbookScenario = {
  name: "no-commit-wait",
  title: "a payment is seen, and the order before it is not",
  source: "Corbett et al., Spanner (OSDI 2012), §4.1.2; Kleppmann, Designing Data-Intensive Applications, ch. 9",
  story: {
    happens:
      "Alice's order is acknowledged; then Bob's payment, on another shard whose clocks are behind. Carol, who reads both " +
      "a moment later, finds the payment and not the order.",
    why: "The order's timestamp lies in the future of the payment's clock, so the payment gets an earlier one.",
    remedy:
      "Commit wait: nobody is told of a commit before its timestamp has passed on every clock that keeps to its bound.",
  },
  stage: {
    model: "spanner",
    nodes: 6,
    workload: "causal-reverse",
    network: { delay: { kind: "constant", ms: 0.5 } },
    clients: { alice: { node: "n1" }, bob: { node: "n4" }, carol: { node: "n4" } },
    script: [
      [1000, "alice", txn(["w", "order", 1])],
      [1006, "bob", txn(["w", "paid", 1])],
      [1011, "carol", txn(["r", "order"], ["r", "paid"])],
      [1200, "carol", txn(["r", "order"], ["r", "paid"])],
    ],
    faults: [
      during(100, 1100, clock("n1", 9)),
      during(100, 1100, clock("n2", 9)),
      during(100, 1100, clock("n3", 9)),
      during(100, 1100, clock("n4", -9)),
      during(100, 1100, clock("n5", -9)),
      during(100, 1100, clock("n6", -9)),
    ],
  },
  scene: { lanes: ["alice", "n1", "n4", "bob", "carol"], spans: [[999, 1060]] },
  without: { bug: "no-commit-wait", shows: [broken("strict-serializable")] },
  with: [{ shows: [held("strict-serializable")] }],
};
