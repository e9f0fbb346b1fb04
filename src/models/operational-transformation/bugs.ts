import type { ModelBug } from "../../core/model.ts";

/** Deliberate defects. Where one is known from a real system or a paper, the description says so. */
export const BUGS = {
  "tie-not-broken": {
    description:
      "Of two inserts at one position each makes way for the other, for nobody said who stands first: TP1 fails, and both " +
      "sides end with different texts (the priorities of Ellis & Gibbs, SIGMOD 1989, left out).",
    breaks: ["eventual"],
    hunt: {},
  },
  "off-by-one": {
    description:
      "An insert just before a character that was deleted moves one to the left, as one behind it must: TP1 fails (like " +
      "the counterexamples to published transformations in Imine et al., ECSCW 2003).",
    breaks: ["eventual"],
    hunt: {},
  },
  "queue-not-rebased": {
    description:
      "A site transforms what comes against its own edits, but not these against what comes: what it sends later claims to " +
      "be based on a revision that it is not based on.",
    breaks: ["eventual"],
    hunt: {},
  },
  "revisions-skipped": {
    description:
      "The server takes an edit as it comes, without transforming it against what it has ordered since the revision that " +
      "the edit is based on; its site rightly expects that it does.",
    breaks: ["eventual"],
    hunt: {},
  },
  "keystrokes-doubled": {
    description:
      "The server does not recognise an edit that it has ordered already: if only its answer was lost or late, the edit is " +
      "sent again and its characters are there twice.",
    breaks: ["causal-cc", "pram"],
    hunt: {},
  },
  "ack-before-disk": {
    description:
      "A site acknowledges an edit before it is on disk. After a crash the edit is gone, or the server takes the next one, " +
      "which gets its number again, for a repetition: either way keystrokes are lost.",
    breaks: ["durable"],
    hunt: { faults: ["partition", "kill"] },
  },
} as const satisfies Record<string, ModelBug>;

export type BugName = keyof typeof BUGS;
