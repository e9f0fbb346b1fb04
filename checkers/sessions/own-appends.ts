import { type Anomalies, because } from "../shared/anomalies.ts";
import type { Deadline } from "../shared/deadline.ts";
import { type Access, type HistoryIndex, named } from "../shared/history-index.ts";
import { at, who } from "../shared/phrases.ts";
import { Positions } from "../shared/positions.ts";
import { show, showSome } from "../shared/values.ts";
import { sessionsByKey } from "./by-key.ts";

/**
 * Read-your-writes on lists and sets: every read shows all that its session has put into the object.
 * Returns the number of reads that follow an acknowledged append of their session.
 */
export function ownAppendsInReads(index: HistoryIndex, anomalies: Anomalies, deadline: Deadline): number {
  let checked = 0;
  for (const { key, accesses } of sessionsByKey(index)) {
    const positions = new Positions(key);
    const own: Access[] = [];
    for (const access of accesses) {
      deadline.step();
      if (access.wrote !== undefined) own.push(access);
      if (access.saw === undefined) continue;
      const due = access.asked === undefined ? own : own.filter(({ wrote }) => wrote === access.asked);
      if (due.length === 0) continue;
      checked++;
      positions.load(access.saw);
      const missing = due.filter(({ wrote }) => positions.of(wrote ?? 0) < 0);
      if (missing.length > 0) report(access, missing, anomalies);
    }
  }
  return checked;
}

function report(read: Access, missing: readonly Access[], anomalies: Anomalies): void {
  const last = missing.at(-1);
  if (!last) return;
  anomalies.add("missed-own-write", () => ({
    rulesOut: ["read-your-writes"],
    key: read.key.name,
    explanation: `${who(last.op)}, acknowledged at ${at(last.op.returnNs)}, but its later read of ${named(read.key.name)} shows ${show(read.op.outcome.type === "ok" ? read.op.outcome.value : null)}, without ${showSome(missing.map(({ op }) => op.input))}.`,
    ops: [last.op, read.op],
    because: [because(last.op, read.op, "a session must see what it did before")],
  }));
}
