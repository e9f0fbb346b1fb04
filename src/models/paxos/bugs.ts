import type { ModelBug } from "../../core/model.ts";

/** Deliberate defects: each a rule of the protocol left out at one place. */
export const BUGS = {
  "accepted-value-ignored": {
    description:
      "A proposer goes on with its own value whatever the promises tell of values accepted before (P2c of §2.2), so that " +
      "a second value is chosen: the first is lost after it was acknowledged.",
    breaks: ["linearizable"],
    hunt: { faults: ["partition"] },
  },
  "first-accepted-value": {
    description:
      "Of the values that the promises tell, a proposer takes the one that came first and not that of the highest ballot " +
      "(P2c of §2.2).",
    breaks: ["linearizable"],
    hunt: { faults: ["partition", "link"] },
  },
  "accepts-below-promise": {
    description: "An acceptor accepts in a ballot below the one that it has promised itself to (P1a of §2.2).",
    breaks: ["linearizable"],
    hunt: { faults: ["partition", "link"] },
  },
  "ballots-not-unique": {
    description:
      "Proposers number their ballots 1, 2, 3 … without their own name in it (§2.5 wants disjoint sets of numbers): two of " +
      "them win the same ballot with different values.",
    breaks: ["linearizable"],
    hunt: { faults: ["partition"] },
  },
  "half-is-majority": {
    description: "Half of the nodes count as a majority: in a cluster of four, two halves choose each for themselves.",
    breaks: ["linearizable"],
    hunt: { faults: ["partition"], nodes: 4 },
  },
  "duplicates-counted": {
    description:
      "A proposer counts answers and not acceptors, so that a message that comes twice makes a majority out of fewer nodes.",
    breaks: ["linearizable"],
    hunt: { faults: ["partition", "link"], nodes: 5, gapMs: 800 },
  },
  "not-synced": {
    description:
      "What an acceptor has promised and accepted is not forced to disk before it answers (§2.5 wants stable storage), so " +
      "acceptors that crash together forget what was chosen.",
    breaks: ["linearizable"],
    hunt: { faults: ["kill"] },
  },
  "read-without-phase-2": {
    description:
      "A read shows a value that one acceptor has accepted without having it accepted by a majority first (§2.3): what is " +
      "chosen in the end may be another.",
    breaks: ["linearizable"],
    hunt: { faults: ["partition", "link"], nodes: 5, gapMs: 600 },
  },
} as const satisfies Record<string, ModelBug>;

export type BugName = keyof typeof BUGS;
