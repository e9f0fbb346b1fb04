import type { Operation } from "../../src/core/operation.ts";
import { type Anomalies, because } from "../shared/anomalies.ts";
import { shortestCycle } from "../shared/graph.ts";
import { type Access, type HistoryIndex, named } from "../shared/history-index.ts";
import { shown, who } from "../shared/phrases.ts";
import { circle, mentioned, ties } from "./explain.ts";
import type { CausalPast } from "./past.ts";

/**
 * What all anomalies here rule out. None of them rules out a session guarantee: each of those asks less, and has a
 * checker of its own. A value out of thin air, too, contradicts only the demand that reads return what was written;
 * the session guarantees say nothing of a read that does not.
 */
export const RULES_OUT = ["causal-ccv"] as const;

/** ThinAirRead: a value was seen that no operation which may have happened has written. */
export function reportThinAir(index: HistoryIndex, anomalies: Anomalies): void {
  for (const key of index.keys) {
    const reported = new Set<number>();
    for (const access of key.accesses) {
      for (const value of access.saw ?? []) {
        if (key.writers[value] !== undefined || reported.has(value)) continue;
        reported.add(value);
        const failed = key.failed.get(value);
        const origin = failed
          ? `only process ${failed.process} was to write it, and that definitely failed (operation ${failed.index})`
          : "nobody ever wrote it";
        anomalies.add("thin-air-read", () => ({
          rulesOut: RULES_OUT,
          key: key.name,
          explanation: `${who(access.op)}, but ${shown(access, value)} was never a value of ${named(key.name)}: ${origin}.`,
          ops: failed ? [failed, access.op] : [access.op],
          because: failed ? [because(failed, access.op, "failed, but was seen")] : [],
        }));
      }
    }
  }
}

/** CyclicCO: operations that are causes of each other. */
export function reportCausalCycles(index: HistoryIndex, past: CausalPast, anomalies: Anomalies): void {
  for (const { members, graph } of past.cycles) {
    anomalies.add("cyclic-co", () => {
      const cycle = shortestCycle(graph, members, (kind) => (kind === "so" ? 0 : 1));
      const tied = ties(circle(index, cycle, (kind) => ({ kind })));
      const ops = mentioned(tied, index);
      return {
        rulesOut: RULES_OUT,
        explanation: `${inTurn(ops)}: these are causes of each other in a circle, so something was seen before it was written.`,
        ops,
        because: tied,
      };
    });
  }
}

/** How many operations of a circle are spelled out. */
const MAX_TOLD = 6;

function inTurn(ops: readonly Operation[]): string {
  const told = ops.slice(0, MAX_TOLD).map(who).join("; ");
  return ops.length > MAX_TOLD ? `${told}; and ${ops.length - MAX_TOLD} more operations` : told;
}

/** One session's writes to one key, in its order. */
export interface SessionWrites {
  readonly session: number;
  readonly writes: readonly Access[];
}

/** A key's writes by session. */
export function writesBySession(accesses: readonly Access[]): SessionWrites[] {
  const bySession = new Map<number, Access[]>();
  for (const access of accesses) {
    if (access.wrote === undefined) continue;
    const known = bySession.get(access.session);
    if (known) known.push(access);
    else bySession.set(access.session, [access]);
  }
  return [...bySession].map(([session, writes]) => ({ session, writes }));
}

/** How many of these writes are in the past of `access`: always the first so many of them. */
export function countInPast(past: CausalPast, { session, writes }: SessionWrites, access: Access): number {
  const ordinal = past.writesOf(session, access);
  const last = writes.at(-1);
  // Most sessions are over, and all they wrote is known to everybody.
  if (!last || past.ordinal(last) <= ordinal) return writes.length;
  let low = 0;
  let high = writes.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (past.ordinal(writes[middle] as Access) <= ordinal) low = middle + 1;
    else high = middle;
  }
  return low;
}
