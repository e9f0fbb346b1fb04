import { LockingScheduler } from "./locking.ts";
import { ReadCommittedScheduler } from "./read-committed.ts";
import type { Scheduler, Writes } from "./scheduler.ts";
import { LANES, type Settings } from "./settings.ts";
import { SnapshotScheduler } from "./snapshots.ts";

/** The scheduler of a level, with what the log holds as committed. */
export function schedulerOf({ isolation, bug }: Settings, committed: readonly Writes[]): Scheduler {
  switch (isolation) {
    case "strict-two-phase-locking":
      return new LockingScheduler(committed, {
        readLocks: bug === "read-locks-released-early" ? "statement" : "transaction",
        writeLocks: "transaction",
        undoes: bug !== "abort-without-undo",
      });
    case "read-uncommitted":
      return new LockingScheduler(committed, {
        readLocks: "none",
        writeLocks: bug === "write-locks-released-early" ? "statement" : "transaction",
        undoes: bug !== "abort-without-undo",
      });
    case "read-committed":
      return new ReadCommittedScheduler(committed);
    default:
      return new SnapshotScheduler(committed, {
        lanes: isolation === "parallel-snapshot-isolation" ? LANES : 1,
        serializable: isolation === "serializable-snapshot-isolation",
        firstCommitterWins: bug !== "no-first-committer-wins",
        snapshotPer: bug === "snapshot-per-statement" ? "statement" : "transaction",
        forgetsReads: bug === "reads-forgotten-at-commit",
      });
  }
}
