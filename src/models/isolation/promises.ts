import type { ConsistencyModel } from "../../core/consistency.ts";
import type { Conditions } from "../../core/model.ts";
import { type Isolation, settingsOf } from "./settings.ts";

const HOLDS: Readonly<Record<Isolation, readonly ConsistencyModel[]>> = {
  "strict-two-phase-locking": ["strict-serializable", "linearizable"],
  "serializable-snapshot-isolation": ["strict-serializable", "linearizable"],
  "snapshot-isolation": ["strong-snapshot-isolation", "linearizable"],
  "parallel-snapshot-isolation": ["parallel-snapshot-isolation", "causal-ccv", "causal-cm", "durable"],
  "read-committed": [
    "read-your-writes",
    "monotonic-reads",
    "monotonic-writes",
    "writes-follow-reads",
    "monotonic-atomic-view",
    "strong-session-read-committed",
    "durable",
  ],
  "read-uncommitted": ["read-your-writes", "monotonic-writes", "read-uncommitted", "durable"],
};

const BREAKS: Readonly<Record<Isolation, readonly ConsistencyModel[]>> = {
  "strict-two-phase-locking": [],
  "serializable-snapshot-isolation": [],
  "snapshot-isolation": ["update-serializable", "repeatable-read"],
  "parallel-snapshot-isolation": ["update-serializable", "prefix", "repeatable-read"],
  "read-committed": ["balanced", "read-atomic", "cursor-stability"],
  "read-uncommitted": ["balanced", "read-committed"],
};

/**
 * The strongest models that hold, whatever faults strike: there is one copy, what is acknowledged is on its disk, and what
 * others see is on it before they are told. The argument never depends on time.
 *
 * - Strict two-phase locking: in the order of commits, which lie between call and return, every read finds what it found
 *   (Bernstein, Hadzilacos & Goodman 1987, §3.2).
 * - Snapshot isolation: a snapshot contains all that was acknowledged before its transaction was called. Operations on one
 *   key, and transfers, write all that they read or nothing: none of them can skew another, so they are linearizable.
 * - Serializable: dependencies other than anti-dependencies between concurrent transactions lead from a commit to a later
 *   start, and so does real time. A circle of all these would need a pivot as well (Fekete et al., TODS 2005, Theorem 2.1,
 *   whose proof uses nothing else), and none commits. So the order keeps real time.
 * - Parallel: a session stays in its lane, and a lane sees nothing before what it followed from: causal. Of a key nobody
 *   commits a version without having seen the one before. A lane's own order is one that explains each of its sessions.
 * - Read committed: a commit is seen as a whole by every statement after it, so once one of its writes is seen, so are all.
 *   Operations on one key are single statements.
 * - Read uncommitted: write locks last until the end, and aborts put back what they found. A session's own writes are
 *   committed and stay; what it saw of others need not.
 */
export const holds = ({ config }: Conditions): readonly ConsistencyModel[] => HOLDS[settingsOf(config).isolation];

/**
 * The weakest models that are seen to break, without any fault. Snapshots: write skew (A5B of Berenson et al., 1995). In parallel:
 * the long fork. Read committed: lost updates, and reads before and after another's commit (P4 and A5A); totals are wrong then.
 */
export const breaks = ({ config }: Conditions): readonly ConsistencyModel[] => BREAKS[settingsOf(config).isolation];
