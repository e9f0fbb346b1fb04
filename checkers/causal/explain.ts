import type { Because } from "../../src/core/checker.ts";
import type { Operation } from "../../src/core/operation.ts";
import { because } from "../shared/anomalies.ts";
import type { Edge } from "../shared/graph.ts";
import type { Access, HistoryIndex } from "../shared/history-index.ts";
import { shown } from "../shared/phrases.ts";
import type { CausalEdge, CausalPast } from "./past.ts";

/** One step of a chain or a circle: session order, reads-from, or an arbitration that a read demands. */
export interface Step {
  readonly from: Access;
  readonly to: Access;
  readonly kind: CausalEdge | "arb";
  /** For an arbitration: the read that demands it, and why. The other kinds explain themselves. */
  readonly read?: Access;
  readonly reason?: string;
}

/** A chain from a write to an operation that has it in its past, with as few reads as possible. */
export function causalChain(index: HistoryIndex, past: CausalPast, write: Access, end: Access): Step[] {
  const by = new Map<Access, Step>();
  let level = [end];
  const reached = new Set(level);
  while (level.length > 0 && !reached.has(write)) {
    const next: Access[] = [];
    // Backwards: steps within a session are free, so the level grows while it is walked.
    for (let i = 0; i < level.length; i++) {
      const to = level[i] as Access;
      const visit = (from: Access | undefined, kind: CausalEdge, list: Access[]): void => {
        if (!from || reached.has(from) || (from !== write && !past.includes(from, write))) return;
        reached.add(from);
        by.set(from, { from, to, kind });
        list.push(from);
      };
      visit(index.sessions[to.session]?.[to.position - 1], "so", level);
      for (const value of to.saw ?? []) visit(to.key.writers[value], "rf", next);
    }
    level = next;
  }
  const steps: Step[] = [];
  for (let step = by.get(write); step; step = step.to === end ? undefined : by.get(step.to)) steps.push(step);
  return steps;
}

/** The edges of a circle as steps. */
export function circle<Label>(
  index: HistoryIndex,
  edges: readonly Edge<Label>[],
  step: (label: Label) => Omit<Step, "from" | "to">,
): Step[] {
  const steps = edges.flatMap(({ from, to, label }): Step[] => {
    const [a, b] = [index.accesses[from], index.accesses[to]];
    return a && b ? [{ from: a, to: b, ...step(label) }] : [];
  });
  return turn(steps, ({ kind }, before) => kind === "so" && before?.kind !== "so");
}

/** The same circle, begun at the first step that may stand after the one before it. */
export function turn(steps: readonly Step[], begins: (step: Step, before: Step | undefined) => boolean): Step[] {
  const start = steps.findIndex((step, i) => begins(step, steps.at(i - 1)));
  return start <= 0 ? [...steps] : [...steps.slice(start), ...steps.slice(0, start)];
}

/** Steps as ties between operations; neighbouring steps within one session become one. */
export function ties(steps: readonly Step[]): Because[] {
  const merged: Step[] = [];
  for (const step of steps) {
    const last = merged.at(-1);
    if (last?.kind === "so" && step.kind === "so") merged[merged.length - 1] = { ...last, to: step.to };
    else merged.push(step);
  }
  return merged.map((step) => because(step.from.op, step.to.op, step.reason ?? reasonOf(step)));
}

const reasonOf = ({ from, to, kind }: Step): string =>
  kind === "so"
    ? `process ${from.op.process} did the one before the other`
    : `process ${to.op.process} saw ${shown(from, from.wrote ?? 0)}, which process ${from.op.process} wrote`;

/** The operations that ties mention and these others, in the order of the history. */
export function mentioned(tied: readonly Because[], index: HistoryIndex, others: readonly Access[] = []): Operation[] {
  const numbers = new Set([...tied.flatMap(({ from, to }) => [from, to]), ...others.map(({ op }) => op.index)]);
  return index.accesses.filter(({ op }) => numbers.has(op.index)).map(({ op }) => op);
}
