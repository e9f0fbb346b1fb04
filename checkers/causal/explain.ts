import type { Because } from "../../src/core/checker.ts";
import type { Operation } from "../../src/core/operation.ts";
import { because } from "../shared/anomalies.ts";
import type { Causes } from "../shared/causes.ts";
import { Digraph, type Edge, shortestCycle } from "../shared/graph.ts";
import { written } from "../shared/phrases.ts";
import { membersOf, type Wait } from "./schedule.ts";

/** Session order (one session's operations in turn) and reads-from (a write and a read of its value). */
export type CausalEdge = "so" | "rf";

/** One step of a chain or a circle, between operations by their numbers. */
export interface Step {
  readonly from: number;
  readonly to: number;
  /** Session order, reads-from, or an order that a read demands. */
  readonly kind: CausalEdge | "arb";
  /** For a demanded order: the read that demands it, and why. The other kinds explain themselves. */
  readonly read?: number;
  readonly reason?: string;
}

/** Names, other than by session order, what must come right before an operation. */
export type EdgesInto = (id: number, visit: (from: number, step: Omit<Step, "from" | "to">) => void) => void;

/** The edges of reads-from. */
export const readsFrom =
  ({ sourcesAt, sources }: Causes): EdgesInto =>
  (id, visit) => {
    for (let i = sourcesAt[id] as number; i < (sourcesAt[id + 1] as number); i++)
      if ((sources[i] as number) >= 0) visit(sources[i] as number, { kind: "rf" });
  };

/**
 * A chain from one operation to another, with as few steps between sessions as possible; empty if there is none.
 * `leadsOn(id)` may be false for operations that `from` does not reach.
 */
export function chain(
  causes: Causes,
  from: number,
  to: number,
  edgesInto: EdgesInto,
  leadsOn: (id: number) => boolean = () => true,
): Step[] {
  const by = new Map<number, Step>();
  let level = [to];
  const reached = new Set(level);
  while (level.length > 0 && !reached.has(from)) {
    const next: number[] = [];
    // Backwards: steps within a session are free, so the level grows while it is walked.
    for (let i = 0; i < level.length; i++) {
      const id = level[i] as number;
      const visit = (before: number, step: Omit<Step, "from" | "to">, list: number[]): void => {
        if (reached.has(before) || (before !== from && !leadsOn(before))) return;
        reached.add(before);
        by.set(before, { from: before, to: id, ...step });
        list.push(before);
      };
      if (id > (causes.first[causes.session[id] as number] as number)) visit(id - 1, { kind: "so" }, level);
      edgesInto(id, (before, step) => visit(before, step, next));
    }
    level = next;
  }
  const steps: Step[] = [];
  for (let step = by.get(from); step; step = step.to === to ? undefined : by.get(step.to)) steps.push(step);
  return steps;
}

/** Up to how many operations a circle is searched for a shorter one. */
const MAX_MEMBERS = 20_000;

/** A shortest circle among the operations that wait for each other. */
export function circleOf(causes: Causes, waits: readonly Wait[], edgesInto: EdgesInto): Step[] {
  const members = membersOf(waits);
  if (members.length > MAX_MEMBERS) return waitsAsSteps(waits, edgesInto);
  const place = new Map(members.map((id, i) => [id, i]));
  const graph = new Digraph<Omit<Step, "from" | "to">>(place.size);
  for (const [id, to] of place) {
    const before = place.get(id - 1);
    if (before !== undefined && causes.session[id - 1] === causes.session[id]) graph.add(before, to, { kind: "so" });
    edgesInto(id, (from, step) => {
      const at = place.get(from);
      if (at !== undefined) graph.add(at, to, step);
    });
  }
  const edges = shortestCycle(graph, [...place.values()], ({ kind }) => (kind === "so" ? 0 : 1));
  const steps = edges.map(
    ({ from, to, label }: Edge<Omit<Step, "from" | "to">>): Step => ({
      from: members[from] as number,
      to: members[to] as number,
      ...label,
    }),
  );
  return turn(steps, ({ kind }, before) => kind === "so" && before?.kind !== "so");
}

/** The circle just as it was found. */
function waitsAsSteps(waits: readonly Wait[], edgesInto: EdgesInto): Step[] {
  const steps: Step[] = [];
  for (let i = waits.length - 1; i >= 0; i--) {
    const { head, cause } = waits[i] as Wait;
    let label: Omit<Step, "from" | "to"> = { kind: "rf" };
    edgesInto(head, (from, step) => {
      if (from === cause) label = step;
    });
    steps.push({ from: cause, to: head, ...label });
    const last = waits.at(i - 1)?.cause ?? head;
    if (last !== head) steps.push({ from: head, to: last, kind: "so" });
  }
  return steps;
}

/** The same circle, begun at the first step that may stand after the one before it. */
export function turn(steps: readonly Step[], begins: (step: Step, before: Step | undefined) => boolean): Step[] {
  const start = steps.findIndex((step, i) => begins(step, steps.at(i - 1)));
  return start <= 0 ? [...steps] : [...steps.slice(start), ...steps.slice(0, start)];
}

/** Finds the operation with a number. */
export type Lookup = (id: number) => Operation;

/** Steps as ties between operations; neighbouring steps within one session become one. */
export function ties(steps: readonly Step[], at: Lookup): Because[] {
  const merged: Step[] = [];
  for (const step of steps) {
    const last = merged.at(-1);
    if (last?.kind === "so" && step.kind === "so") merged[merged.length - 1] = { ...last, to: step.to };
    else merged.push(step);
  }
  return merged.map((step) => because(at(step.from), at(step.to), step.reason ?? reasonOf(step, at)));
}

function reasonOf({ from, to, kind }: Step, at: Lookup): string {
  const [a, b] = [at(from), at(to)];
  return kind === "so"
    ? `process ${a.process} did the one before the other`
    : `process ${b.process} saw ${written(a)}, which process ${a.process} wrote`;
}

/** The operations that steps and these others mention, in the order of the history. */
export function mentioned(steps: readonly Step[], at: Lookup, others: readonly number[] = []): Operation[] {
  const merged = ties(steps, at);
  const ops = [...steps.flatMap(({ from, to }) => [from, to]), ...others].map(at);
  const told = new Set([...merged.flatMap(({ from, to }) => [from, to]), ...others.map((id) => at(id).index)]);
  const byIndex = new Map(ops.filter(({ index }) => told.has(index)).map((op) => [op.index, op]));
  return [...byIndex.values()].sort((a, b) => a.index - b.index);
}
