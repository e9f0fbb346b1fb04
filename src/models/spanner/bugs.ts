import type { ModelBug } from "../../core/model.ts";

/** Deliberate defects: each a rule of the protocol left out at one place. */
export const BUGS = {
  "no-commit-wait": {
    description:
      "A commit is shown as soon as it is in the log, although its timestamp may lie in the future of other clocks " +
      "(OSDI 2012, §4.1.2, wants commit wait): what is committed after it elsewhere can get an earlier timestamp.",
    breaks: ["strict-serializable"],
    hunt: { faults: ["clock"], workload: "causal-reverse" },
  },
  "error-understated": {
    description:
      "TrueTime is told an error that is a twentieth of what clocks are really off by, as where time servers or " +
      "oscillators fail unnoticed (OSDI 2012, §3 and §5.3): commit wait is too short.",
    breaks: ["strict-serializable"],
    hunt: { faults: ["clock"], workload: "causal-reverse" },
  },
  "reads-below-prepared": {
    description:
      "A read-only transaction does not wait for transactions that are prepared below its timestamp (OSDI 2012, §4.1.3, " +
      "t_safe for transactions): it sees those that commit there on one shard, and not yet on the other.",
    breaks: ["read-atomic"],
    hunt: { faults: ["partition"] },
  },
  "safe-time-ignored": {
    description:
      "A replica answers a read at a timestamp from what it has, whether or not it has heard of all that commits up to " +
      "there (OSDI 2012, §4.1.3, t_safe for Paxos), as a read from any lagging replica.",
    breaks: ["strict-serializable"],
    hunt: { config: { reads: "replica" }, faults: ["partition"] },
  },
  "prepare-not-logged": {
    description:
      "What a participant has promised when it voted yes is in its leader's memory only (Bernstein, Hadzilacos & Goodman " +
      "1987, §7.4, wants the record in stable storage first): its successor applies nothing of what others commit.",
    breaks: ["read-atomic"],
    hunt: { faults: ["kill", "partition"] },
  },
  "locks-lost-on-failover": {
    description:
      "A new leader does not take back the locks of transactions that are prepared in its log (OSDI 2012, §4.2.1), so " +
      "that others read and write what these are about to write.",
    breaks: ["serializable"],
    hunt: { faults: ["kill", "partition"] },
  },
  "decision-not-logged": {
    description:
      "A coordinator tells its decision to commit without waiting for its group's log to have it (Bernstein, Hadzilacos & " +
      "Goodman 1987, §7.4): its successor, who does not know it, aborts what others have committed and clients were told of.",
    breaks: ["read-atomic"],
    hunt: { faults: ["partition", "kill"] },
  },
} as const satisfies Record<string, ModelBug>;

export type BugName = keyof typeof BUGS;
