import type { Anomaly } from "../core/checker.ts";
import type { Fault } from "../core/fault.ts";
import type { History, Timed } from "../core/history.ts";
import type { Json } from "../core/json.ts";
import type { Operation } from "../core/operation.ts";
import { firstDifference } from "./values.ts";

/** A process of the excerpt: one column. */
export interface ExcerptColumn {
  readonly process: number;
  /** The node its session was opened on; `""` where the history does not say. */
  readonly node: string;
}

export type ExcerptRow =
  /** `return` of an operation of unknown outcome stands at the end, at `Infinity`. */
  | { readonly kind: "call" | "return"; readonly atNs: number; readonly op: Operation }
  /** Between the rows beside it these processes did `hidden` other operations, or a fault came and went. */
  | { readonly kind: "gap"; readonly fromNs: number; readonly toNs: number; readonly hidden: number };

/** A fault that was in force at some time within the excerpt. */
export interface ExcerptFault {
  /** `A`, `B`, …: its name in the margin. */
  readonly letter: string;
  readonly fault: Timed<Fault>;
}

/** The part of a history that shows one anomaly: time runs down the rows. */
export interface Excerpt {
  readonly columns: readonly ExcerptColumn[];
  readonly rows: readonly ExcerptRow[];
  readonly faults: readonly ExcerptFault[];
  /** Faults within the excerpt beyond those shown. */
  readonly moreFaults: number;
  /** Operations of the anomaly beyond those shown. */
  readonly omitted: number;
  /** `index` of the operation at which it shows that something is wrong: the last to be read. */
  readonly offender: number | undefined;
  /** For each key: the position at which the lists seen under it stop telling the same story. */
  readonly focus: ReadonlyMap<string, number>;
}

export interface ExcerptLimits {
  readonly maxOperations: number;
  readonly maxFaults: number;
}

const LIMITS: ExcerptLimits = { maxOperations: 14, maxFaults: 5 };

/** The smallest part of the history that shows the anomaly: its operations, and nothing of what others did. */
export function excerptOf(history: History, anomaly: Anomaly, limits: ExcerptLimits = LIMITS): Excerpt {
  const indices = [...new Set([...anomaly.ops, ...anomaly.because.flatMap(({ from, to }) => [from, to])])];
  const all = indices.flatMap((index) => history.ops[index] ?? []);
  const offender = anomaly.ops.findLast((index) => history.ops[index] !== undefined);
  const shown = inCallOrder(choose(all, offender, limits.maxOperations));
  const events = rowsOf(shown);
  const { faults, moreFaults } = faultsWithin(history.faults, events, limits.maxFaults);
  const columns = new Map(shown.map(({ process, node }) => [process, { process, node }]));
  return {
    columns: [...columns.values()].sort((a, b) => a.process - b.process),
    rows: withGaps(events, history, faults),
    faults,
    moreFaults,
    omitted: all.length - shown.length,
    offender,
    focus: focusOf(shown),
  };
}

const inCallOrder = (ops: readonly Operation[]): Operation[] =>
  [...ops].sort((a, b) => a.callNs - b.callNs || a.index - b.index);

/** Where there are too many: the offender, the one read first, and those read just before the offender. */
function choose(ops: readonly Operation[], offender: number | undefined, max: number): readonly Operation[] {
  if (ops.length <= max) return ops;
  const at = ops.findIndex((op) => op.index === offender);
  const end = at < 0 ? ops.length : at + 1;
  const rest = ops.slice(1, end).slice(-(max - 1));
  return [...ops.slice(0, 1), ...rest];
}

type EventRow = Extract<ExcerptRow, { op: Operation }>;

/** At the same instant calls come before returns, so that the operations show as concurrent, as checkers take them. */
function rowsOf(ops: readonly Operation[]): EventRow[] {
  return ops
    .flatMap((op): EventRow[] => [
      { kind: "call", atNs: op.callNs, op },
      { kind: "return", atNs: op.returnNs, op },
    ])
    .sort(
      (a, b) =>
        byTime(a.atNs, b.atNs) || Number(a.kind === "return") - Number(b.kind === "return") || a.op.index - b.op.index,
    );
}

/** `Infinity - Infinity` is no order. */
const byTime = (a: number, b: number): number => (a === b ? 0 : a < b ? -1 : 1);

function withGaps(events: readonly EventRow[], history: History, faults: readonly ExcerptFault[]): ExcerptRow[] {
  const processes = new Set(events.map(({ op }) => op.process));
  const shown = new Set(events.map(({ op }) => op.index));
  const rows: ExcerptRow[] = [];
  let fromNs = events[0]?.atNs ?? 0;
  // Operations are in order of their calls, so one pass beside the rows finds who called in between.
  let next = events[0]?.op.index ?? 0;
  for (const event of events) {
    const toNs = event.atNs;
    if (toNs !== Number.POSITIVE_INFINITY) {
      let hidden = 0;
      for (; (history.ops[next]?.callNs ?? Number.POSITIVE_INFINITY) <= toNs; next++) {
        const op = history.ops[next];
        if (op && processes.has(op.process) && !shown.has(op.index)) hidden++;
      }
      const passing = faults.some(({ fault }) => fault.startNs > fromNs && fault.endNs <= toNs);
      if (hidden > 0 || passing) rows.push({ kind: "gap", fromNs, toNs, hidden });
      fromNs = toNs;
    }
    rows.push(event);
  }
  return rows;
}

function faultsWithin(
  faults: readonly Timed<Fault>[],
  events: readonly EventRow[],
  max: number,
): { readonly faults: readonly ExcerptFault[]; readonly moreFaults: number } {
  const instants = events.map((event) => event.atNs).filter(Number.isFinite);
  const from = instants[0] ?? 0;
  const to = instants[instants.length - 1] ?? 0;
  const within = faults.filter(({ startNs, endNs }) => startNs <= to && endNs > from);
  const touching = within.filter((fault) => instants.some((ns) => inForce(fault, ns)));
  const chosen = new Set([...touching, ...within].slice(0, max));
  const kept = within.filter((fault) => chosen.has(fault));
  return {
    faults: kept.map((fault, i) => ({ letter: String.fromCharCode(65 + (i % 26)), fault })),
    moreFaults: within.length - kept.length,
  };
}

export const inForce = (fault: Timed<Fault>, atNs: number): boolean => fault.startNs <= atNs && atNs < fault.endNs;

function focusOf(ops: readonly Operation[]): Map<string, number> {
  const lists = new Map<string, (readonly Json[])[]>();
  for (const { key, outcome } of ops) {
    if (outcome.type !== "ok" || !Array.isArray(outcome.value)) continue;
    const known = lists.get(key ?? "") ?? [];
    known.push(outcome.value);
    lists.set(key ?? "", known);
  }
  const focus = new Map<string, number>();
  for (const [key, values] of lists) {
    const at = firstDifference(values);
    if (at !== undefined) focus.set(key, at);
  }
  return focus;
}
