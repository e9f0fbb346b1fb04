import type { Operation } from "../../src/core/operation.ts";
import type { Spec } from "../../src/core/spec.ts";
import { buildProblem, byReturn } from "./problem.ts";
import { type Limits, search } from "./search.ts";

/** A history of one object that is not linearizable, cut off at the return of the first operation that shows it. */
export interface Refutation {
  /** In order of index. Effects that had not returned by then are of unknown outcome. */
  readonly ops: readonly Operation[];
  /** The operation that cannot be placed: without its return the rest is linearizable. */
  readonly culprit: Operation;
}

/** Searches again and again on behalf of the evidence, with an allowance of work, so that a verdict takes no longer for it. */
export class Prover {
  readonly spec: Spec;
  readonly limits: Limits;
  #allowance: number;

  /** `allowance` is in operations looked at and placements tried. */
  constructor(spec: Spec, limits: Limits, allowance: number) {
    this.spec = spec;
    this.limits = limits;
    this.#allowance = allowance;
  }

  /** True once the allowance or the time is used up: nothing more will be found out. */
  get exhausted(): boolean {
    return this.#allowance <= 0 || performance.now() >= this.limits.deadlineMs;
  }

  /** True if the operations are certainly not linearizable. */
  refutes(ops: readonly Operation[]): boolean {
    return this.#search(ops) === "stuck";
  }

  /** True if the operations are certainly linearizable. */
  accepts(ops: readonly Operation[]): boolean {
    return this.#search(ops) === "linearizable";
  }

  #search(ops: readonly Operation[]): string {
    if (this.exhausted) return "exhausted";
    const { type, work } = search(buildProblem(this.spec, ops), this.limits);
    this.#allowance -= ops.length + work;
    return type;
  }
}

/**
 * The shortest beginning of a history that is not linearizable (a beginning of a linearizable history is linearizable, so
 * there is one). The search may have stopped before, as it looks ahead: it stopped at the return of `stuckAt`.
 */
export function cutOff(prover: Prover, ops: readonly Operation[], stuckAt: Operation): Refutation {
  const followed = thatGoOn(ops);
  const order = (a: Operation, b: Operation): number =>
    a.returnNs - b.returnNs || Number(followed.has(b)) - Number(followed.has(a)) || byReturn(a, b);
  const returns = ops.filter(({ outcome }) => outcome.type !== "info").sort(order);
  const until = (last: Operation): Operation[] => {
    const isOver = (op: Operation): boolean =>
      order(op, last) <= 0 || (op.returnNs === last.returnNs && followed.has(op));
    return beginning(prover.spec, ops, last, isOver);
  };
  let low = returns.findIndex(({ returnNs }) => returnNs >= stuckAt.returnNs);
  let high = returns.length - 1;
  // Most searches stop close to the right place, so that the steps grow from there.
  for (let step = 1; low < high; step *= 2) {
    const middle = Math.min(low + step - 1, high - 1);
    if (prover.refutes(until(returns[middle] as Operation))) {
      high = middle;
      break;
    }
    low = middle + 1;
  }
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (prover.refutes(until(returns[middle] as Operation))) high = middle;
    else low = middle + 1;
  }
  const culprit = returns[high] as Operation;
  return { ops: until(culprit), culprit };
}

/** Operations at whose return their process called the next one: where that may have begun, they are certainly over. */
function thatGoOn(ops: readonly Operation[]): ReadonlySet<Operation> {
  const followed = new Set<Operation>();
  const last = new Map<number, Operation>();
  for (const op of ops) {
    const before = last.get(op.process);
    if (before?.returnNs === op.callNs) followed.add(before);
    last.set(op.process, op);
  }
  return followed;
}

/** What is known of the operations at the return of `last`, by when those of known outcome that are over have returned. */
function beginning(
  spec: Spec,
  ops: readonly Operation[],
  last: Operation,
  isOver: (op: Operation) => boolean,
): Operation[] {
  return ops.flatMap((op): Operation[] => {
    if (op.callNs > last.returnNs) return [];
    if (op.outcome.type === "info" || isOver(op)) return [op];
    if (op.outcome.type === "fail" || spec.isRead(op.f)) return [];
    return [{ ...op, returnNs: Number.POSITIVE_INFINITY, outcome: { type: "info", error: { name: "pending" } } }];
  });
}
