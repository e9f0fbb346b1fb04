import type { Checker } from "../../src/core/checker.ts";
import type { Operation } from "../../src/core/operation.ts";
import { type Anomalies, because } from "../shared/anomalies.ts";
import type { Deadline } from "../shared/deadline.ts";
import { countIn, deltaIn, isChange } from "../shared/deltas.ts";
import { named } from "../shared/history-index.ts";
import { objectChecker, operationsByKey } from "../shared/object-checker.ts";
import { did, who } from "../shared/phrases.ts";

/** What a read of a counter showed, and what it could have shown. */
interface CounterRead {
  readonly op: Operation;
  readonly value: number;
  /** The least and the greatest value that a linearizable counter could have shown. */
  readonly lower: number;
  readonly upper: number;
}

/**
 * A counter per key, initially 0: changed by `add` of an integer, `increment` and `decrement`, and `read` (Jepsen,
 * `checker/counter`, which knows no negative additions). A read must lie between
 * - the sum of what was acknowledged before it was called, with all negative additions that may have been done by then,
 * - and that sum with all positive ones.
 *
 * Necessary and not sufficient, for reads are not compared with each other: a valid verdict vouches for the bounds alone.
 * `checked` counts reads. Closing reads are left to `crdt`.
 */
export function counter(): Checker {
  return objectChecker({
    name: "counter",
    tests: ["counter-bounds"],
    judge: (history, anomalies, deadline) => {
      let checked = 0;
      for (const [key, ops] of operationsByKey(history)) {
        const { reads, least, most } = boundsOfKey(ops, deadline);
        checked += reads.length;
        for (const read of reads) if (isWrong(read)) report(key, read, ops, [least, most], anomalies);
      }
      return checked > 0 ? checked : "no read of a counter was answered";
    },
  });
}

const isWrong = ({ value, lower, upper }: CounterRead): boolean => value < lower || value > upper;

/** Two sums over the operations up to an instant. */
interface Running {
  /** The instants, ascending. */
  readonly atNs: Float64Array;
  /** Sum of the deltas whose instant is among the first n. */
  readonly sums: Float64Array;
}

function boundsOfKey(
  ops: readonly Operation[],
  deadline: Deadline,
): { reads: CounterRead[]; least: number; most: number } {
  const adds: { delta: number; callNs: number; returnNs: number }[] = [];
  const asked: { op: Operation; value: number }[] = [];
  for (const op of ops) {
    deadline.step();
    if (op.final || op.outcome.type === "fail") continue;
    if (op.f !== "read") adds.push({ delta: deltaIn(op), callNs: op.callNs, returnNs: op.returnNs });
    else if (op.outcome.type === "ok") asked.push({ op, value: countIn(op) });
  }
  const by = (sign: 1 | -1, instant: "callNs" | "returnNs"): Running =>
    running(
      adds.filter(({ delta }) => Math.sign(delta) === sign),
      instant,
    );
  const [up, down] = [
    { called: by(1, "callNs"), returned: by(1, "returnNs") },
    { called: by(-1, "callNs"), returned: by(-1, "returnNs") },
  ];
  const reads = asked.map(
    ({ op, value }): CounterRead => ({
      op,
      value,
      lower: upTo(up.returned, op.callNs, false) + upTo(down.called, op.returnNs, true),
      upper: upTo(up.called, op.returnNs, true) + upTo(down.returned, op.callNs, false),
    }),
  );
  return { reads, least: down.called.sums.at(-1) ?? 0, most: up.called.sums.at(-1) ?? 0 };
}

function running(adds: { delta: number; callNs: number; returnNs: number }[], instant: "callNs" | "returnNs"): Running {
  const sorted = [...adds].sort((a, b) => (a[instant] < b[instant] ? -1 : a[instant] > b[instant] ? 1 : 0));
  const sums = new Float64Array(sorted.length + 1);
  sorted.forEach(({ delta }, i) => {
    sums[i + 1] = (sums[i] as number) + delta;
  });
  return { atNs: Float64Array.from(sorted, (add) => add[instant]), sums };
}

/** The sum over the instants before `ns`, or up to and with it. */
function upTo({ atNs, sums }: Running, ns: number, inclusive: boolean): number {
  let low = 0;
  let high = atNs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const at = atNs[middle] as number;
    if (at < ns || (inclusive && at === ns)) low = middle + 1;
    else high = middle;
  }
  return sums[low] as number;
}

/** How many operations an anomaly names beside the read. */
const MAX_TOLD = 8;

function report(
  key: string,
  { op, value, lower, upper }: CounterRead,
  ops: readonly Operation[],
  [least, most]: readonly [number, number],
  anomalies: Anomalies,
): void {
  const adds = ops.filter(({ f, outcome }) => isChange(f) && outcome.type !== "fail");
  if (value < least || value > most) {
    anomalies.add("impossible-value", () => ({
      rulesOut: ["counter-bounds", "causal-cc", "pram"],
      key,
      explanation: `${who(op)}, but all additions ever asked for lead to no less than ${least} and no more than ${most}.`,
      ops: [op],
      because: [],
    }));
    return;
  }
  const stale = value < lower;
  const before = adds.filter(({ returnNs }) => returnNs < op.callNs).slice(-MAX_TOLD);
  anomalies.add(stale ? "missing-additions" : "excess-additions", () => ({
    rulesOut: ["counter-bounds"],
    key,
    explanation: stale
      ? `${who(op)}, but the additions acknowledged before it was called make ${named(key)} at least ${lower}, whatever was going on beside it.`
      : `${who(op)}, but the additions asked for by the time it was answered make ${named(key)} at most ${upper}.`,
    ops: [...before, op],
    because: before.map((add) => because(add, op, `it ${did(add)}, which was acknowledged before the read was called`)),
  }));
}
