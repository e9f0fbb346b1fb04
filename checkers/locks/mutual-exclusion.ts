import type { Checker } from "../../src/core/checker.ts";
import type { Operation } from "../../src/core/operation.ts";
import { type Anomalies, because } from "../shared/anomalies.ts";
import { named } from "../shared/history-index.ts";
import { malformed, objectChecker, operationsByKey } from "../shared/object-checker.ts";
import { at } from "../shared/phrases.ts";
import { holderOf } from "../specs/locks.ts";

export interface MutualExclusionOptions {
  /** True if a holder may acquire the lock again, and then releases it as often. */
  readonly reentrant?: boolean;
  /** True if a lock is lost when its time is over, whether its holder knows or not. */
  readonly leases?: boolean;
}

/**
 * Mutual exclusion: no two hold a lock at once. `acquire` and `release`, by the process or by whom the input names. A
 * holder certainly holds it from the acknowledgement of its acquire to the call of the release, or for ever if it calls none
 * (a release that failed is none). What is uncertain is left out: acquires of unknown outcome, and all that a holder does
 * after a release of unknown outcome, which may take effect at any time.
 *
 * `leases` run out, and are there to protect something that a process may `read` and `write`. A holder finds that its lease was over
 * by a `write` or `release` that fails with `precondition-failed`, or does not live to see it. Then, and if it never let go, only
 * this is certain: that it held the lock up to the call of its last write that succeeded, or else at the acknowledgement.
 *
 * A valid verdict vouches for certain holds alone: what uncertain holds allow is for `linearizability` to tell. `checked` counts the
 * certain holds; without two of them on one lock the verdict is vacuous.
 */
export function mutualExclusion({ reentrant = false, leases = false }: MutualExclusionOptions = {}): Checker {
  return objectChecker({
    name: "mutual-exclusion",
    tests: ["mutual-exclusion"],
    judge: (history, anomalies, deadline) => {
      let checked = 0;
      for (const [key, ops] of operationsByKey(history)) {
        deadline.step();
        const holds = [...byHolder(ops, leases)].flatMap(([holder, mine]) =>
          holdsOf(key, holder, mine, { reentrant, leases }, anomalies),
        );
        if (holds.length > 1) checked += holds.length;
        findOverlaps(key, holds, anomalies);
      }
      return checked > 0 ? checked : "no lock was certainly held twice";
    },
  });
}

/** A time in which a lock was certainly held. */
interface Hold {
  readonly holder: string;
  readonly acquire: Operation;
  /** Its release, or of a lock that was lost its last use, be it to acquire it again; absent if it was never released, or lost without a use. */
  readonly end: Operation | undefined;
  readonly startNs: number;
  readonly endNs: number;
}

const isAccess = ({ f }: Operation): boolean => f === "read" || f === "write";

/** True for what tells that a lease had run out; of one who held none it tells nothing. */
const findsItLost = ({ f, outcome }: Operation): boolean =>
  outcome.type === "fail" && outcome.error.name === "precondition-failed" && (f === "write" || f === "release");

function byHolder(ops: readonly Operation[], leases: boolean): Map<string, Operation[]> {
  const holders = new Map<string, Operation[]>();
  for (const op of ops) {
    if (op.outcome.type === "fail" && !(leases && findsItLost(op))) continue;
    if (op.f !== "acquire" && op.f !== "release" && !(leases && isAccess(op)))
      malformed(op, `a lock knows acquire and release, but not ${op.f}`);
    const holder = isAccess(op) ? `process ${op.process}` : holderOf(op);
    const mine = holders.get(holder);
    const before = mine?.at(-1);
    if (before !== undefined && before.outcome.type !== "info" && before.returnNs > op.callNs)
      malformed(op, `${holder} was still at operation ${before.index}; a holder does one thing at a time`);
    if (mine) mine.push(op);
    else holders.set(holder, [op]);
  }
  return holders;
}

