import type { Anomaly, Budget } from "../../src/core/checker.ts";
import { type ConsistencyModel, strongerOrEqual, weakerOrEqual } from "../../src/core/consistency.ts";
import type { History } from "../../src/core/history.ts";
import { transactionsOf } from "./columns.ts";
import { dependencies, type Known } from "./dependencies.ts";
import { dueNs } from "./due.ts";
import { type Findings, findAll, refutedBy } from "./findings.ts";
import {
  type Graph,
  IN_REAL_TIME,
  IN_SESSIONS,
  OF_ITEMS,
  OF_READS,
  OF_READS_IN_REAL_TIME,
  OF_READS_IN_SESSIONS,
} from "./graph.ts";
import { doubles, ints, lending } from "./memory.ts";
import { observe } from "./observations.ts";
import { readersOf } from "./readers.ts";
import { replay } from "./replay.ts";
import { report } from "./report.ts";
import { schedule } from "./schedule.ts";
import { topological } from "./topological.ts";
import type { Transactions } from "./transactions.ts";
import { type ListOrders, listOrders } from "./version-order-lists.ts";
import { BASE, REAL_TIME, registerPairs, SESSION } from "./version-order-registers.ts";
import { completed, versionOrders } from "./version-orders.ts";

/** What may be taken for granted of each key by itself (Elle's options of the same names). Only for registers. */
export interface Assumptions {
  /** A key's versions come in the order in which every process saw them. */
  readonly sequentialKeys?: boolean;
  /** A key's versions come in the order of real time. */
  readonly linearizableKeys?: boolean;
}

/** What the transactions of a history show. */
export type Analysis =
  | { readonly why: "malformed" | "vacuous"; readonly detail: string }
  | {
      readonly why: undefined;
      /** Committed reads. */
      readonly checked: number;
      readonly anomalies: readonly Anomaly[];
      /** Models that an order of transactions, or of versions, was found for. Those that they imply are in. */
      readonly held: ReadonlySet<ConsistencyModel>;
      /** Why models that neither hold nor are ruled out are not decided. */
      readonly doubt: { readonly why: "budget" | "malformed"; readonly detail: string };
    };

/**
 * Models that are decided where the version orders are known. Causal convergence and what lies between it and read
 * committed are only refuted here, and held where something stronger is.
 */
export const DECIDED: readonly ConsistencyModel[] = [
  "strict-serializable",
  "strong-session-serializable",
  "serializable",
  "strong-snapshot-isolation",
  "strong-session-snapshot-isolation",
  "snapshot-isolation",
  "update-serializable",
  "parallel-snapshot-isolation",
  "prefix",
  "repeatable-read",
  "consistent-view",
  "read-atomic",
  "monotonic-atomic-view",
  "cursor-stability",
  "read-committed",
  "read-uncommitted",
];

export function analyse(
  history: History,
  kind: Transactions["kind"],
  assumptions: Assumptions,
  { timeMs }: Budget,
): Analysis {
  const endMs = performance.now() + timeMs;
  const txns = transactionsOf(history, kind);
  if ("malformed" in txns) return { why: "malformed", detail: txns.malformed };
  return lending(() => analyseColumns(history, txns, assumptions, () => performance.now() > endMs));
}

function analyseColumns(
  history: History,
  txns: Transactions,
  assumptions: Assumptions,
  isOver: () => boolean,
): Analysis {
  const seen = observe(txns);
  if (seen.reads === 0 && txns.malformedReads.length === 0)
    return { why: "vacuous", detail: "no committed transaction read anything" };
  const held = new Set<ConsistencyModel>();
  const hold = (models: readonly ConsistencyModel[]): void => {
    for (const model of weakerOrEqual(models)) held.add(model);
  };
  const result = (anomalies: readonly Anomaly[], findings?: Findings): Analysis => ({
    why: undefined,
    checked: seen.reads + txns.malformedReads.length,
    anomalies,
    held,
    doubt: doubtOf(txns, seen, findings, isOver()),
  });

  // First without what follows from real time anyway: where that is enough, it is much less work.
  const isLean = txns.kind === "rw-register" && sessionsFollowTime(txns, seen.counts);
  if (isLean)
    hold(
      lending(() => {
        const { known } = knowledge(txns, seen, assumptions, false);
        return new Witness(known, dependencies(known)).try(IN_REAL_TIME);
      }),
    );
  if (held.has("strict-serializable")) return result([]);

  const { known, lists } = knowledge(txns, seen, assumptions, true);
  const graph = dependencies(known);
  const witness = new Witness(known, graph);
  if (!isLean) hold(witness.try(IN_REAL_TIME));
  if (held.has("strict-serializable")) return result([]);

  const assumed = assumptions.sequentialKeys === true || assumptions.linearizableKeys === true;
  const findings = findAll(known, graph, lists, assumed);
  const refuted = new Set(strongerOrEqual(refutedBy(findings)));
  const anomalies = report(history, known, findings);
  const isOpen = (model: ConsistencyModel): boolean => !refuted.has(model) && !held.has(model);

  if (isOpen("strong-session-serializable")) hold(witness.try(IN_SESSIONS));
  if (isOpen("serializable")) hold(witness.try(OF_ITEMS));
  if (known.orders.isTotal && known.pairs === undefined) {
    if (findings.isComplete) hold(DECIDED.filter(isOpen));
    return result(anomalies, findings);
  }
  if (known.orders.isUnordered.includes(1)) return result(anomalies, findings);
  for (const mask of [IN_REAL_TIME, OF_READS_IN_REAL_TIME, IN_SESSIONS, OF_ITEMS, OF_READS_IN_SESSIONS, OF_READS, 0]) {
    if (isOver() || !DECIDED.some(isOpen)) break;
    hold(lending(() => completion(known, witness.rank(mask), lists)).filter(isOpen));
  }
  return result(anomalies, findings);
}

