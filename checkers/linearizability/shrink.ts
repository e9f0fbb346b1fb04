import type { Operation } from "../../src/core/operation.ts";
import type { Spec } from "../../src/core/spec.ts";
import { canonical } from "../shared/values.ts";
import type { Prover, Refutation } from "./refutation.ts";
import { holdsValues, mayShow, seen, written } from "./values.ts";

/** Rounds of removal after which a core that still shrinks is taken as it is. */
const MAX_ROUNDS = 4;

/**
 * A few operations that are not linearizable by themselves, and for the same reason: what proves them wrong proves the
 * whole history wrong.
 *
 * An observation can be left out of any linearizable history, so it can be left out here. An effect cannot, if an
 * operation that stays might have seen it: the rest would be wrong only for lack of it. So it goes only where the state
 * is a value (`holdsValues`), and if nobody who stays saw it, or could have seen it, because an acknowledged overwrite
 * that stays came in between. Where the specification knows how, its value is erased from all operations instead
 * (`Spec.without`).
 *
 * Chunks are removed as in delta debugging (Zeller & Hildebrandt, "Simplifying and Isolating Failure-Inducing Input",
 * IEEE TSE 2002, §3), at first all but the last operations.
 */
export function shrink(prover: Prover, { ops, culprit }: Refutation): readonly Operation[] {
  const removal = new Removal(prover.spec, ops, culprit);
  let core = ops;
  const attempt = (chunk: readonly Operation[]): boolean => {
    if (prover.exhausted) return false;
    const rest = removal.without(core, chunk);
    if (rest === undefined || rest.length === core.length || !prover.refutes(rest)) return false;
    core = rest;
    return true;
  };
  for (let kept = 8; kept < core.length; kept *= 4) if (attempt(removal.allBut(core.slice(-kept)))) break;
  for (let round = 0, before = Number.POSITIVE_INFINITY; core.length < before && round < MAX_ROUNDS; round++) {
    before = core.length;
    const [observations, effects] = partition(core, (op) => removal.isObservation(op));
    for (const kind of [observations, effects]) {
      const items = kind.filter(({ index }) => index !== culprit.index);
      // What is still there after one round mostly cannot go, least of all many at once.
      dropChunks(items, round === 0 ? Math.ceil(items.length / 2) : 1, attempt);
    }
  }
  return core;
}

/** Drops chunks of the items, ever smaller ones, wherever `attempt` succeeds. */
function dropChunks<T>(items: readonly T[], largest: number, attempt: (chunk: readonly T[]) => boolean): void {
  const left = [...items];
  for (let size = largest; size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2))
    for (let i = 0; i < left.length; )
      if (attempt(left.slice(i, i + size))) left.splice(i, size);
      else i += size;
}

/** Says what may be removed. */
class Removal {
  readonly #spec: Spec;
  readonly #all: readonly Operation[];
  readonly #culprit: Operation;
  /** By index of an observer: the effects that it might have seen, if nothing came in between. */
  readonly #suspects = new Map<number, readonly Operation[]>();

  constructor(spec: Spec, all: readonly Operation[], culprit: Operation) {
    this.#spec = spec;
    this.#all = all;
    this.#culprit = culprit;
  }

  isObservation(op: Operation): boolean {
    return op.outcome.type === "fail" || this.#spec.isRead(op.f);
  }

  /** The operations without a chunk of them; `undefined` if that would not be honest. */
  without(ops: readonly Operation[], chunk: readonly Operation[]): readonly Operation[] | undefined {
    const indices = new Set(chunk.map(({ index }) => index));
    const rest = ops.filter(({ index }) => !indices.has(index));
    const effects = chunk.filter((op) => !this.isObservation(op));
    if (effects.length === 0) return rest;
    const { without } = this.#spec;
    if (without === undefined) return holdsValues(this.#spec) && this.#isHonest(rest) ? rest : undefined;
    const values = new Set(effects.map((op) => canonical(written(op))));
    return rest.flatMap((op) => without.call(this.#spec, op, (value) => values.has(canonical(value))) ?? []);
  }

  /** All operations but these, the culprit, and what they might have seen. */
  allBut(some: readonly Operation[]): readonly Operation[] {
    const kept = new Set([...some.map(({ index }) => index), this.#culprit.index]);
    const stays = (): Operation[] => this.#all.filter(({ index }) => kept.has(index));
    for (let size = 0; this.#spec.without === undefined && size < kept.size; ) {
      size = kept.size;
      for (const op of stays()) {
        if (this.#suspectsOf(op).length === 0) continue;
        const barrier = this.#barrier(op, this.#all);
        if (barrier !== undefined) kept.add(barrier.index);
        for (const suspect of this.#unexcused(op, barrier)) kept.add(suspect.index);
      }
    }
    return this.#all.filter(({ index }) => !kept.has(index));
  }

  #isHonest(rest: readonly Operation[]): boolean {
    const kept = new Set(rest.map(({ index }) => index));
    return rest.every((op) => {
      if (this.#suspectsOf(op).length === 0) return true;
      return this.#unexcused(op, this.#barrier(op, rest)).every(({ index }) => kept.has(index));
    });
  }

  /** The last acknowledged overwrite, of these operations, that certainly came before an operation. */
  #barrier(op: Operation, among: readonly Operation[]): Operation | undefined {
    let last: Operation | undefined;
    for (const other of among)
      if (
        other.outcome.type === "ok" &&
        other.returnNs < op.callNs &&
        (last === undefined || other.callNs > last.callNs) &&
        !this.isObservation(other) &&
        this.#spec.nature?.(other, other.outcome) === "overwrite"
      )
        last = other;
    return last;
  }

  /** The effects that an operation might have seen, barrier or not. */
  #unexcused(op: Operation, barrier: Operation | undefined): readonly Operation[] {
    const suspects = this.#suspectsOf(op);
    return barrier === undefined ? suspects : suspects.filter((effect) => effect.returnNs >= barrier.callNs);
  }

  #suspectsOf(op: Operation): readonly Operation[] {
    let suspects = this.#suspects.get(op.index);
    if (suspects === undefined) {
      const saw = seen(this.#spec, op);
      // One that failed saw that the state was not what it expected, which may be due to any effect.
      const sawOne = (effect: Operation): boolean =>
        op.outcome.type === "fail" || (saw !== undefined && mayShow(saw, written(effect)));
      suspects = this.#all.filter(
        (other) =>
          other.index !== op.index && other.callNs <= op.returnNs && !this.isObservation(other) && sawOne(other),
      );
      this.#suspects.set(op.index, suspects);
    }
    return suspects;
  }
}

function partition<T>(items: readonly T[], test: (item: T) => boolean): [T[], T[]] {
  const [yes, no]: [T[], T[]] = [[], []];
  for (const item of items) (test(item) ? yes : no).push(item);
  return [yes, no];
}
