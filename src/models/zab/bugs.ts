import type { ModelBug } from "../../core/model.ts";

/** Deliberate defects. Where one is known from a real system, the description says so. */
export const BUGS = {
  "ack-before-disk": {
    description:
      "A server acknowledges proposals that are not on its disk (as ZooKeeper does with forceSync=no, and did while " +
      "synchronising: ZOOKEEPER-4646): servers that crash together lose what was committed.",
    breaks: ["durable"],
    hunt: { faults: ["kill"] },
  },
  "elected-by-id": {
    description:
      "The server with the highest id is elected, whatever its history, and does not ask whether a follower is ahead of " +
      "it: synchronisation then takes back what was committed (Junqueira et al. 2011, §4.1 and §5.1).",
    breaks: ["durable"],
    hunt: { faults: ["kill", "partition"] },
  },
  "no-truncation": {
    description:
      "A follower keeps what an earlier leader only proposed, though the new one does not have it, as with the DIFF of " +
      "ZOOKEEPER-1154: copies differ for ever.",
    breaks: ["eventual"],
    hunt: { faults: ["partition"], gapMs: 800 },
  },
  "applied-when-proposed": {
    description:
      "A server applies a transaction as soon as it is proposed and not when it is committed: it shows what the next " +
      "leader takes back.",
    breaks: ["monotonic-reads"],
    hunt: { faults: ["partition", "kill"] },
  },
  "session-not-checked": {
    description:
      "A server takes any session, also one that has seen more than the server has (Hunt et al. 2010, §4.4, wants the " +
      "last zxid compared when a client connects): a session that moves is shown an older state.",
    breaks: ["monotonic-reads"],
    hunt: { config: { sessions: "roaming" }, faults: ["partition"] },
  },
  "gaps-accepted": {
    description:
      "A follower takes a proposal though one before it is missing, as if channels were in order that are not (Junqueira " +
      "et al. 2011, §2.1, build on TCP): it never applies what is missing.",
    breaks: ["eventual"],
    hunt: { faults: ["link"] },
  },
  "epochs-not-persisted": {
    description:
      "A server keeps the epochs that it accepted in memory only (Junqueira et al. 2011, §4.1, want them in stable " +
      "storage): it promises itself twice to the same epoch, which then has two primaries.",
    breaks: ["durable"],
    hunt: { faults: ["kill", "partition"] },
  },
  "repeated-on-connection-loss": {
    description:
      "A client repeats a write of which its server could not say whether it was done (ZooKeeper's ConnectionLoss): what " +
      "was done is done again.",
    breaks: ["causal-ccv"],
    hunt: { faults: ["partition", "kill"] },
  },
} as const satisfies Record<string, ModelBug>;

export type BugName = keyof typeof BUGS;