/** The models that hold if versions without a known order come in this order of transactions. */
function completion(known: Known, rank: Int32Array, lists: ListOrders | undefined): ConsistencyModel[] {
  const { txns, seen, readers } = known;
  const orders = completed(txns, known.orders, seen, rank);
  const complete: Known = { txns, seen, readers, orders };
  const findings = findAll(complete, dependencies(complete), lists, false);
  if (!findings.isComplete) return [];
  const refuted = new Set(strongerOrEqual(refutedBy(findings)));
  return DECIDED.filter((model) => !refuted.has(model));
}

/** True if within each session every transaction was called after the one before had returned, not at that moment. */
function sessionsFollowTime({ count, session, callNs, returnNs }: Transactions, counts: Uint8Array): boolean {
  const returned = doubles(count).fill(Number.NEGATIVE_INFINITY);
  for (let t = 0; t < count; t++) {
    if (counts[t] === 0) continue;
    if ((returned[session[t] as number] as number) >= (callNs[t] as number)) return false;
    returned[session[t] as number] = returnNs[t] as number;
  }
  return true;
}

/** With `sessions`, of registers also what follows of the orders of versions only from the order of sessions. */
function knowledge(
  txns: Transactions,
  seen: Known["seen"],
  { sequentialKeys, linearizableKeys }: Assumptions,
  sessions: boolean,
): { known: Known; lists: ListOrders | undefined } {
  const readers = readersOf(txns, seen);
  if (txns.kind === "list-append") {
    const lists = listOrders(txns, seen);
    return { known: { txns, seen, readers, orders: lists.orders }, lists };
  }
  const none = { chain: ints(0), chainAt: ints(txns.keyNames.length + 1) };
  const orders = versionOrders(txns, seen, none, seen.isAmbiguous);
  const ofSessions = sequentialKeys === true || linearizableKeys === true ? BASE : SESSION;
  const ofRealTime = linearizableKeys === true ? BASE : REAL_TIME;
  const pairs = registerPairs(txns, seen, readers, orders, { levels: [BASE, ofSessions, ofRealTime], sessions });
  return { known: { txns, seen, readers, orders, pairs }, lists: undefined };
}

/** Tries orders of transactions. */
class Witness {
  readonly #known: Known;
  readonly #graph: Graph;
  readonly #due: Float64Array;

  constructor(known: Known, graph: Graph) {
    this.#known = known;
    this.#graph = graph;
    this.#due = dueNs(known);
  }

  /** The models that an order proves which keeps the edges of the mask. */
  try(mask: number): ConsistencyModel[] {
    const order = this.#order(mask);
    if (order === undefined) return [];
    const { isSerial, keepsSessions, keepsRealTime } = replay(this.#known, order);
    if (!isSerial) return [];
    if (!keepsSessions) return ["serializable"];
    return [keepsRealTime ? "strict-serializable" : "strong-session-serializable"];
  }

  #order(mask: number): Int32Array | undefined {
    if (this.#known.pairs !== undefined) return schedule(this.#known, this.#graph, mask, this.#due);
    const { order, isComplete } = topological(this.#graph, mask, this.#known.seen.counts, this.#due);
    return isComplete ? order : undefined;
  }

  /** The place of each transaction in an order that keeps the edges of the mask as far as there is one. */
  rank(mask: number): Int32Array {
    const rank = ints(this.#known.txns.count);
    const { order } = topological(this.#graph, mask, this.#known.seen.counts, this.#due);
    for (const [place, t] of order.entries()) rank[t] = place;
    return rank;
  }
}

function doubtOf(
  txns: Transactions,
  seen: Known["seen"],
  findings: Findings | undefined,
  isOver: boolean,
): { why: "budget" | "malformed"; detail: string } {
  if (seen.ambiguous > 0) {
    const k = seen.isAmbiguous.indexOf(1);
    const others = seen.ambiguous > 1 ? ` (and to ${seen.ambiguous - 1} more keys like that)` : "";
    return {
      why: "malformed",
      detail: `a value was written twice to ${txns.keyNames[k]}${others}, so that nobody can say which of the two a read saw`,
    };
  }
  const what = txns.kind === "list-append" ? "of appends that nobody read" : "in which values were written";
  if (isOver) return { why: "budget", detail: "the time was not enough" };
  if (findings?.isComplete === false)
    return { why: "budget", detail: "there are too many cycles to look at all of them" };
  return { why: "budget", detail: `nothing seen rules it out, but none of the orders tried ${what} proves it` };
}
