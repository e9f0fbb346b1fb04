import { ackBeforeDisk } from "./entries/ack-before-disk.ts";
import { antiEntropy } from "./entries/anti-entropy.ts";
import { causalReverse } from "./entries/causal-reverse.ts";
import { clockSkew } from "./entries/clock-skew.ts";
import { concurrentWrites } from "./entries/concurrent-writes.ts";
import { consistentPrefix } from "./entries/consistent-prefix.ts";
import { fencing } from "./entries/fencing.ts";
import { hintedHandoff } from "./entries/hinted-handoff.ts";
import { leaderLostWithLag } from "./entries/leader-lost-with-lag.ts";
import { lockClockJump } from "./entries/lock-clock-jump.ts";
import { lockHolderCrash } from "./entries/lock-holder-crash.ts";
import { lockPartition } from "./entries/lock-partition.ts";
import { lockPause } from "./entries/lock-pause.ts";
import { lostOnFailover } from "./entries/lost-on-failover.ts";
import { monotonicReads } from "./entries/monotonic-reads.ts";
import { movingSession } from "./entries/moving-session.ts";
import { noCommitWait } from "./entries/no-commit-wait.ts";
import { noteApp } from "./entries/note-app.ts";
import { orSet } from "./entries/or-set.ts";
import { paxosDuel } from "./entries/paxos-duel.ts";
import { quorumN5R2W3 } from "./entries/quorum-n5-r2-w3.ts";
import { quorumR1W1 } from "./entries/quorum-r1-w1.ts";
import { quorumR1W3 } from "./entries/quorum-r1-w3.ts";
import { quorumR2W2 } from "./entries/quorum-r2-w2.ts";
import { quorumR3W1 } from "./entries/quorum-r3-w1.ts";
import { raftDeposedLeader } from "./entries/raft-deposed-leader.ts";
import { raftFigure8 } from "./entries/raft-figure-8.ts";
import { raftLease } from "./entries/raft-lease.ts";
import { raftSplitVote } from "./entries/raft-split-vote.ts";
import { readRepair } from "./entries/read-repair.ts";
import { readYourWrites } from "./entries/read-your-writes.ts";
import { redlockSplitBrain } from "./entries/redlock-split-brain.ts";
import { removedComesBack } from "./entries/removed-comes-back.ts";
import { retryAppliedTwice } from "./entries/retry-applied-twice.ts";
import { sloppyQuorum } from "./entries/sloppy-quorum.ts";
import { splitBrain } from "./entries/split-brain.ts";
import { twoEditors } from "./entries/two-editors.ts";
import type { TextbookScenario } from "./scenario.ts";

/** The catalogue, in the order in which it is best read. */
const CATALOGUE: readonly TextbookScenario[] = [
  readYourWrites,
  monotonicReads,
  consistentPrefix,
  movingSession,
  noteApp,
  ackBeforeDisk,
  lostOnFailover,
  leaderLostWithLag,
  splitBrain,
  fencing,
  clockSkew,
  concurrentWrites,
  twoEditors,
  orSet,
  removedComesBack,
  quorumR2W2,
  quorumR1W3,
  quorumR3W1,
  quorumR1W1,
  quorumN5R2W3,
  sloppyQuorum,
  hintedHandoff,
  readRepair,
  antiEntropy,
  raftFigure8,
  raftSplitVote,
  raftDeposedLeader,
  raftLease,
  retryAppliedTwice,
  paxosDuel,
  noCommitWait,
  causalReverse,
  lockHolderCrash,
  lockPause,
  lockPartition,
  lockClockJump,
  redlockSplitBrain,
];

/** All textbook scenarios by name. */
export const SCENARIOS: Readonly<Record<string, TextbookScenario>> = Object.fromEntries(
  CATALOGUE.map((scenario) => [scenario.name, scenario]),
);

export type { Finding } from "./facts.ts";
export { type PlayedHalf, type PlayedScenario, playScenario, stageOf } from "./run.ts";
export type { TextbookScenario } from "./scenario.ts";
