import type { Anomalies } from "../shared/anomalies.ts";
import type { Deadline } from "../shared/deadline.ts";
import type { Access, HistoryIndex } from "../shared/history-index.ts";
import { Positions } from "../shared/positions.ts";
import { sessionsByKey, wasWritten } from "./by-key.ts";
import { reportMissing } from "./growing-lists.ts";

/**
 * Monotonic reads on sets from which nothing is removed: what a session saw, it sees for ever.
 * Returns the number of reads with an earlier one that showed something of what they tell.
 */
export function growingSets(index: HistoryIndex, anomalies: Anomalies, deadline: Deadline): number {
  let checked = 0;
  for (const { key, accesses } of sessionsByKey(index)) {
    const positions = new Positions(key);
    /** For each element the first read that showed it. */
    const seen = new Map<number, Access>();
    for (const access of accesses) {
      deadline.step();
      const { saw, asked } = access;
      if (saw === undefined) continue;
      const due = asked === undefined ? [...seen.keys()] : [asked].filter((value) => seen.has(value));
      if (due.length > 0) checked++;
      positions.load(saw);
      const missing = due.filter((value) => positions.of(value) < 0);
      const before = seen.get(missing[0] ?? -1);
      if (before)
        reportMissing(
          before,
          access,
          missing.filter((value) => seen.get(value) === before),
          anomalies,
        );
      // An element that nobody added is no write; `causal` reports it.
      for (const value of saw) if (!seen.has(value) && wasWritten(key, value)) seen.set(value, access);
    }
  }
  return checked;
}
