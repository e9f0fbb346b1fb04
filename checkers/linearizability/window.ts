import type { Json } from "../../src/core/json.ts";
import type { Operation } from "../../src/core/operation.ts";
import type { Spec } from "../../src/core/spec.ts";
import type { Prover } from "./refutation.ts";
import { mayShow, seen, shows, written } from "./values.ts";

/** Operations on either side of the one at which the search ended, in one attempt after another. */
const REACHES = [16, 128, 1_024];
/** Operations that a window may come to with what its operations saw. */
const MAX_OPS = 8_192;

/**
 * Operations about the one at which the search of a long history ended that are not linearizable by themselves, with all
 * the effects that they might have seen; `undefined` if that is not found out. For specifications that hold values, see
 * `holdsValues`.
 */
export function windowAt(
  prover: Prover,
  ops: readonly Operation[],
  stuckAt: Operation,
): readonly Operation[] | undefined {
  const sources = new Sources(prover.spec, ops);
  const middle = ops.indexOf(stuckAt);
  for (const reach of REACHES) {
    const kept = sources.closure(Math.max(0, middle - reach), Math.min(ops.length, middle + reach + 1));
    if (kept === undefined) return undefined;
    if (prover.refutes(kept)) return kept;
  }
  return undefined;
}

/** Finds the effects that operations might have seen, without looking at the whole history for each of them. */
class Sources {
  readonly #spec: Spec;
  readonly #ops: readonly Operation[];
  /** By position: the last return of the acknowledged operations up to there. */
  readonly #returnedUntil: Float64Array;
  /** Positions of effects of unknown outcome. */
  readonly #unknown: number[] = [];

  constructor(spec: Spec, ops: readonly Operation[]) {
    this.#spec = spec;
    this.#ops = ops;
    this.#returnedUntil = new Float64Array(ops.length);
    let until = Number.NEGATIVE_INFINITY;
    for (const [i, op] of ops.entries()) {
      if (op.outcome.type === "info") this.#unknown.push(i);
      else until = Math.max(until, op.returnNs);
      this.#returnedUntil[i] = until;
    }
  }

  /** The operations at these positions, what they might have seen, what that might have seen, and so on. */
  closure(from: number, to: number): Operation[] | undefined {
    const kept = new Set<number>();
    for (let i = from; i < to; i++) kept.add(i);
    // Sets may grow while they are walked through.
    for (const position of kept) {
      for (const source of this.#sourcesOf(position)) kept.add(source);
      if (kept.size > MAX_OPS) return undefined;
    }
    return [...kept].sort((a, b) => a - b).map((i) => this.#ops[i] as Operation);
  }

  /** The last overwrite that certainly came before, and all effects that it does not hide and that might have been seen. */
  #sourcesOf(position: number): number[] {
    const op = this.#ops[position] as Operation;
    const saw = seen(this.#spec, op);
    if (saw === undefined && op.outcome.type !== "fail") return [];
    const found: number[] = [];
    const barrier = this.#barrier(position);
    const sinceNs = barrier < 0 ? Number.NEGATIVE_INFINITY : (this.#ops[barrier] as Operation).callNs;
    if (barrier >= 0) found.push(barrier);
    const consider = (at: number): void => {
      const other = this.#ops[at] as Operation;
      if (at === position || other.callNs > op.returnNs || other.returnNs < sinceNs) return;
      if (other.outcome.type === "fail" || this.#spec.isRead(other.f)) return;
      if (saw === undefined || mayShow(saw, written(other))) found.push(at);
    };
    for (const at of this.#unknown) consider(at);
    for (let at = position + 1; at < this.#ops.length && (this.#ops[at] as Operation).callNs <= op.returnNs; at++)
      if (this.#ops[at]?.outcome.type === "ok") consider(at);
    for (let at = position - 1; at >= 0 && (this.#returnedUntil[at] as number) >= sinceNs; at--)
      if (this.#ops[at]?.outcome.type === "ok") consider(at);
    if (saw !== undefined && found.length <= Number(barrier >= 0)) found.push(...this.#hidden(position, saw));
    return found;
  }

  /** The last effect that wrote a value, if it is hidden: otherwise it would seem that nobody ever wrote it. */
  #hidden(position: number, saw: Json): number[] {
    for (let at = position - 1; at >= 0; at--) {
      const other = this.#ops[at] as Operation;
      if (other.outcome.type !== "fail" && !this.#spec.isRead(other.f) && shows(saw, written(other))) return [at];
    }
    return [];
  }

  #barrier(position: number): number {
    const { callNs } = this.#ops[position] as Operation;
    for (let at = position - 1; at >= 0; at--) {
      const other = this.#ops[at] as Operation;
      if (other.outcome.type !== "ok" || other.returnNs >= callNs || this.#spec.isRead(other.f)) continue;
      if (this.#spec.nature?.(other, other.outcome) === "overwrite") return at;
    }
    return -1;
  }
}
