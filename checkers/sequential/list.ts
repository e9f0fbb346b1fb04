import { countReads } from "../causal/list.ts";
import { causesOf } from "../causal/list-causes.ts";
import { reportListThinAir } from "../causal/list-report.ts";
import { judgeListView } from "../causal/list-views.ts";
import type { Anomalies } from "../shared/anomalies.ts";
import type { Deadline } from "../shared/deadline.ts";
import type { HistoryIndex } from "../shared/history-index.ts";

/**
 * Append-only lists whose elements are unique: one order of all operations keeps those of the sessions and explains all
 * lists. Returns the number of reads judged.
 */
export function judgeLists(index: HistoryIndex, anomalies: Anomalies, deadline: Deadline): number {
  reportListThinAir(index, anomalies);
  const checked = countReads(index, anomalies, deadline);
  if (anomalies.list.length === 0)
    judgeListView(index, causesOf(index, false), index.accesses, anomalies, deadline, {
      kind: "cyclic-order",
      rulesOut: ["sequential"],
      what: "no one order of all operations that keeps each session's explains what was read",
    });
  return checked;
}
