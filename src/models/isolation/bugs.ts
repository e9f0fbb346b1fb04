import type { ModelBug } from "../../core/model.ts";

/** Deliberate defects. Where one is known from a real system or a paper, the description says so. */
export const BUGS = {
  "read-locks-released-early": {
    description:
      "Read locks end with the statement, so locking is not two-phase (Gray's degree 2, sold as serializable): what was " +
      "read is overwritten before the transaction ends.",
    breaks: ["cursor-stability", "read-atomic"],
    hunt: { config: { isolation: "strict-two-phase-locking" }, workload: "txn-register" },
  },
  "abort-without-undo": {
    description:
      "A transaction that aborts gives its locks back, but what it wrote stays: others read what never happened (G1a).",
    breaks: ["read-committed"],
    hunt: { config: { isolation: "strict-two-phase-locking" } },
  },
  "no-first-committer-wins": {
    description:
      "A commit does not look whether somebody else has committed the same key since the snapshot was taken: updates are " +
      "lost, as under the repeatable read of MySQL (Jepsen, MySQL 8.0.34, 2023).",
    breaks: ["cursor-stability"],
    hunt: { config: { isolation: "snapshot-isolation" }, workload: "txn-register" },
  },
  "snapshot-per-statement": {
    description:
      "Every statement takes a snapshot of its own, where the transaction should have one: it sees halves of others, and " +
      "one key at two times.",
    breaks: ["read-atomic"],
    hunt: { config: { isolation: "snapshot-isolation" } },
  },
  "reads-forgotten-at-commit": {
    description:
      "What a transaction has read is forgotten when it commits, while others that ran at the same time still do: their " +
      "writes of it go unnoticed (why SIREAD locks outlive their transaction: Cahill, Röhm & Fekete, SIGMOD 2008, §3.2).",
    breaks: ["repeatable-read", "update-serializable"],
    hunt: { config: { isolation: "serializable-snapshot-isolation" }, workload: "write-skew" },
  },
  "write-locks-released-early": {
    description:
      "Write locks end with the statement (Gray's degree 0): transactions overwrite each other's uncommitted writes, and an " +
      "abort that undoes its own takes others along (P0 of Berenson et al., §3).",
    breaks: ["read-uncommitted"],
    hunt: { config: { isolation: "read-uncommitted" } },
  },
  "losers-redone": {
    description:
      "Recovery redoes every write that it finds in the log, also of transactions that had aborted or never committed " +
      "(recovery leaves what was last committed: Bernstein, Hadzilacos & Goodman, 1987, ch. 6).",
    breaks: ["read-committed"],
    hunt: { config: { isolation: "strict-two-phase-locking" }, faults: ["kill"] },
  },
  "ack-before-log": {
    description:
      "A commit is acknowledged before its log record is on disk (write-ahead logging's second half; PostgreSQL with " +
      "synchronous_commit off): a crash takes back what the client was promised.",
    breaks: ["durable"],
    hunt: { config: { isolation: "strict-two-phase-locking" }, faults: ["kill"], workload: "append" },
  },
} as const satisfies Record<string, ModelBug>;

export type BugName = keyof typeof BUGS;
