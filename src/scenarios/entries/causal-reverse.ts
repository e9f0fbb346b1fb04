import { broken, held } from "../facts.ts";
import type { TextbookScenario } from "../scenario.ts";
import { clock, during, slow, txn } from "../script.ts";

export const causalReverse: TextbookScenario = {
  name: "causal-reverse",
  title: "a reply is seen without the question before it, in a serializable store",
  source: "Jepsen, CockroachDB beta-20160829 (2017); Taft et al., CockroachDB (SIGMOD 2020), §4",
  story: {
    happens:
      "Carol looks for a question q and its reply r, which are in two ranges; on its way to the second her request is held up. " +
      "Meanwhile Alice puts the question, and when that is done Bob replies. Carol finds the reply alone.",
    why:
      "Carol reads at the time of her node's clock, which is fast, within the bound. The question came when she had " +
      "looked for it, so its timestamp is above hers; Bob's node has heard of none of that, and the reply's is below. " +
      "Bob, Carol, Alice is a serial order, and real time is not asked.",
    remedy:
      "Let the reply's transaction read the question: so both are about one key, and in order. Or take a store that is " +
      "strictly serializable, as Spanner is by its commit wait.",
  },
  stage: {
    model: "cockroach",
    config: { placement: "home-region" },
    nodes: 6,
    workload: "causal-reverse",
    network: { delay: { kind: "constant", ms: 1 } },
    clients: { alice: { node: "n3" }, bob: { node: "n6" }, carol: { node: "n2" } },
    script: [
      [3000, "carol", txn(["r", "q"], ["r", "r"])],
      [3005, "alice", txn(["w", "q", 1])],
      [3030, "bob", txn(["w", "r", 1])],
    ],
    faults: [during(2990, 3500, clock("n2", 200)), during(2990, 3500, slow(["n2"], ["n4"], 60))],
  },
  scene: {
    lanes: ["alice", "n3", "n1", "carol", "n2", "n4", "n6", "bob"],
    types: ["call", "answer"],
    spans: [[2999, 3140]],
  },
  without: { shows: [broken("strict-serializable")] },
  with: [
    {
      label: "the reply's transaction reads the question",
      script: [
        [3000, "carol", txn(["r", "q"], ["r", "r"])],
        [3005, "alice", txn(["w", "q", 1])],
        [3030, "bob", txn(["r", "q"], ["w", "r", 1])],
      ],
      shows: [held("strict-serializable")],
    },
  ],
};
