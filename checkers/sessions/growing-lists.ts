import { type Anomalies, because } from "../shared/anomalies.ts";
import type { Deadline } from "../shared/deadline.ts";
import { type Access, type HistoryIndex, named } from "../shared/history-index.ts";
import { at, shown } from "../shared/phrases.ts";
import { commonPrefix, Positions } from "../shared/positions.ts";
import { showSome } from "../shared/values.ts";
import { sessionsByKey } from "./by-key.ts";

/**
 * Monotonic reads on lists: each read is a subsequence of the session's next read of the key, and so of all later ones.
 * Returns the number of reads with an earlier one that showed something.
 */
export function growingLists(index: HistoryIndex, anomalies: Anomalies, deadline: Deadline): number {
  let checked = 0;
  for (const { key, accesses } of sessionsByKey(index)) {
    const positions = new Positions(key);
    let previous: { access: Access; saw: Int32Array } | undefined;
    for (const access of accesses) {
      deadline.step();
      const { saw } = access;
      if (saw === undefined) continue;
      if (previous) {
        checked++;
        // Nearly always the earlier list is a prefix of the later.
        if (commonPrefix(previous.saw, saw) < previous.saw.length) {
          positions.load(saw);
          compare(previous.access, previous.saw, access, positions, anomalies);
        }
      }
      if (saw.length > 0) previous = { access, saw };
    }
  }
  return checked;
}

function compare(before: Access, seen: Int32Array, after: Access, positions: Positions, anomalies: Anomalies): void {
  const missing = [...seen].filter((value) => positions.of(value) < 0);
  if (missing.length > 0) {
    reportMissing(before, after, missing, anomalies);
    return;
  }
  const once = [...new Set(seen)];
  const turned = once.findIndex((value, i) => i > 0 && positions.of(value) < positions.of(once[i - 1] ?? 0));
  const [first, second] = [once[turned - 1], once[turned]];
  if (first !== undefined && second !== undefined) reportReordered(before, after, first, second, anomalies);
}

const RULES_OUT = ["monotonic-reads"] as const;
const KIND = "non-monotonic-read";

export function reportMissing(before: Access, after: Access, missing: readonly number[], anomalies: Anomalies): void {
  anomalies.add(KIND, () => ({
    rulesOut: RULES_OUT,
    key: before.key.name,
    explanation: `process ${after.op.process} read ${named(before.key.name)} at ${at(before.op.returnNs)} and saw ${showSome(missing.map((value) => before.key.values[value] ?? null))}, which its later read at ${at(after.op.returnNs)} no longer shows.`,
    ops: [before.op, after.op],
    because: [because(before.op, after.op, "what a session has seen, its later reads must see as well")],
  }));
}

function reportReordered(before: Access, after: Access, first: number, second: number, anomalies: Anomalies): void {
  const [a, b] = [shown(before, first), shown(before, second)];
  anomalies.add(KIND, () => ({
    rulesOut: RULES_OUT,
    key: before.key.name,
    explanation: `process ${after.op.process} read ${named(before.key.name)} with ${a} before ${b}, and later with ${b} before ${a}.`,
    ops: [before.op, after.op],
    because: [because(before.op, after.op, "what a session has seen must stay as it was")],
  }));
}
