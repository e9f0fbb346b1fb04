import { broken, copiesOf, held, measured } from "../facts.ts";
import type { TextbookScenario } from "../scenario.ts";
import { during, split, write } from "../script.ts";

export const antiEntropy: TextbookScenario = {
  name: "anti-entropy",
  title: "a replica that missed an overwrite stays behind for ever if nobody reads",
  source:
    'DeCandia et al., Dynamo (SOSP 2007), §4.7; Kleppmann, Designing Data-Intensive Applications, ch. 5, "Read repair and anti-entropy"',
  story: {
    happens: "n3 was cut off when x was overwritten. Nobody reads x. Weeks later n3 still has the old value.",
    why: "The nodes compare hash trees, but made of keys alone: n3 has the key, and so nothing seems to be missing.",
    remedy:
      "Anti-entropy with Merkle trees of what the keys hold: the roots differ, and so does one branch after the other.",
  },
  stage: {
    model: "leaderless",
    nodes: 3,
    workload: "sessions",
    config: { quorum: "n3r2w2", repair: "anti-entropy" },
    clients: { alice: { node: "n1", reach: ["n1"] } },
    script: [
      [10, "alice", write("x", 1)],
      [100, "alice", write("x", 2)],
    ],
    faults: [during(90, 1260, split(["n1", "n2"], ["n3"]))],
    settleMs: 2000,
  },
  scene: {
    lanes: ["alice", "n1", "n2", "n3"],
    types: ["store", "roots", "walk", "exchange"],
    spans: [
      [0, 135],
      [1255, 1530],
    ],
  },
  without: {
    bug: "keys-hashed-without-versions",
    shows: [broken("eventual"), measured("n1, n2, n3 have", copiesOf("x"), [2, 2, 1])],
  },
  with: [{ shows: [held("eventual"), measured("n1, n2, n3 have", copiesOf("x"), [2, 2, 2])] }],
};
