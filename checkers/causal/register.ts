import type { Anomalies } from "../shared/anomalies.ts";
import type { Deadline } from "../shared/deadline.ts";
import type { Access, HistoryIndex, KeyIndex } from "../shared/history-index.ts";
import { shown, who } from "../shared/phrases.ts";
import { countInPast, RULES_OUT, reportCausalCycles, reportThinAir, writesBySession } from "./common.ts";
import { type Conflict, reportConflictCycles } from "./conflicts.ts";
import { causalChain, mentioned, ties } from "./explain.ts";
import { CausalPast } from "./past.ts";

/**
 * Causal convergence of registers whose values are unique: a history is causally convergent if and only if it has none of
 * the bad patterns CyclicCO, WriteCOInitRead, ThinAirRead, WriteCORead and CyclicCF (Bouajjani et al., POPL 2017).
 * Returns the number of reads judged.
 */
export function judgeRegisters(index: HistoryIndex, anomalies: Anomalies, deadline: Deadline): number {
  const past = new CausalPast(index, deadline);
  reportThinAir(index, anomalies);
  reportCausalCycles(index, past, anomalies);
  const conflicts: Conflict[] = [];
  let checked = 0;
  for (const key of index.keys) {
    const reads = new KeyReads(key, index, past, anomalies, deadline);
    checked += reads.checked;
    for (const bySession of reads.conflicts.values()) conflicts.push(...bySession.values());
  }
  reportConflictCycles(index, past, conflicts, anomalies);
  return checked;
}

/** The reads of one key against what their causal past holds. */
class KeyReads {
  checked = 0;
  /** For each write that was read, the last write of each session that must come before it. */
  readonly conflicts = new Map<Access, Map<number, Conflict>>();

  constructor(key: KeyIndex, index: HistoryIndex, past: CausalPast, anomalies: Anomalies, deadline: Deadline) {
    const sessions = writesBySession(key.accesses);
    for (const read of key.accesses) {
      if (read.saw === undefined || past.inCycle(read)) continue;
      const value = read.saw[0];
      const source = value === undefined ? undefined : key.writers[value];
      const outOfThinAir = value !== undefined && source === undefined;
      if (outOfThinAir || sessions.length === 0) continue;
      this.checked++;
      // Of each session the last write in the past is enough: it has the session's others in its own past.
      const seen: Access[] = [];
      for (const ofSession of sessions) {
        deadline.step();
        const last = ofSession.writes[countInPast(past, ofSession, read) - 1];
        if (last && last !== source) seen.push(last);
      }
      if (source === undefined) {
        const [missed] = seen;
        if (missed) reportInitRead(index, past, missed, read, anomalies);
        continue;
      }
      const over = seen.find((write) => past.includes(write, source));
      if (over) reportOverwritten(index, past, source, over, read, anomalies);
      // What is known to be overwritten makes a circle with every later write; that is told already.
      else for (const write of seen) if (!past.includes(source, write)) this.#keep({ w1: write, w2: source, read });
    }
  }

  #keep(conflict: Conflict): void {
    const { w1, w2 } = conflict;
    const bySession = this.conflicts.get(w2) ?? new Map<number, Conflict>();
    this.conflicts.set(w2, bySession);
    const known = bySession.get(w1.session);
    if (!known || known.w1.position < w1.position) bySession.set(w1.session, conflict);
  }
}

/** WriteCOInitRead: nothing was read although a write is in the past. */
function reportInitRead(
  index: HistoryIndex,
  past: CausalPast,
  write: Access,
  read: Access,
  anomalies: Anomalies,
): void {
  anomalies.add("write-co-init-read", () => {
    const tied = ties(causalChain(index, past, write, read));
    return {
      rulesOut: RULES_OUT,
      key: read.key.name,
      explanation: `${who(read.op)}, as if it had never been written; but ${who(write.op)}, and that is in the causal past of the read.`,
      ops: mentioned(tied, index),
      because: tied,
    };
  });
}

/** WriteCORead: what was read had been overwritten in the reader's own past. */
function reportOverwritten(
  index: HistoryIndex,
  past: CausalPast,
  source: Access,
  over: Access,
  read: Access,
  anomalies: Anomalies,
): void {
  anomalies.add("write-co-read", () => {
    const tied = [...ties(causalChain(index, past, source, over)), ...ties(causalChain(index, past, over, read))];
    const old = shown(source, source.wrote ?? 0);
    return {
      rulesOut: RULES_OUT,
      key: read.key.name,
      explanation: `${who(read.op)}, although ${who(over.op)} with ${old} in its causal past, and that is in turn in the causal past of the read: ${old} had been overwritten.`,
      ops: mentioned(tied, index),
      because: tied,
    };
  });
}
