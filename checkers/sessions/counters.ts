import { type Anomalies, because } from "../shared/anomalies.ts";
import type { Deadline } from "../shared/deadline.ts";
import { named } from "../shared/history-index.ts";
import { at, who } from "../shared/phrases.ts";
import type { CounterAccess, CounterIndex } from "./counter-index.ts";
import { Sums } from "./sums.ts";

/**
 * Read-your-writes on counters that grow: some increments, the session's own earlier ones among them, sum up to what was
 * read. A value that is no sum of increments at all says nothing. Returns the number of reads after an increment.
 */
export function ownIncrementsInReads({ keys }: CounterIndex, anomalies: Anomalies, deadline: Deadline): number {
  let checked = 0;
  for (const { name, sessions, deltas } of keys) {
    const others = new Sums(deltas);
    const all = new Sums(deltas);
    for (const session of sessions) {
      const own: CounterAccess[] = [];
      let sum = 0;
      for (const access of session) {
        deadline.step();
        if (access.delta !== undefined) {
          own.push(access);
          sum += access.delta;
          others.take(access.delta);
        }
        const { read } = access;
        if (read === undefined || own.length === 0) continue;
        if (!others.canSum(read - sum, deadline)) {
          if (read >= sum && !all.canSum(read, deadline)) continue;
          reportOwn(access, own, sum, name, anomalies);
        }
        checked++;
      }
      for (const { delta } of own) others.take(delta ?? 0, -1);
    }
  }
  return checked;
}

function reportOwn(
  read: CounterAccess,
  own: readonly CounterAccess[],
  sum: number,
  key: string,
  anomalies: Anomalies,
): void {
  const last = own.at(-1)?.op;
  if (!last) return;
  anomalies.add("missed-own-write", () => ({
    rulesOut: ["read-your-writes"],
    key,
    explanation: `process ${read.op.process} had increased ${named(key)} by ${sum} in all (last: ${who(last)}, acknowledged at ${at(last.returnNs)}), but later read ${read.read}, ${(read.read ?? 0) < sum ? "which is less" : "which is no sum of increments with all of its own"}.`,
    ops: [...own.slice(-4).map(({ op }) => op), read.op],
    because: [because(last, read.op, "a session must see what it added before")],
  }));
}

/**
 * Monotonic reads on counters that grow: each read is the sum of the increments that the one before it saw and some more.
 * A value that is no sum of increments at all says nothing. Returns the number of reads with an earlier one.
 */
export function growingCounts({ keys }: CounterIndex, anomalies: Anomalies, deadline: Deadline): number {
  let checked = 0;
  let undecided: string | undefined;
  for (const { name, sessions, deltas } of keys) {
    const all = new Sums(deltas);
    for (const session of sessions) {
      const left = new Sums(deltas);
      let previous: CounterAccess | undefined;
      let sum = 0;
      for (const access of session) {
        deadline.step();
        const { read } = access;
        if (read === undefined || !all.canSum(read, deadline)) continue;
        if (previous) checked++;
        // What was read before is a sum, even if it is not plain of what.
        if (previous?.read !== undefined && read < previous.read) {
          reportShrunk(previous, access, name, anomalies);
          continue;
        }
        if (!left.takeGreedily(read - sum))
          undecided ??= `whether ${sum} and then ${read} can be read from ${named(name)}`;
        else sum = read;
        previous = access;
      }
    }
  }
  if (undecided !== undefined && anomalies.list.length === 0)
    deadline.giveUp(`increments of different sizes are too many to try: ${undecided}`);
  return checked;
}

function reportShrunk(before: CounterAccess, after: CounterAccess, key: string, anomalies: Anomalies): void {
  anomalies.add("non-monotonic-read", () => ({
    rulesOut: ["monotonic-reads"],
    key,
    explanation: `process ${after.op.process} read ${before.read} from ${named(key)} at ${at(before.op.returnNs)} and only ${after.read} at ${at(after.op.returnNs)}, though nothing was ever subtracted.`,
    ops: [before.op, after.op],
    because: [because(before.op, after.op, "what a session has seen, its later reads must see as well")],
  }));
}
