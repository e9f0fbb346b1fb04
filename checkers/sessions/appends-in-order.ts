import { type Anomalies, because } from "../shared/anomalies.ts";
import type { Deadline } from "../shared/deadline.ts";
import { type Access, type HistoryIndex, named } from "../shared/history-index.ts";
import { shown, who } from "../shared/phrases.ts";
import { Positions } from "../shared/positions.ts";
import { sessionsByKey } from "./by-key.ts";

/**
 * Monotonic writes on lists and sets. It is enough to look for the append right before in the same session: if each has its
 * predecessor before it, it has all of them. In a set that it has it is all that can be seen.
 *
 * Returns the number of appends seen in lists that have a predecessor.
 */
export function appendsInOrder(index: HistoryIndex, anomalies: Anomalies, deadline: Deadline): number {
  const isOrdered = index.type === "list";
  const predecessors = new Map<Access, Access>();
  for (const { accesses } of sessionsByKey(index)) {
    let previous: Access | undefined;
    for (const access of accesses) {
      if (access.wrote === undefined) continue;
      if (previous) predecessors.set(access, previous);
      previous = access;
    }
  }

  let checked = 0;
  for (const key of index.keys) {
    const before = key.writers.map((append) => append && predecessors.get(append));
    const positions = new Positions(key);
    for (const read of key.accesses) {
      deadline.step();
      // Whoever asked for one element did not look for others.
      if (read.saw === undefined || read.asked !== undefined) continue;
      positions.load(read.saw);
      for (const value of read.saw) {
        const previous = before[value];
        if (previous?.wrote === undefined) continue;
        checked++;
        const position = positions.of(previous.wrote);
        const later = key.writers[value];
        if (later && (position < 0 || (isOrdered && position > positions.of(value))))
          report(previous, later, read, position < 0, anomalies);
      }
    }
  }
  return checked;
}

function report(earlier: Access, later: Access, read: Access, missing: boolean, anomalies: Anomalies): void {
  anomalies.add("non-monotonic-write", () => {
    const [first, second] = [shown(earlier, earlier.wrote ?? 0), shown(later, later.wrote ?? 0)];
    const how = missing ? `without ${first}` : `before ${first}`;
    return {
      rulesOut: ["monotonic-writes"],
      key: read.key.name,
      explanation: `process ${later.op.process} put ${first} and then ${second} into ${named(read.key.name)}, but process ${read.op.process} read ${second} ${how}.`,
      ops: [earlier.op, later.op, read.op],
      because: [
        because(earlier.op, later.op, `${who(earlier.op)} first`),
        because(later.op, read.op, `it shows ${second} ${how}`),
      ],
    };
  });
}
