import type { Anomaly } from "../../src/core/checker.ts";
import type { Anomalies } from "../shared/anomalies.ts";
import type { Causes } from "../shared/causes.ts";
import type { Deadline } from "../shared/deadline.ts";
import { type Access, type HistoryIndex, type KeyIndex, named } from "../shared/history-index.ts";
import { written } from "../shared/phrases.ts";
import { commonPrefix, Positions } from "../shared/positions.ts";
import { circleOf, type EdgesInto, type Lookup, mentioned, readsFrom, ties } from "./explain.ts";
import { lookupIn } from "./list-causes.ts";
import { type SessionWrites, writesBySession } from "./list-past.ts";
import { membersOf, Schedule } from "./schedule.ts";
import { KEPT } from "./view-report.ts";

/** An operation that must come before another, since a list of the session says so. */
interface Demand {
  readonly from: number;
  readonly read: Access;
}

/**
 * The view of each session: one order of all appends and its own reads that keeps `base`, in which each of its lists
 * holds what was appended before it, in that order. A list says of every append of its key on which side of it that
 * stands, so that nothing is left to be found out: there is such an order if and only if these demands and `base` have no
 * circle. Sets are judged alike, but that their elements have no order.
 */
export function judgeListViews(
  index: HistoryIndex,
  base: Causes,
  anomalies: Anomalies,
  deadline: Deadline,
  model: "causal-cm" | "pram",
): void {
  for (const session of index.sessions) {
    const telling: Telling = {
      kind: "CyclicHB",
      rulesOut: [model],
      what: `no order of the appends that ${KEPT[model]} explains what process ${session[0]?.op.process} read`,
    };
    judgeListView(index, base, session, anomalies, deadline, telling);
  }
}

/** How to tell of a circle. */
export interface Telling {
  readonly kind: string;
  readonly rulesOut: Anomaly["rulesOut"];
  readonly what: string;
}

/** The same for one view in which the lists that `reads` show are explained. */
export function judgeListView(
  index: HistoryIndex,
  base: Causes,
  reads: readonly Access[],
  anomalies: Anomalies,
  deadline: Deadline,
  telling: Telling,
): void {
  const demands = demandsOf(reads, index.type === "list", deadline);
  if (demands.size > 0) reportCircles(index, base, demands, anomalies, deadline, telling);
}

/** For each operation what must come right before it. */
function demandsOf(reads: readonly Access[], isOrdered: boolean, deadline: Deadline): Map<number, Demand[]> {
  const demands = new Map<number, Demand[]>();
  const demand = (from: number, to: number, read: Access): void => {
    deadline.step();
    const known = demands.get(to);
    if (known) known.push({ from, read });
    else demands.set(to, [{ from, read }]);
  };
  const knownKeys = new Map<KeyIndex, { positions: Positions; sessions: SessionWrites[]; before: Int32Array }>();
  for (const read of reads) {
    const { key, saw, asked } = read;
    if (saw === undefined) continue;
    const known = knownKeys.get(key) ?? {
      positions: new Positions(key),
      sessions: writesBySession(key.accesses),
      before: new Int32Array(),
    };
    knownKeys.set(key, known);
    const appends = [...saw].flatMap((value) => key.writers[value] ?? []);
    if (isOrdered) {
      // What the list before showed in this order is demanded already; of this one the last element is the latest.
      for (let i = Math.max(1, commonPrefix(known.before, saw)); i < appends.length; i++)
        demand((appends[i - 1] as Access).id, (appends[i] as Access).id, read);
      known.before = saw;
    }
    for (const append of isOrdered ? appends.slice(-1) : appends) demand(append.id, read.id, read);
    known.positions.load(saw);
    const isMissing = ({ wrote }: Access): boolean => known.positions.of(wrote ?? 0) < 0;
    const missing =
      asked === undefined
        ? known.sessions.flatMap(({ writes }) => writes.find(isMissing) ?? [])
        : [key.writers[asked]].flatMap((add) => (add && isMissing(add) ? [add] : []));
    for (const append of missing) demand(read.id, append.id, read);
  }
  return demands;
}

function reportCircles(
  index: HistoryIndex,
  base: Causes,
  demands: ReadonlyMap<number, readonly Demand[]>,
  anomalies: Anomalies,
  deadline: Deadline,
  { kind, rulesOut, what }: Telling,
): void {
  const { sourcesAt, sources } = base;
  const schedule = new Schedule(base, deadline);
  const told = new Uint8Array(base.count);
  const blocker = (id: number): number => {
    if (told[id] === 1) return -1;
    for (let i = sourcesAt[id] as number; i < (sourcesAt[id + 1] as number); i++) {
      const source = sources[i] as number;
      if (source >= 0 && !schedule.isDone(source)) return source;
    }
    return demands.get(id)?.find(({ from }) => !schedule.isDone(from))?.from ?? -1;
  };
  const at = lookupIn(index);
  const edges: EdgesInto = (id, visit) => {
    readsFrom(base)(id, visit);
    for (const { from, read } of demands.get(id) ?? [])
      visit(from, { kind: "arb", read: read.id, reason: inWords(from, id, read, at) });
  };
  for (let waits = schedule.run(blocker); waits; waits = schedule.run(blocker)) {
    const circle = waits;
    for (const id of membersOf(circle)) told[id] = 1;
    anomalies.add(kind, () => {
      const steps = circleOf(base, circle, edges);
      const reads = steps.flatMap(({ read }) => read ?? []);
      const orders = steps.flatMap(({ reason }) => reason ?? []);
      return {
        rulesOut,
        explanation: `${what}: ${orders.join("; ")}. Together that is a circle.`,
        ops: mentioned(steps, at, reads),
        because: ties(steps, at),
      };
    });
  }
}

function inWords(from: number, to: number, { op, id, key }: Access, at: Lookup): string {
  const list = `what process ${op.process} read from ${named(key.name)} (operation ${op.index})`;
  if (from === id) return `${list} does not show ${written(at(to))}`;
  return to === id
    ? `${list} shows ${written(at(from))}`
    : `${list} shows ${written(at(from))} before ${written(at(to))}`;
}
