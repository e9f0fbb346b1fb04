import type { Anomalies } from "../shared/anomalies.ts";
import type { Causes } from "../shared/causes.ts";
import type { Deadline } from "../shared/deadline.ts";
import type { Access, HistoryIndex, KeyIndex } from "../shared/history-index.ts";
import { Positions } from "../shared/positions.ts";
import { Arbitration } from "./arbitration.ts";
import { Clocks } from "./clocks.ts";
import { causesOf, lookupIn } from "./list-causes.ts";
import { OrderOfCauses } from "./list-order.ts";
import { countKnown, writesBySession } from "./list-past.ts";
import { reportDuplicate, reportListThinAir, reportMissing } from "./list-report.ts";
import { judgeListViews } from "./list-views.ts";
import { reportCausalCycles } from "./report.ts";

/**
 * Append-only lists whose elements are unique. A read shows which appends it saw and in which order they were put, so
 * that the definitions can be checked as they stand. Of causal consistency (CC): every list holds exactly the appends in
 * the causal past of its read, once each, in an order that keeps causes before effects. (A larger causal order than the
 * least could only demand more of the lists.)
 *
 * Sets are judged alike, but for the order of their elements: that adds nothing to what CC demands, so that the three models
 * are one.
 *
 * All of these return the number of reads judged.
 */
export function judgeCausal(index: HistoryIndex, anomalies: Anomalies, deadline: Deadline): number {
  const { causes, clocks } = reportCauses(index, anomalies, deadline);
  if (index.type === "set") return judgeReads(index, causes, clocks, anomalies, deadline, () => undefined);
  const order = new OrderOfCauses(causes, clocks, lookupIn(index), anomalies);
  return judgeReads(index, causes, clocks, anomalies, deadline, (read, appends) => order.judge(read, appends));
}

/** Causal convergence (CCv): one order of all operations keeps the causal order and the order of all lists. */
export function judgeConvergent(index: HistoryIndex, anomalies: Anomalies, deadline: Deadline): number {
  if (index.type === "set") return judgeCausal(index, anomalies, deadline);
  const { causes, clocks } = reportCauses(index, anomalies, deadline);
  const arbitration = new Arbitration(index, causes, clocks);
  const observe = (read: Access, appends: readonly Access[]): void => arbitration.observe(read, appends);
  const checked = judgeReads(index, causes, clocks, anomalies, deadline, observe);
  arbitration.report(anomalies);
  return checked;
}

/** Causal memory (CM): for each session one order of its own keeps the causal order and explains all its reads. */
export function judgeMemory(index: HistoryIndex, anomalies: Anomalies, deadline: Deadline): number {
  if (index.type === "set") return judgeCausal(index, anomalies, deadline);
  const { causes, clocks } = reportCauses(index, anomalies, deadline);
  const checked = judgeReads(index, causes, clocks, anomalies, deadline, () => undefined);
  if (anomalies.list.length === 0) judgeListViews(index, causes, anomalies, deadline, "causal-cm");
  return checked;
}

function reportCauses(index: HistoryIndex, anomalies: Anomalies, deadline: Deadline) {
  const causes = causesOf(index);
  const clocks = new Clocks(causes, deadline);
  reportListThinAir(index, anomalies);
  reportCausalCycles(causes, clocks, lookupIn(index), anomalies);
  return { causes, clocks };
}

/** What each list holds against what it must; `observe` gets its appends, each once, in the order of the list. */
function judgeReads(
  index: HistoryIndex,
  causes: Causes,
  clocks: Clocks,
  anomalies: Anomalies,
  deadline: Deadline,
  observe: (read: Access, appends: readonly Access[]) => void,
): number {
  let checked = 0;
  for (const key of index.keys) {
    const sessions = writesBySession(key.accesses);
    const positions = new Positions(key);
    for (const read of key.accesses) {
      if (read.saw === undefined || sessions.length === 0) continue;
      checked++;
      positions.load(read.saw);
      const appends = appendsIn(read.saw, key, positions, deadline, (append) =>
        reportDuplicate(read, append, anomalies),
      );
      observe(read, appends);
      if (clocks.inCycle(read.id)) continue;
      if (read.asked !== undefined) {
        const add = key.writers[read.asked];
        if (add && positions.of(read.asked) < 0 && clocks.knows(read.id, add.id))
          reportMissing(index, causes, clocks, read, [add], anomalies);
        continue;
      }
      // All that is in the list is in the past, so that comparing the numbers is enough.
      const required = sessions.map((writes) => countKnown(clocks, writes, read));
      if (required.reduce((sum, count) => sum + count, 0) === appends.length) continue;
      const missing = sessions.flatMap(({ writes }, i) =>
        writes.slice(0, required[i]).filter(({ wrote }) => positions.of(wrote ?? 0) < 0),
      );
      reportMissing(index, causes, clocks, read, missing, anomalies);
    }
  }
  return checked;
}

/** Counts the reads of keys that were appended to, and reports elements that a list shows twice. */
export function countReads(index: HistoryIndex, anomalies: Anomalies, deadline: Deadline): number {
  let checked = 0;
  for (const key of index.keys) {
    const positions = new Positions(key);
    if (!key.accesses.some(({ wrote }) => wrote !== undefined)) continue;
    for (const read of key.accesses) {
      if (read.saw === undefined) continue;
      checked++;
      positions.load(read.saw);
      appendsIn(read.saw, key, positions, deadline, (append) => reportDuplicate(read, append, anomalies));
    }
  }
  return checked;
}

/** The appends that a list shows, without those nobody made; `again` is told of those that it shows once more. */
function appendsIn(
  list: Int32Array,
  key: KeyIndex,
  positions: Positions,
  deadline: Deadline,
  again: (append: Access) => void,
): Access[] {
  const appends: Access[] = [];
  for (let i = 0; i < list.length; i++) {
    deadline.step();
    const value = list[i] as number;
    const append = key.writers[value];
    if (append === undefined) continue;
    if (positions.of(value) === i) appends.push(append);
    else again(append);
  }
  return appends;
}
