/**
 * Splitbrain's own history format, version 1: UTF-8, one JSON object a line, one event an object, in the order in which
 * the harness saw them. Keys stand in the order given here, so that equal histories have equal bytes.
 *
 * ```
 * {"type":"run","version":1,"seed":7,"system":"raft","workload":"register","nodes":["n1","n2","n3"]}   first line, once
 * {"type":"invoke","index":0,"process":0,"node":"n1","f":"write","key":"x","input":1,"final":true,"atNs":120}
 * {"type":"ok","index":0,"value":null,"atNs":340}
 * {"type":"fail","index":1,"error":{"name":"abort","text":"…"},"atNs":350}       definitely did not happen
 * {"type":"info","index":2,"error":{"name":"timeout"},"atNs":900}                 may have happened, or may yet
 * {"type":"fault","id":0,"fault":{"kind":"pause","nodes":["n2"]},"proof":"…","atNs":400}   a fault is in force from here
 * {"type":"heal","id":0,"atNs":800}                                               until here
 * {"type":"end","atNs":1000}                                                      last line of a run that was not cut
 * ```
 *
 * - `atNs`: integer nanoseconds since the run's start on the harness's monotonic clock; never falls from line to line.
 * - `index`: position in the order of invocations, from 0. A completion carries its invocation's.
 * - `proof` says what showed that the fault was in force.
 * - `key`, `final`, `proof`, the error's `text`, and all of the header but `type` and `version` may be absent. `input` and `value`
 *   are any JSON.
 * - A process has one operation at a time, and none after an `info`.
 * - An operation without a completion is unknown: it is read as `info` with the error `unfinished`.
 * - Without an `end` the run was cut (`meta.complete` is false); then the last line may be cut too and is ignored.
 * - Other keys are ignored when read.
 */

import type { OpError } from "../core/errors.ts";
import type { Fault } from "../core/fault.ts";
import type { History, HistoryMeta } from "../core/history.ts";
import type { Invocation, NodeId, Operation, Outcome } from "../core/operation.ts";

export const JSONL_VERSION = 1;

/** What the header says of a run. */
export type RunMeta = Omit<HistoryMeta, "version" | "complete">;

/** An invocation, and who made it: all of an operation that is known when it starts. */
export interface Call extends Invocation {
  readonly process: number;
  readonly node: NodeId;
}

/** The outcome of an operation whose completion was never recorded. */
export const UNFINISHED: Outcome & { readonly type: "info" } = {
  type: "info",
  error: { name: "unfinished", text: "the recording ends before its completion" },
};

/** The outcome of an operation that yielded nothing: one object for all of them. */
export const DONE: Outcome & { readonly type: "ok" } = { type: "ok", value: null };

export const runLine = ({ seed, system, workload, nodes }: RunMeta): string =>
  JSON.stringify({ type: "run", version: JSONL_VERSION, seed, system, workload, nodes });

export const invokeLine = (index: number, { process, node, f, key, input, final }: Call, atNs: number): string =>
  JSON.stringify({ type: "invoke", index, process, node, f, key, input, final, atNs });

export const completionLine = (index: number, outcome: Outcome, atNs: number): string =>
  outcome.type === "ok"
    ? JSON.stringify({ type: "ok", index, value: outcome.value, atNs })
    : JSON.stringify({ type: outcome.type, index, error: errorOf(outcome.error), atNs });

export const faultLine = (id: number, fault: Fault, atNs: number, proof?: string): string =>
  JSON.stringify({ type: "fault", id, fault, proof, atNs });

export const healLine = (id: number, atNs: number): string => JSON.stringify({ type: "heal", id, atNs });

export const endLine = (atNs: number): string => JSON.stringify({ type: "end", atNs });

const errorOf = ({ name, text }: OpError): OpError => (text === undefined ? { name } : { name, text });

/**
 * The lines of a history, without their ends. When an unknown outcome was given is not part of a history, so these
 * stand last.
 */
export function* encodeHistory(history: History): Generator<string> {
  yield runLine(history.meta);
  const events = eventsOf(history);
  let lastNs = 0;
  for (const { atNs, line } of events) {
    lastNs = Math.max(lastNs, atNs);
    yield line();
  }
  for (const { index, outcome } of history.ops)
    if (outcome.type === "info") yield completionLine(index, outcome, lastNs);
  if (history.meta.complete) yield endLine(lastNs);
}

interface Event {
  readonly atNs: number;
  /** Order of events of the same instant. */
  readonly rank: number;
  readonly line: () => string;
}

function eventsOf({ ops, faults }: History): Event[] {
  const events: Event[] = [];
  for (const op of ops) {
    events.push({ atNs: op.callNs, rank: rank.starts, line: () => invokeLine(op.index, op, op.callNs) });
    if (op.outcome.type !== "info") events.push(completionOf(op));
  }
  faults.forEach(({ value, startNs, endNs, proof }, id) => {
    events.push({ atNs: startNs, rank: rank.faults, line: () => faultLine(id, value, startNs, proof) });
    if (endNs !== Infinity)
      events.push({ atNs: endNs, rank: endNs === startNs ? rank.faults : rank.ends, line: () => healLine(id, endNs) });
  });
  return events.sort((a, b) => a.atNs - b.atNs || a.rank - b.rank);
}

/**
 * At one instant, what was under way ends before anything starts, for a process has one operation at a time. What starts
 * and ends at the same instant keeps its place among what starts: the sort is stable.
 */
const rank = { ends: 0, starts: 1, faults: 2 } as const;

const completionOf = ({ index, callNs, returnNs, outcome }: Operation): Event => ({
  atNs: returnNs,
  rank: returnNs === callNs ? rank.starts : rank.ends,
  line: () => completionLine(index, outcome, returnNs),
});
