import { type Anomalies, because } from "../shared/anomalies.ts";
import type { Causes } from "../shared/causes.ts";
import { type Access, type HistoryIndex, named } from "../shared/history-index.ts";
import { shown, who } from "../shared/phrases.ts";
import { showSome } from "../shared/values.ts";
import type { Clocks } from "./clocks.ts";
import { mentioned, ties } from "./explain.ts";
import { lookupIn } from "./list-causes.ts";
import { causalChain, NOT_CAUSAL, thinAir, UNEXPLAINED } from "./report.ts";

/** ThinAirRead: a list shows an element that no operation which may have happened has appended. */
export function reportListThinAir(index: HistoryIndex, anomalies: Anomalies): void {
  for (const key of index.keys) {
    const reported = new Set<number>();
    for (const { saw, op } of key.accesses) {
      for (const value of saw ?? []) {
        if (key.writers[value] !== undefined || reported.has(value)) continue;
        reported.add(value);
        anomalies.add("ThinAirRead", () =>
          thinAir(op, key.values[value] ?? null, named(key.name), key.failed.get(value), UNEXPLAINED),
        );
      }
    }
  }
}

/** A list shows an append twice. */
export function reportDuplicate(read: Access, append: Access, anomalies: Anomalies): void {
  anomalies.add("duplicate-element", () => ({
    rulesOut: UNEXPLAINED,
    key: read.key.name,
    explanation: `${who(read.op)}, in which ${shown(append, append.wrote ?? 0)} occurs more than once although it was appended only once.`,
    ops: [append.op, read.op],
    because: [because(append.op, read.op, "appended once, seen more than once")],
  }));
}

/** An append in the causal past of a read is not in its list. */
export function reportMissing(
  index: HistoryIndex,
  causes: Causes,
  clocks: Clocks,
  read: Access,
  missing: readonly Access[],
  anomalies: Anomalies,
): void {
  const [first] = missing;
  if (!first) return;
  anomalies.add("missed-causal-write", () => {
    const at = lookupIn(index);
    const steps = causalChain(causes, clocks, first.id, read.id);
    return {
      rulesOut: NOT_CAUSAL,
      key: read.key.name,
      explanation: `${who(read.op)}, without ${showSome(missing.map(({ op }) => op.input))}; but ${who(first.op)}, and that is in the causal past of the read of ${named(read.key.name)}.`,
      ops: mentioned(steps, at),
      because: ties(steps, at),
    };
  });
}
