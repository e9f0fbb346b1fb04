import type { Checker } from "../../src/core/checker.ts";
import type { History } from "../../src/core/history.ts";
import type { Json } from "../../src/core/json.ts";
import type { Operation } from "../../src/core/operation.ts";
import { type Anomalies, because } from "../shared/anomalies.ts";
import { named } from "../shared/history-index.ts";
import { listOf, malformed, objectChecker, operationsByKey } from "../shared/object-checker.ts";
import { who } from "../shared/phrases.ts";
import { Interner, show } from "../shared/values.ts";
import { provesEmpty } from "../specs/shared.ts";

export interface TotalQueueOptions {
  /** True for a queue that promises to deliver at least once only: a value that comes out twice is no anomaly then. */
  readonly atLeastOnce?: boolean;
}

/**
 * What goes in must come out (Jepsen, `checker/total-queue`), in any order: `enqueue` of a value, `dequeue` that yields one
 * or `null` if there is none (or fails as `empty`), `drain` that yields a list of all that is left. A value may be enqueued
 * more than once; an enqueue of unknown outcome may come out or not.
 *
 * Values are lost only where the queue was found empty, by a drain or by a dequeue, when the last enqueue was over; where it
 * was not, its key is left out. A dequeue of unknown outcome may have taken any one value: values that do not come out are
 * lost only if there are more of them than such dequeues, and the verdict is unknown if there are not.
 *
 * `checked` counts the acknowledged enqueues of the queues that were emptied.
 */
export function totalQueue({ atLeastOnce = false }: TotalQueueOptions = {}): Checker {
  return objectChecker({
    name: "total-queue",
    tests: ["durable"],
    judge: (history, anomalies, deadline) => {
      let checked = 0;
      let undecided: string | undefined;
      for (const [key, ops] of operationsByKey(history)) {
        deadline.step();
        const queue = queueOf(ops);
        reportImpossible(key, queue, atLeastOnce, anomalies);
        if (queue.emptied === undefined) continue;
        checked += queue.acknowledged;
        undecided ??= reportLost(key, queue, queue.emptied, anomalies);
      }
      return undecided ?? (checked > 0 ? checked : "no queue was emptied after an acknowledged enqueue");
    },
  });
}

/** One value that was enqueued or dequeued, with who did. */
interface Item {
  readonly value: Json;
  /** Enqueues that may have happened, and those among them that were acknowledged. */
  readonly attempts: Operation[];
  readonly acknowledged: Operation[];
  readonly failed: Operation[];
  /** One entry for each time that it came out. */
  readonly out: Operation[];
}

interface Queue {
  readonly items: readonly Item[];
  readonly acknowledged: number;
  /** What found the queue empty when the last enqueue was over; the last to return. */
  readonly emptied: Operation | undefined;
  /** Dequeues and drains of unknown outcome. */
  readonly unknown: readonly Operation[];
}

function queueOf(ops: readonly Operation[]): Queue {
  const values = new Interner();
  const items: Item[] = [];
  const item = (value: Json): Item =>
    (items[values.id(value)] ??= { value, attempts: [], acknowledged: [], failed: [], out: [] });
  const unknown: Operation[] = [];
  const empty: Operation[] = [];
  let acknowledged = 0;
  let overNs = -1;
  for (const op of ops) {
    const { f, outcome } = op;
    if (f === "enqueue") {
      const { attempts, acknowledged: mine, failed } = item(op.input ?? malformed(op, "null cannot be enqueued"));
      (outcome.type === "fail" ? failed : attempts).push(op);
      if (outcome.type !== "fail") overNs = Math.max(overNs, op.callNs);
      if (outcome.type !== "ok") continue;
      mine.push(op);
      acknowledged++;
      overNs = Math.max(overNs, op.returnNs);
    } else if (f !== "dequeue" && f !== "drain") {
      if (outcome.type !== "fail") malformed(op, `a queue knows enqueue, dequeue and drain, but not ${f}`);
    } else if (outcome.type === "info") {
      unknown.push(op);
    } else if (outcome.type === "fail") {
      if (provesEmpty(outcome)) empty.push(op);
    } else if (f === "drain") {
      for (const value of listOf(op, outcome.value)) item(value).out.push(op);
      empty.push(op);
    } else if ((outcome.value ?? null) === null) {
      empty.push(op);
    } else {
      item(outcome.value).out.push(op);
    }
  }
  const emptied = empty
    .filter(({ callNs }) => callNs > overNs)
    .reduce<Operation | undefined>((last, op) => (last && last.returnNs > op.returnNs ? last : op), undefined);
  return { items, acknowledged, emptied, unknown };
}

