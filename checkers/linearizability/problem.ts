import type { Operation } from "../../src/core/operation.ts";
import type { Spec } from "../../src/core/spec.ts";

/** One operation that a linearization has to place, or may place. */
export interface Entry {
  /** Position in `Problem.entries`. */
  readonly id: number;
  readonly op: Operation;
  /**
   * - `observation`: has to be placed where the state agrees with what it saw, and changes nothing.
   * - `effect`: has to be placed, and changes the state.
   * - `unknown`: may be placed at any time after its call, or never.
   */
  readonly role: "observation" | "effect" | "unknown";
  readonly nature: "overwrite" | "blind" | "guarded";
  /**
   * The previous entry of the same process, if it returned at the very instant at which this one was called; else -1.
   * Only then does the order of events not show that one came before the other.
   */
  readonly touches: number;
  /** Equal for `unknown` entries that would do the same. */
  readonly twin: string;
}

/**
 * `expire`: an `unknown` entry can no longer make a difference.
 */
export interface Event {
  readonly type: "call" | "return" | "expire";
  readonly entry: Entry;
}

/** The operations on one object, as a sequence of events. */
export interface Problem<S = unknown> {
  readonly spec: Spec<S>;
  readonly entries: readonly Entry[];
  /** In order of time; at the same instant calls before returns, so that operations that only touch are concurrent. */
  readonly events: readonly Event[];
  /** How many entries have to be placed. */
  readonly returns: number;
}

/** True if a linearization has to deal with the operation at all. */
export function counts(spec: Spec, op: Operation): boolean {
  if (op.outcome.type === "fail") return spec.observes(op, op.outcome);
  // A read whose outcome is unknown tells nothing and changes nothing.
  return op.outcome.type === "ok" || !spec.isRead(op.f);
}

/** Prepares operations, each of which `counts`, in order of index. */
export function buildProblem<S>(spec: Spec<S>, ops: readonly Operation[]): Problem<S> {
  const entries = ops.map((op, id) => ({
    id,
    op,
    role: roleOf(spec, op),
    nature: (op.outcome.type !== "fail" && !spec.isRead(op.f) && spec.nature?.(op, op.outcome)) || "guarded",
    touches: -1,
    twin: op.outcome.type === "info" ? JSON.stringify([op.f, op.key, op.input, spec.byProcess && op.process]) : "",
  })) satisfies Entry[];
  const last = new Map<number, Entry>();
  for (const entry of entries) {
    const before = last.get(entry.op.process);
    if (before !== undefined && before.op.returnNs === entry.op.callNs) entry.touches = before.id;
    last.set(entry.op.process, entry);
  }

  const lastUse = usefulUntil(spec, entries);
  const expiring = new Map<Entry, Entry[]>();
  const kept = entries.filter((entry) => {
    const until = lastUse.get(entry);
    if (until === undefined || until === "end") return true;
    if (until !== "never") expiring.set(until, [...(expiring.get(until) ?? []), entry]);
    return until !== "never";
  });

  const calls = [...kept].sort((a, b) => a.op.callNs - b.op.callNs || a.id - b.id);
  const returns = kept.filter((entry) => entry.role !== "unknown").sort((a, b) => byReturn(a.op, b.op));
  const events: Event[] = [];
  let called = 0;
  for (const entry of returns) {
    for (let next = calls[called]; next !== undefined && next.op.callNs <= entry.op.returnNs; next = calls[++called])
      events.push({ type: "call", entry: next });
    events.push({ type: "return", entry });
    for (const expired of expiring.get(entry) ?? []) events.push({ type: "expire", entry: expired });
  }
  return { spec, entries, events, returns: returns.length };
}

/** Orders operations, none of which is of unknown outcome, by their returns; those of a process that touch stay in order. */
export const byReturn = (a: Operation, b: Operation): number => a.returnNs - b.returnNs || a.index - b.index;

function roleOf(spec: Spec, { f, outcome }: Operation): Entry["role"] {
  if (outcome.type === "info") return "unknown";
  return outcome.type === "fail" || spec.isRead(f) ? "observation" : "effect";
}

/** Steps that `usefulUntil` may take before it leaves the rest as it is. */
const MAX_STEPS = 1_000_000;

/**
 * Until when each overwriting entry of unknown outcome can make a difference: until an entry has returned, to the `end`,
 * or `never`. Such an entry U always leads to the same state. Whatever a linearization places right after it is either
 * itself an overwrite, and then U can be taken out without a trace; or it is possible in that state. Once all entries of
 * the latter sort have returned, U need no longer be considered. So an unknown write of a value that nobody read costs
 * nothing, and one whose value was read costs something only until that read.
 */
function usefulUntil<S>(spec: Spec<S>, entries: readonly Entry[]): Map<Entry, Entry | "end" | "never"> {
  const until = new Map<Entry, Entry | "end" | "never">();
  if (!entries.some(({ role, nature }) => role === "unknown" && nature === "overwrite")) return until;
  const witnesses = entries.filter((entry) => entry.nature !== "overwrite");
  // Those of unknown outcome never return, so they come first.
  witnesses.sort((a, b) => Number(b.role === "unknown") - Number(a.role === "unknown") || byReturn(b.op, a.op));
  const lastWitness = new Map<string | number, Entry | undefined>();
  let steps = 0;
  for (const entry of entries) {
    if (entry.role !== "unknown" || entry.nature !== "overwrite" || steps > MAX_STEPS) continue;
    const state = spec.step(spec.init(), entry.op, entry.op.outcome);
    if (state === undefined) continue;
    const key = spec.key(state);
    if (!lastWitness.has(key)) {
      const possible = (other: Entry): boolean => {
        steps++;
        const next = spec.step(state, other.op, other.op.outcome);
        return next !== undefined && (other.role !== "unknown" || spec.key(next) !== key);
      };
      lastWitness.set(key, witnesses.find(possible));
    }
    const witness = lastWitness.get(key);
    if (witness === undefined || (witness.role !== "unknown" && witness.op.returnNs < entry.op.callNs))
      until.set(entry, "never");
    else until.set(entry, witness.role === "unknown" ? "end" : witness);
  }
  return until;
}
