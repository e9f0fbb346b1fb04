import { type Anomalies, because } from "../shared/anomalies.ts";
import type { Deadline } from "../shared/deadline.ts";
import { type Access, type HistoryIndex, type KeyIndex, named } from "../shared/history-index.ts";
import { at, shown, who } from "../shared/phrases.ts";
import { type SessionOnKey, sawValue, sessionsByKey, wasWritten } from "./by-key.ts";
import { SwapOrder } from "./swap-order.ts";
import { withTraces } from "./traces.ts";

/**
 * Monotonic reads on registers. The values that a session reads, v₁, v₂, …, must satisfy v₁ ≤ v₂ ≤ … in some order of
 * the key's writes that extends the swap order. None exists if and only if
 * - a value is read, then another, then the first again; or
 * - a value is read after one that was made from it by swaps; or
 * - the initial state is read after a value.
 * For if no value comes back, each value has one stretch of time; if moreover swaps lead to later stretches only, the
 * order of the stretches extends the swap order.
 *
 * Returns the number of reads with an earlier one that saw something.
 */
export function repeatedReads(index: HistoryIndex, anomalies: Anomalies, deadline: Deadline): number {
  const orders = new Map<KeyIndex, SwapOrder>();
  let checked = 0;
  for (const onKey of sessionsByKey(index)) {
    const { key } = onKey;
    const reads = new Reads(onKey, anomalies, deadline);
    checked += reads.checked;
    if (reads.first.size < 2) continue;
    const order = orders.get(key) ?? new SwapOrder(key);
    orders.set(key, order);
    for (const [earlier, later] of order.nearest(reads.first.keys())) {
      const [before, after] = [reads.first.get(later), reads.last.get(earlier)];
      if (before && after && before.position < after.position)
        reportSwappedBack(before, after, order.swaps(earlier, later), anomalies);
    }
  }
  return checked;
}

/** One pass over a session's reads of a key; reports what needs no knowledge of swaps. */
class Reads {
  /** The first and the last read of each value. */
  readonly first = new Map<number, Access>();
  readonly last = new Map<number, Access>();
  checked = 0;

  constructor({ key, accesses }: SessionOnKey, anomalies: Anomalies, deadline: Deadline) {
    let previous: Access | undefined;
    for (const access of accesses) {
      deadline.step();
      if (access.saw === undefined) continue;
      const value = sawValue(access);
      // A value that nobody wrote cannot be ordered; that it was read is for `causal` to report.
      if (value !== undefined && !wasWritten(key, value)) continue;
      if (previous) this.checked++;
      if (value === undefined) {
        if (previous) reportInitial(previous, access, anomalies);
        continue;
      }
      const before = this.last.get(value);
      if (before && previous && before !== previous) reportReturn(before, previous, access, anomalies);
      if (!before) this.first.set(value, access);
      this.last.set(value, access);
      previous = access;
    }
  }
}

const KIND = "non-monotonic-read";
const RULES_OUT = ["monotonic-reads"] as const;

function reportInitial(before: Access, after: Access, anomalies: Anomalies): void {
  anomalies.add(KIND, () => ({
    rulesOut: RULES_OUT,
    key: before.key.name,
    explanation: `${who(before.op)} at ${at(before.op.returnNs)}, but later found ${named(before.key.name)} as if it had never been written (${who(after.op)}).`,
    ...withTraces(
      [before, after],
      [because(before.op, after.op, "what a session has seen, its later reads must see as well")],
    ),
  }));
}

function reportReturn(before: Access, between: Access, after: Access, anomalies: Anomalies): void {
  const [old, other] = [shown(after, sawValue(after) ?? 0), shown(between, sawValue(between) ?? 0)];
  anomalies.add(KIND, () => ({
    rulesOut: RULES_OUT,
    key: before.key.name,
    explanation: `process ${after.op.process} saw ${named(after.key.name)} go from ${old} to ${other} and back to ${old}, which was written only once: in no order of the writes is each of the two values newer than the other.`,
    ...withTraces(
      [before, between, after],
      [
        because(before.op, between.op, `${other} was read after ${old}, so ${other} is the newer`),
        because(between.op, after.op, `${old} was read after ${other}, so ${old} is the newer`),
      ],
    ),
  }));
}

function reportSwappedBack(before: Access, after: Access, swaps: readonly Access[], anomalies: Anomalies): void {
  const [newer, older] = [shown(before, sawValue(before) ?? 0), shown(after, sawValue(after) ?? 0)];
  anomalies.add(KIND, () => ({
    rulesOut: RULES_OUT,
    key: before.key.name,
    explanation: `process ${after.op.process} saw ${newer} and later ${older} in ${named(after.key.name)}, although ${newer} replaced ${older} by compare-and-set.`,
    ...withTraces(
      [...swaps, before, after],
      [
        ...swaps.map(({ op }) => because(op, before.op, `${who(op)}, so that ${newer} is newer than ${older}`)),
        because(before.op, after.op, `${older} was read after ${newer}`),
      ],
    ),
  }));
}
