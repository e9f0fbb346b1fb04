import type { ModelBug } from "../../core/model.ts";

/** Deliberate defects: each a rule of the protocol left out at one place. */
export const BUGS = {
  "gaps-not-asked-for": {
    description:
      "A new leader fills the slots for which it has accepted nothing itself with no-ops, whatever the promises tell of " +
      "them (Paxos Made Simple, §3, wants phase 1 for all slots it does not know to be chosen), so that commands that " +
      "were acknowledged are lost.",
    breaks: ["read-your-writes", "eventual"],
    hunt: { faults: ["partition"] },
  },
  "chosen-by-number": {
    description:
      "A node that hears up to which slot the log is chosen takes what it has accepted there for chosen, in whatever " +
      "ballot that was: a deposed leader applies its own commands where others were chosen.",
    breaks: ["eventual"],
    hunt: { faults: ["partition"], workload: "append" },
  },
  "gap-skipped": {
    description:
      "A node that has missed a slot goes on with the next one when it hears that both are chosen, instead of asking " +
      "(Paxos Made Simple, §3: a command is executed when all before it are known), so its copy lacks a command for ever.",
    breaks: ["eventual"],
    hunt: { faults: ["link"], workload: "append" },
  },
  "not-synced": {
    description:
      "What an acceptor has promised and accepted is not forced to disk before it answers (Paxos Made Simple, §2.5, wants " +
      "stable storage), so acceptors that crash together forget what was chosen.",
    breaks: ["durable"],
    hunt: { faults: ["kill"] },
  },
  "deposed-leader-reads": {
    description:
      "A leader answers reads from its own copy as long as it believes that it leads, with a lease or without " +
      "(Paxos Made Live, §5.2): a deposed leader that has not heard of its successor shows old values.",
    breaks: ["linearizable"],
    hunt: { config: { reads: "lease" }, faults: ["partition"] },
  },
  "lease-of-two": {
    description:
      "A leader takes its lease for renewed as soon as one other node has answered, and not a majority: cut off with that " +
      "one, it goes on answering reads when the rest have long elected another leader.",
    breaks: ["linearizable"],
    hunt: { config: { reads: "lease" }, faults: ["partition"], nodes: 5 },
  },
  "lease-from-answer": {
    description:
      "A leader counts its lease from when the answers arrive and not from when its message left, though the others count " +
      "from some moment in between: after a pause or on a slow link it goes on answering reads when another is elected.",
    breaks: ["linearizable"],
    hunt: { config: { reads: "lease" }, faults: ["partition", "pause", "link", "disk"], gapMs: 600 },
  },
  "lease-on-wall-clock": {
    description:
      "Leases are measured on the wall clock: when the leader's is set back, its lease lasts for as much longer, while the " +
      "others elect another leader.",
    breaks: ["linearizable"],
    hunt: { config: { reads: "lease" }, faults: ["partition", "clock"], gapMs: 800 },
  },
} as const satisfies Record<string, ModelBug>;

export type BugName = keyof typeof BUGS;
