import type { Operation } from "../../src/core/operation.ts";
import { type Cells, cellsOf } from "./cells.ts";
import { positionsOf } from "./pick.ts";
import { mayPrecede } from "./precedence.ts";
import type { Prover } from "./refutation.ts";

/** Operations on either side of the one at which the search ended, in one attempt after another. */
const REACHES = [16, 128, 1_024];
/** Operations that a window may come to with what its operations saw. */
const MAX_OPS = 8_192;

/**
 * Operations about the one at which the search of a long history ended that are not linearizable by themselves, with all
 * the effects that they might have seen; `undefined` if that is not found out. For specifications with cells, see `Cells`.
 */
export function windowAt(
  prover: Prover,
  ops: readonly Operation[],
  stuckAt: Operation,
): readonly Operation[] | undefined {
  const cells = cellsOf(prover.spec);
  if (cells === undefined) return undefined;
  const sources = new Sources(prover, cells, ops);
  const middle = ops.indexOf(stuckAt);
  for (const reach of REACHES) {
    const from = Math.max(0, middle - reach);
    const kept = sources.closure(Array.from(ops.slice(from, middle + reach + 1), (_, i) => from + i));
    if (kept === undefined) return undefined;
    if (prover.refutes(kept)) return kept;
  }
  return undefined;
}

/**
 * Operations that are not linearizable by themselves, with all effects of the whole history that they might have seen:
 * only these show that there is no excuse for them. The operations alone where that is not found out.
 */
export function withSources(
  prover: Prover,
  whole: readonly Operation[],
  some: readonly Operation[],
  stuckAt: Operation,
): readonly Operation[] {
  const cells = cellsOf(prover.spec);
  if (cells === undefined || some.length === whole.length) return some;
  const concerned = new Set(some.map((op) => cells.cellOf(op)));
  // Who looks at all cells has all effects for sources.
  if (concerned.has(undefined)) return some;
  const ops = cells.isSingle ? whole : whole.filter((op) => concerned.has(cells.cellOf(op)));
  const indices = some.map(({ index }) => index);
  const kept = new Sources(prover, cells, ops).closure(positionsOf(ops, indices));
  if (kept !== undefined && prover.refutes(kept)) return kept;
  if (ops.length <= MAX_OPS && prover.refutes(ops)) return ops;
  return windowAt(prover, ops, stuckAt) ?? some;
}

/** Finds the effects that operations might have seen, without looking at the whole history for each of them. */
class Sources {
  readonly #isEffect: (op: Operation) => boolean;
  readonly #cells: Cells;
  readonly #ops: readonly Operation[];
  /** By position: the last return of the acknowledged operations up to there. */
  readonly #returnedUntil: Float64Array;
  /** Positions of effects of unknown outcome. */
  readonly #unknown: number[] = [];

  constructor({ spec }: Prover, cells: Cells, ops: readonly Operation[]) {
    this.#isEffect = (op) =>
      op.outcome.type !== "fail" && !spec.isRead(op.f) && spec.changesNothing?.(op, op.outcome) !== true;
    this.#cells = cells;
    this.#ops = ops;
    this.#returnedUntil = new Float64Array(ops.length);
    let until = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < ops.length; i++) {
      const { outcome, returnNs } = ops[i] as Operation;
      if (outcome.type === "info") this.#unknown.push(i);
      else if (returnNs > until) until = returnNs;
      this.#returnedUntil[i] = until;
    }
  }

  /** The operations at these positions, what they might have seen, what that might have seen, and so on. */
  closure(positions: readonly number[]): Operation[] | undefined {
    const kept = new Set(positions);
    // Sets may grow while they are walked through.
    for (const position of kept) {
      for (const source of this.#sourcesOf(position)) kept.add(source);
      if (kept.size > MAX_OPS) return undefined;
    }
    return [...kept].sort((a, b) => a - b).map((i) => this.#ops[i] as Operation);
  }

  /**
   * The last overwrite that certainly came before, and all effects that might have been seen: that it does not hide, and the
   * last that it does, without which it could be left out as if it hid nothing.
   */
  #sourcesOf(position: number): number[] {
    const op = this.#ops[position] as Operation;
    if (!this.#cells.looks(op)) return [];
    const found: number[] = [];
    const barrier = this.#barrier(position);
    const sinceNs = barrier < 0 ? Number.NEGATIVE_INFINITY : (this.#ops[barrier] as Operation).callNs;
    if (barrier >= 0) found.push(barrier);
    const consider = (at: number): void => {
      const other = this.#ops[at] as Operation;
      if (!mayPrecede(op, other) || other.returnNs < sinceNs) return;
      if (this.#maySee(op, other)) found.push(at);
    };
    for (const at of this.#unknown) consider(at);
    for (let at = position + 1; at < this.#ops.length && (this.#ops[at] as Operation).callNs <= op.returnNs; at++)
      if (this.#ops[at]?.outcome.type === "ok") consider(at);
    for (let at = position - 1; at >= 0 && (this.#returnedUntil[at] as number) >= sinceNs; at--)
      if (this.#ops[at]?.outcome.type === "ok") consider(at);
    if (op.outcome.type !== "fail" && barrier >= 0) found.push(...this.#lastSeen(position));
    return found;
  }

  /** The last effect before an operation that it shows, be it hidden. */
  #lastSeen(position: number): number[] {
    const op = this.#ops[position] as Operation;
    for (let at = position - 1; at >= 0; at--) if (this.#maySee(op, this.#ops[at] as Operation)) return [at];
    return [];
  }

  #maySee(op: Operation, other: Operation): boolean {
    if (!this.#isEffect(other) || !this.#isSameCell(op, other)) return false;
    return this.#cells.maySee(op, other);
  }

  #isSameCell(op: Operation, other: Operation): boolean {
    const cell = this.#cells.cellOf(op);
    return cell === undefined || cell === this.#cells.cellOf(other);
  }

  #barrier(position: number): number {
    const op = this.#ops[position] as Operation;
    if (this.#cells.cellOf(op) === undefined) return -1;
    for (let at = position - 1; at >= 0; at--) {
      const other = this.#ops[at] as Operation;
      if (other.outcome.type !== "ok" || other.returnNs >= op.callNs || !this.#isEffect(other)) continue;
      if (this.#cells.overwrites(other) && this.#isSameCell(op, other)) return at;
    }
    return -1;
  }
}
