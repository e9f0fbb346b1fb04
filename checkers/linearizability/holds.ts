import type { Operation } from "../../src/core/operation.ts";
import type { Spec } from "../../src/core/spec.ts";
import { holderOf } from "../specs/locks.ts";

/** True for the locks, which are acquired and released by someone. */
export const isLock = ({ functions }: Spec): boolean =>
  Object.hasOwn(functions, "acquire") && Object.hasOwn(functions, "release");

/** From the acquire of a free lock to the release that frees it. */
type Hold = Operation[];

/**
 * The times for which a lock was held, each of which can be left out as a whole: in between nobody else could do anything,
 * and before and after it the lock is free. Where an outcome is unknown, or the order of one holder's operations, all that
 * the holder did from there on counts as one.
 */
export class Holds {
  readonly #holdOf = new Map<number, Hold>();

  constructor(ops: readonly Operation[]) {
    const byHolder = new Map<string, Operation[]>();
    for (const op of ops) {
      if (op.outcome.type === "fail") continue;
      const own = byHolder.get(holderOf(op));
      if (own === undefined) byHolder.set(holderOf(op), [op]);
      else own.push(op);
    }
    for (const own of byHolder.values()) this.#divide(own);
  }

  /** All operations that belong to the holds of some; of a release of what was not held there is none. */
  of(ops: readonly Operation[]): ReadonlySet<number> {
    const holds = new Set(ops.flatMap(({ index }) => this.#holdOf.get(index) ?? []));
    return new Set([...holds].map(({ index }) => index));
  }

  #divide(own: readonly Operation[]): void {
    let hold: Hold = [];
    let [depth, isClear] = [0, true];
    // Where two of them are concurrent nobody knows which release belongs to which acquire.
    const isSequence = own.every((op, i) => i === 0 || isAfter(own[i - 1] as Operation, op));
    for (const op of own) {
      isClear &&= isSequence && op.outcome.type === "ok";
      if (isClear && depth === 0 && op.f === "release") continue;
      hold.push(op);
      this.#holdOf.set(op.index, hold);
      depth += op.f === "acquire" ? 1 : -1;
      if (isClear && depth === 0) hold = [];
    }
  }
}

const isAfter = (before: Operation, op: Operation): boolean =>
  before.returnNs < op.callNs || (before.returnNs === op.callNs && before.process === op.process);

/** True if an attempt to acquire that was refused may be due to one of these operations, which are of whole holds. */
export function mayRefuse(gone: readonly Operation[], refused: Operation): boolean {
  if (refused.outcome.type !== "fail" || refused.f !== "acquire" || gone.length === 0) return false;
  const holders = new Map<string, Operation[]>();
  for (const op of gone) holders.set(holderOf(op), [...(holders.get(holderOf(op)) ?? []), op]);
  return [...holders.values()].some((own) => {
    const depth = own.reduce((sum, { f }) => sum + (f === "acquire" ? 1 : -1), 0);
    const fromNs = Math.min(...own.map(({ callNs }) => callNs));
    const toNs = depth > 0 ? Number.POSITIVE_INFINITY : Math.max(...own.map(({ returnNs }) => returnNs));
    return fromNs <= refused.returnNs && toNs >= refused.callNs;
  });
}
