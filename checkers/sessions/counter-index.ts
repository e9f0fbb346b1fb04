import type { History } from "../../src/core/history.ts";
import type { Json } from "../../src/core/json.ts";
import type { Operation } from "../../src/core/operation.ts";
import { named, overlap } from "../shared/history-index.ts";
import { show } from "../shared/values.ts";

/** An increment that may have happened, or a read that was answered. */
export interface CounterAccess {
  readonly op: Operation;
  readonly read: number | undefined;
  readonly delta: number | undefined;
}

/** One counter: what each session did with it in turn. */
export interface CounterKey {
  readonly name: string;
  readonly sessions: readonly (readonly CounterAccess[])[];
  /** All increments that may have happened. */
  readonly deltas: readonly number[];
}

/** Counters that only grow, in whole steps. */
export interface CounterIndex {
  readonly keys: readonly CounterKey[];
  /** One sentence a key that was left out. */
  readonly leftOut: readonly string[];
}

interface Draft {
  readonly sessions: Map<number, CounterAccess[]>;
  readonly deltas: number[];
  problem: string | undefined;
}

/** Sorts a history of counters (`increment`, `decrement`, `add`, `read`) by key, or says why it is malformed. */
export function indexCounters(history: History): CounterIndex | { readonly malformed: string } {
  const malformed = overlap(history);
  if (malformed !== undefined) return { malformed };
  const drafts = new Map<string, Draft>();
  for (const op of history.ops) {
    if (op.final || op.outcome.type === "fail") continue;
    const access = accessOf(op);
    if (typeof access === "string")
      return { malformed: `operation ${op.index} (${op.f} by process ${op.process}): ${access}` };
    const name = op.key ?? "";
    const draft: Draft = drafts.get(name) ?? { sessions: new Map(), deltas: [], problem: undefined };
    drafts.set(name, draft);
    enter(draft, name, access);
  }
  const all = [...drafts];
  return {
    keys: all
      .filter(([, { problem }]) => problem === undefined)
      .map(([name, { sessions, deltas }]) => ({ name, sessions: [...sessions.values()], deltas })),
    leftOut: all.flatMap(([, { problem }]) => problem ?? []),
  };
}

function accessOf(op: Operation): CounterAccess | string {
  const { f, input, outcome } = op;
  if (f === "read") {
    const value = outcome.type === "ok" ? outcome.value : undefined;
    if (value === undefined) return { op, read: undefined, delta: undefined };
    return typeof value === "number"
      ? { op, read: value, delta: undefined }
      : "a read of a counter must yield a number";
  }
  if (f !== "increment" && f !== "add" && f !== "decrement")
    return `a counter knows increment, decrement, add and read, but not ${f}`;
  const by: Json = (input ?? null) === null && f !== "add" ? 1 : (input ?? null);
  if (typeof by !== "number") return `the input of ${f} must be a number`;
  return { op, read: undefined, delta: f === "decrement" ? -by : by };
}

function enter(draft: Draft, name: string, access: CounterAccess): void {
  const { op, read, delta } = access;
  if (read === undefined && delta === undefined) return;
  if (delta !== undefined) {
    draft.deltas.push(delta);
    if (delta < 0 || !Number.isSafeInteger(delta))
      draft.problem ??= `operation ${op.index} changes ${named(name)} by ${show(delta)}; only counters that grow in whole steps can be judged`;
  }
  const session = draft.sessions.get(op.process);
  if (session) session.push(access);
  else draft.sessions.set(op.process, [access]);
}