function holdsOf(
  key: string,
  holder: string,
  ops: readonly Operation[],
  { reentrant, leases }: Required<MutualExclusionOptions>,
  anomalies: Anomalies,
): Hold[] {
  const holds: Hold[] = [];
  let nested: Operation[] = [];
  let used: Operation | undefined;
  let mayHold = false;
  for (const op of ops) {
    const isOk = op.outcome.type === "ok";
    const [outer] = nested;
    if (leases && !isOk && op.f !== "acquire") {
      if (outer !== undefined) holds.push(lost(holder, outer, used));
      nested = [];
      // A resource may have refused a holder whose lock was in order.
      mayHold = true;
      continue;
    }
    if (isAccess(op)) {
      if (op.f === "write") used = op;
      continue;
    }
    if (op.f === "acquire") {
      if (!isOk) {
        mayHold = true;
        continue;
      }
      if (outer !== undefined && !reentrant) reportAgain(key, holder, outer, op, anomalies);
      used = outer && op;
      if (outer === undefined || reentrant) nested.push(op);
      continue;
    }
    if (outer === undefined && isOk && !mayHold) reportNotHeld(key, holder, op, anomalies);
    if (nested.length === 1 && outer !== undefined) holds.push(hold(holder, outer, op));
    nested.pop();
    // It may come at any time, so that nothing is certain any more.
    if (!isOk) return outer !== undefined && nested.length > 0 ? [...holds, hold(holder, outer, op)] : holds;
  }
  const [outer] = nested;
  if (outer === undefined) return holds;
  return [...holds, leases ? lost(holder, outer, used) : hold(holder, outer, undefined)];
}

const hold = (holder: string, acquire: Operation, release: Operation | undefined): Hold => ({
  holder,
  acquire,
  end: release,
  startNs: acquire.returnNs,
  endNs: release?.callNs ?? Number.POSITIVE_INFINITY,
});

const lost = (holder: string, acquire: Operation, used: Operation | undefined): Hold => ({
  ...hold(holder, acquire, used),
  endNs: used?.f === "write" ? used.callNs : (used ?? acquire).returnNs,
});

function findOverlaps(key: string, holds: readonly Hold[], anomalies: Anomalies): void {
  let longest: Hold | undefined;
  for (const next of [...holds].sort((a, b) => a.startNs - b.startNs)) {
    if (longest !== undefined && next.startNs < longest.endNs && longest.startNs < next.endNs)
      reportOverlap(key, longest, next, anomalies);
    if (longest === undefined || next.endNs > longest.endNs) longest = next;
  }
}

function reportOverlap(key: string, a: Hold, b: Hold, anomalies: Anomalies): void {
  const endNs = Math.min(a.endNs, b.endNs);
  const when =
    endNs === b.startNs
      ? `at ${at(endNs)}`
      : `from ${at(b.startNs)} ${endNs === Number.POSITIVE_INFINITY ? "to the end of the history" : `to ${at(endNs)}`}`;
  const ops = [a.acquire, b.acquire, a.end, b.end].filter((op) => op !== undefined);
  anomalies.add("mutual-exclusion", () => ({
    // If neither ever lets go, no order of the operations puts one hold after the other.
    rulesOut: endNs === Number.POSITIVE_INFINITY ? ["mutual-exclusion", "sequential"] : ["mutual-exclusion"],
    key,
    explanation: `${a.holder} and ${b.holder} both held ${lock(key)} ${when}: ${told(a)}, ${told(b)}.`,
    ops,
    because: [
      because(a.acquire, b.acquire, `${a.holder} had not begun to release ${lock(key)} when ${b.holder} got it`),
    ],
  }));
}

function told({ holder, startNs, endNs, end }: Hold): string {
  const had = `${holder} had it by ${at(startNs)}`;
  if (end && end.f !== "release") return `${had} and used it at ${at(endNs)}`;
  if (end) return `${had} and did not begin to release it before ${at(endNs)}`;
  return endNs === startNs ? `${had} and not much longer, as far as is known` : `${had} and never released it`;
}

const lock = (key: string): string => (key === "" ? "the lock" : `lock ${named(key)}`);

function reportAgain(key: string, holder: string, held: Operation, again: Operation, anomalies: Anomalies): void {
  anomalies.add("double-acquire", () => ({
    rulesOut: held.process === again.process ? ["mutual-exclusion", "pram"] : ["mutual-exclusion"],
    key,
    explanation: `${holder} acquired ${lock(key)} at ${at(again.returnNs)}, though it held it since ${at(held.returnNs)} and had not released it; only a reentrant lock may be acquired twice.`,
    ops: [held, again],
    because: [because(held, again, "held, and not released in between")],
  }));
}

function reportNotHeld(key: string, holder: string, release: Operation, anomalies: Anomalies): void {
  anomalies.add("release-without-hold", () => ({
    rulesOut: [holder === `process ${release.process}` ? "pram" : "linearizable"],
    key,
    explanation: `${holder} released ${lock(key)} at ${at(release.returnNs)}, but it did not hold it: all that it had acquired it had released before.`,
    ops: [release],
    because: [],
  }));
}
