import { countReads } from "../causal/list.ts";
import { causesOf } from "../causal/list-causes.ts";
import { reportListThinAir } from "../causal/list-report.ts";
import { judgeListViews } from "../causal/list-views.ts";
import type { Anomalies } from "../shared/anomalies.ts";
import type { Deadline } from "../shared/deadline.ts";
import type { HistoryIndex } from "../shared/history-index.ts";

/** PRAM of append-only lists whose elements are unique. Returns the number of reads judged. */
export function judgeLists(index: HistoryIndex, anomalies: Anomalies, deadline: Deadline): number {
  reportListThinAir(index, anomalies);
  const checked = countReads(index, anomalies, deadline);
  if (anomalies.list.length === 0) judgeListViews(index, causesOf(index, false), anomalies, deadline, "pram");
  return checked;
}
