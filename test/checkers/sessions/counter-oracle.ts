import type { History } from "../../../src/core/history.ts";
import type { Operation } from "../../../src/core/operation.ts";

/** The increments that may have happened, as a list of bits of a set. */
function increments({ ops }: History): { op: Operation; delta: number }[] {
  return ops
    .filter(({ f, outcome }) => f !== "read" && outcome.type !== "fail")
    .map((op) => ({ op, delta: (op.input as number | null) ?? 1 }));
}

/** For each read that was answered, all sets of increments that sum up to it. */
export function views(history: History) {
  const all = increments(history);
  const sum = (set: number): number => all.reduce((total, { delta }, i) => total + (set & (1 << i) ? delta : 0), 0);
  const sets = Array.from({ length: 1 << all.length }, (_, set) => ({ set, sum: sum(set) }));
  return history.ops.flatMap((op) => {
    if (op.f !== "read" || op.outcome.type !== "ok") return [];
    const value = op.outcome.value as number;
    const own = all.reduce((set, other, i) => (isEarlier(other.op, op) ? set | (1 << i) : set), 0);
    return { op, value, own, ownSum: sum(own), sets: sets.filter((view) => view.sum === value).map(({ set }) => set) };
  });
}

const isEarlier = (a: Operation, b: Operation): boolean => a.process === b.process && a.index < b.index;

/** Each read is a sum of increments that has the session's own; a number that is no sum, and large enough, says nothing. */
export const countsHaveOwn = (history: History): boolean =>
  views(history).every(({ value, own, ownSum, sets }) => {
    if (sets.length === 0) return value >= ownSum;
    return sets.some((set) => (own & ~set) === 0);
  });

/** Each session can have seen more and more increments; a number that is no sum of any says nothing. */
export function countsGrow(history: History): boolean {
  const byProcess = new Map<number, number[][]>();
  for (const { op, sets } of views(history))
    if (sets.length > 0) byProcess.set(op.process, [...(byProcess.get(op.process) ?? []), sets]);
  const grows = (seen: number, [next, ...rest]: number[][]): boolean =>
    next === undefined || next.some((set) => (seen & ~set) === 0 && grows(set, rest));
  return [...byProcess.values()].every((reads) => grows(0, reads));
}