/** Values that nobody enqueued, or that came out more often than they went in. */
function reportImpossible(key: string, { items }: Queue, atLeastOnce: boolean, anomalies: Anomalies): void {
  for (const { value, attempts, failed, out } of items) {
    const [first, ...again] = out;
    if (first === undefined || out.length <= attempts.length) continue;
    if (attempts.length === 0) {
      const why = failed[0] ? `its enqueue failed (operation ${failed[0].index})` : "nobody ever enqueued it";
      anomalies.add("unexpected-element", () => ({
        rulesOut: ["causal-cc", "pram"],
        key,
        explanation: `${who(first)}, but ${show(value)} cannot have been in ${named(key)}: ${why}.`,
        ops: [...failed.slice(0, 1), first],
        because: failed.slice(0, 1).map((op) => because(op, first, "failed, but came out")),
      }));
    } else if (!atLeastOnce) {
      const byOne = out.every(({ process }) => process === first.process);
      anomalies.add("duplicate-element", () => ({
        rulesOut: [byOne ? "pram" : "sequential"],
        key,
        explanation: `${show(value)} came out of ${named(key)} ${times(out.length)}, but was enqueued ${times(attempts.length)} only, by ${list(attempts)}; it was handed to ${list(out)}.`,
        ops: [...attempts, ...out],
        because: again.map((op) => because(first, op, `${show(value)} had been taken already`)),
      }));
    }
  }
}

/** Reports values that are lost, or says why nobody knows whether they are. */
function reportLost(key: string, queue: Queue, emptied: Operation, anomalies: Anomalies): string | undefined {
  const lost = queue.items.flatMap(({ acknowledged, out, value }) =>
    acknowledged.slice(out.length).map((op) => ({ op, value })),
  );
  if (lost.length === 0) return undefined;
  const takers = queue.unknown.filter(({ callNs }) => callNs <= emptied.returnNs);
  if (takers.some(({ f }) => f === "drain") || lost.length <= takers.length)
    return `${counted(lost.length, "value")} never came out of ${named(key)}, but ${counted(takers.length, "taker")} of unknown outcome may have got them`;
  const excuse =
    takers.length > 0
      ? ` (${takers.length} of the ${lost.length} that never did may have been taken by dequeues of unknown outcome)`
      : "";
  for (const { op, value } of lost)
    anomalies.add("lost-element", () => ({
      rulesOut: ["durable"],
      key,
      explanation: `${who(op)}, which was acknowledged, but ${show(value)} never came out, and when process ${emptied.process} emptied ${named(key)} at the end it was not there${excuse}.`,
      ops: [op, emptied],
      because: [because(op, emptied, `${show(value)} was acknowledged, and nobody got it`)],
    }));
  return undefined;
}

const counted = (n: number, what: string): string => `${n} ${what}${n === 1 ? "" : "s"}`;

const times = (n: number): string => (n === 1 ? "once" : n === 2 ? "twice" : `${n} times`);

const list = (ops: readonly Operation[]): string => ops.map(({ process }) => `process ${process}`).join(", ");

/** The statistics of Jepsen's `total-queue`; a value counts as often as it went in or came out. */
export interface QueueSummary {
  readonly attempted: number;
  readonly acknowledged: number;
  /** Came out, and may have gone in. */
  readonly ok: number;
  readonly lost: number;
  readonly unexpected: number;
  readonly duplicated: number;
  /** Came out though their enqueue was never acknowledged. */
  readonly recovered: number;
}

/** Counts what went in and came out of all queues of a history. Throws `Malformed` for one that is none of queues. */
export function summarizeQueue(history: History): QueueSummary {
  const sum = { attempted: 0, acknowledged: 0, ok: 0, lost: 0, unexpected: 0, duplicated: 0, recovered: 0 };
  for (const ops of operationsByKey(history).values())
    for (const { attempts, acknowledged, out } of queueOf(ops).items) {
      const ok = Math.min(out.length, attempts.length);
      sum.attempted += attempts.length;
      sum.acknowledged += acknowledged.length;
      sum.ok += ok;
      sum.lost += Math.max(0, acknowledged.length - out.length);
      if (attempts.length === 0) sum.unexpected += out.length;
      else sum.duplicated += out.length - ok;
      sum.recovered += Math.max(0, ok - acknowledged.length);
    }
  return sum;
}
