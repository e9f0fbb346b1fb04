import type { History } from "../../../src/core/history.ts";
import type { Operation } from "../../../src/core/operation.ts";
import type { Spec } from "../../../src/core/spec.ts";

/**
 * Linearizability by its definition: tries every order of the operations of each key that respects real time, with every
 * subset of those of unknown outcome. For a few operations a key.
 */
export function bruteForce(spec: Spec, { ops }: History): boolean {
  const keys = new Set(ops.map(({ key }) => key));
  return [...keys].every((key) =>
    canOrder(
      spec,
      spec.init(),
      relevant(
        spec,
        ops.filter((op) => op.key === key),
      ),
    ),
  );
}

const relevant = (spec: Spec, ops: readonly Operation[]): Operation[] =>
  ops.filter((op) => !op.final && (op.outcome.type !== "fail" || spec.observes(op, op.outcome)));

/** Real time, and the order of a process even where its operations touch. */
const before = (a: Operation, b: Operation): boolean =>
  a.returnNs < b.callNs || (a.process === b.process && a.returnNs <= b.callNs && a.index < b.index);

function canOrder(spec: Spec, state: unknown, left: readonly Operation[]): boolean {
  if (left.every(({ outcome }) => outcome.type === "info")) return true;
  return left.some((op) => {
    if (left.some((other) => other !== op && before(other, op))) return false;
    const next = spec.step(state, op, op.outcome);
    return (
      next !== undefined &&
      canOrder(
        spec,
        op.outcome.type === "fail" ? state : next,
        left.filter((other) => other !== op),
      )
    );
  });
}
