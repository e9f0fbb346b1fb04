import type { ModelBug } from "../../core/model.ts";

/** Deliberate defects. Where one is known from a real system or a paper, the description says so. */
export const BUGS = {
  "no-timestamp-cache": {
    description:
      "A leaseholder forgets what it has read: a write goes below a read that should have seen it, as when the timestamp " +
      "cache of CockroachDB beta-20160829 let one through (Jepsen, 2017).",
    breaks: ["cursor-stability"],
    hunt: { workload: "write-skew" },
  },
  "no-refresh": {
    description:
      "A transaction whose writes were pushed commits at the later stamp, and does not look whether what it has read " +
      "still holds there (Taft et al., §3.3.2): lost updates and write skew.",
    breaks: ["cursor-stability"],
    hunt: { workload: "write-skew" },
  },
  "no-uncertainty": {
    description:
      "A reader trusts its own clock: what another gateway, whose clock is ahead, has committed before is not seen.",
    breaks: ["linearizable"],
    hunt: { workload: "register", faults: ["clock"] },
  },
  "offset-understated": {
    description: "The maximum offset is set to 20 ms (`--max-offset`), and clocks are further apart than that.",
    breaks: ["linearizable"],
    hunt: { workload: "register", faults: ["clock"] },
  },
  "push-without-record": {
    description:
      "A transaction for which others have waited too long loses its intents, but no record says that it was aborted: " +
      "it commits without them if its coordinator was only slow.",
    breaks: ["read-committed"],
    hunt: { workload: "txn-append", faults: ["pause", "partition", "link"] },
  },
  "cache-empty-after-lease-change": {
    description:
      "A new leaseholder begins with an empty timestamp cache, and not above what its predecessor may have read: writes " +
      "go below those reads.",
    breaks: ["balanced"],
    hunt: {
      config: { placement: "home-region" },
      workload: "bank",
      faults: ["kill", "partition", "clock"],
      gapMs: 800,
    },
  },
} as const satisfies Record<string, ModelBug>;

export type BugName = keyof typeof BUGS;
