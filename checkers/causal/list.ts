import { type Anomalies, because } from "../shared/anomalies.ts";
import type { Deadline } from "../shared/deadline.ts";
import { type Access, type HistoryIndex, type KeyIndex, named } from "../shared/history-index.ts";
import { shown, who } from "../shared/phrases.ts";
import { Positions } from "../shared/positions.ts";
import { showSome } from "../shared/values.ts";
import { Arbitration } from "./arbitration.ts";
import { countInPast, RULES_OUT, reportCausalCycles, reportThinAir, writesBySession } from "./common.ts";
import { causalChain, mentioned, ties } from "./explain.ts";
import { CausalPast } from "./past.ts";

/**
 * Causal convergence of append-only lists whose elements are unique. A read shows which appends it saw and in which
 * order they were arbitrated, so the definition can be checked as it stands: every list holds exactly the appends in the
 * causal past of its read, once each, and one order of all operations extends the causal order and the order of all
 * lists. (A larger causal order than the least could only demand more of the lists.)
 *
 * Returns the number of reads judged.
 */
export function judgeLists(index: HistoryIndex, anomalies: Anomalies, deadline: Deadline): number {
  const past = new CausalPast(index, deadline);
  reportThinAir(index, anomalies);
  reportCausalCycles(index, past, anomalies);
  const arbitration = new Arbitration(index, past);
  let checked = 0;
  for (const key of index.keys) checked += judgeKey(key, index, past, arbitration, anomalies, deadline);
  arbitration.report(anomalies);
  return checked;
}

function judgeKey(
  key: KeyIndex,
  index: HistoryIndex,
  past: CausalPast,
  arbitration: Arbitration,
  anomalies: Anomalies,
  deadline: Deadline,
): number {
  const sessions = writesBySession(key.accesses);
  const positions = new Positions(key);
  let checked = 0;
  for (const read of key.accesses) {
    const { saw } = read;
    if (saw === undefined || sessions.length === 0) continue;
    checked++;
    positions.load(saw);
    const known: Access[] = [];
    for (let i = 0; i < saw.length; i++) {
      deadline.step();
      const value = saw[i] as number;
      const append = key.writers[value];
      if (append === undefined) continue;
      if (positions.of(value) === i) known.push(append);
      else reportDuplicate(read, append, anomalies);
    }
    arbitration.observe(read, known);
    if (past.inCycle(read)) continue;
    // All that is in the list is in the past, so that comparing the numbers is enough.
    const required = sessions.map((writes) => countInPast(past, writes, read));
    if (required.reduce((sum, count) => sum + count, 0) === known.length) continue;
    const missing = sessions.flatMap(({ writes }, i) =>
      writes.slice(0, required[i]).filter(({ wrote }) => positions.of(wrote ?? 0) < 0),
    );
    reportMissing(index, past, read, missing, anomalies);
  }
  return checked;
}

function reportDuplicate(read: Access, append: Access, anomalies: Anomalies): void {
  anomalies.add("duplicate-element", () => ({
    rulesOut: RULES_OUT,
    key: read.key.name,
    explanation: `${who(read.op)}, in which ${shown(append, append.wrote ?? 0)} occurs more than once although it was appended only once.`,
    ops: [append.op, read.op],
    because: [because(append.op, read.op, "appended once, seen more than once")],
  }));
}

/** An append in the causal past of a read is not in its list. */
function reportMissing(
  index: HistoryIndex,
  past: CausalPast,
  read: Access,
  missing: readonly Access[],
  anomalies: Anomalies,
): void {
  const [first] = missing;
  if (!first) return;
  anomalies.add("missed-causal-write", () => {
    const tied = ties(causalChain(index, past, first, read));
    return {
      rulesOut: RULES_OUT,
      key: read.key.name,
      explanation: `${who(read.op)}, without ${showSome(missing.map(({ op }) => op.input))}; but ${who(first.op)}, and that is in the causal past of the read of ${named(read.key.name)}.`,
      ops: mentioned(tied, index),
      because: tied,
    };
  });
}
