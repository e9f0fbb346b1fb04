import type { Operation } from "../../src/core/operation.ts";
import type { Spec } from "../../src/core/spec.ts";
import { canonical } from "../shared/values.ts";
import { SPECS } from "../specs/index.ts";
import type { LockState } from "../specs/locks.ts";
import { type Cells, cellsOf } from "./cells.ts";
import { Holds, isLock, mayRefuse } from "./holds.ts";
import { mayPrecede } from "./precedence.ts";

/**
 * Says what may be left out of a history so that what is left is linearizable if the whole history is; then what is wrong
 * with the rest is wrong with the whole.
 *
 * - Observations always may: they change nothing.
 * - Values may where the specification knows how to erase them from all operations (`Spec.without`), all operations on them
 *   at once: of a queue, who put them in and who took them out.
 * - A taker of unknown outcome may if each value that is left was certainly taken by somebody else.
 * - Effects on a cell (`Cells`) may if nobody who stays saw them, or could have seen them, because an acknowledged overwrite
 *   that stays came in between.
 * - The times for which a lock was held may (`Holds`), unless an attempt that was refused shows one.
 * - Nothing else: an addition to a counter, an entry of a log, a transfer all show in what is read later.
 */
export class Removal {
  readonly #spec: Spec;
  readonly #all: readonly Operation[];
  readonly #whole: readonly Operation[];
  readonly #cells: Cells | undefined;
  readonly #holds: Holds | undefined;
  readonly #erases: boolean;
  /** By index of an observer: the effects that it might have seen, if nothing came in between. */
  readonly #suspects = new Map<number, readonly Operation[]>();
  readonly #cellsByIndex = new Map<number, string | undefined>();

  /** `whole` is the history of which `all` may be a beginning. */
  constructor(spec: Spec, all: readonly Operation[], whole: readonly Operation[] = all) {
    this.#spec = spec;
    this.#all = all;
    this.#whole = whole;
    this.#cells = cellsOf(spec);
    const isFree = isLock(spec) && (spec.init() as LockState).holder === undefined;
    this.#holds = isFree ? new Holds(all) : undefined;
    // Values that are there at first cannot be erased.
    const usual = Object.hasOwn(SPECS, spec.name) ? SPECS[spec.name] : undefined;
    this.#erases =
      spec.without !== undefined && (usual === undefined || usual.key(usual.init()) === spec.key(spec.init()));
  }

  isObservation(op: Operation): boolean {
    if (op.outcome.type === "fail" || this.#spec.isRead(op.f)) return true;
    return this.#spec.changesNothing?.(op, op.outcome) ?? false;
  }

  /**
   * The operations without a chunk of them and what has to go with it, without changing what the rest means. What cannot go
   * stays.
   */
  without(ops: readonly Operation[], chunk: readonly Operation[]): readonly Operation[] {
    const gone = new Set(chunk.filter((op) => this.isObservation(op)).map(({ index }) => index));
    const rest = gone.size === 0 ? ops : ops.filter(({ index }) => !gone.has(index));
    const effects = chunk.filter((op) => !this.isObservation(op));
    if (effects.length === 0) return rest;
    if (this.#cells !== undefined) return this.#withoutUnseen(rest, effects);
    return this.#withoutTakers(this.erase(this.#withoutHolds(rest, effects), effects), effects);
  }

  /** The operations as if the values had never been that some of them are about. */
  erase(ops: readonly Operation[], chunk: readonly Operation[]): readonly Operation[] {
    const { without } = this.#spec;
    if (without === undefined || !this.#erases) return ops;
    const values = this.#valuesOf(chunk);
    return ops.flatMap((op) => without.call(this.#spec, op, (value) => values.has(canonical(value))) ?? []);
  }

  /** All operations but these and what belongs to them, to begin with: most violations show in a few operations. */
  allBut(some: readonly Operation[]): readonly Operation[] {
    const kept = new Set(some.map(({ index }) => index));
    const stays = (): Operation[] => this.#all.filter(({ index }) => kept.has(index));
    for (let size = 0; this.#cells !== undefined && size < kept.size; ) {
      size = kept.size;
      for (const op of stays()) {
        if (this.#suspectsOf(op).length === 0) continue;
        const barrier = this.#barrier(op, this.#all);
        if (barrier !== undefined) kept.add(barrier.index);
        for (const suspect of this.#unexcused(op, barrier)) kept.add(suspect.index);
      }
    }
    if (this.#cells !== undefined) return this.#all.filter(({ index }) => !kept.has(index));
    const held = this.#holds?.of(stays()) ?? kept;
    const values = this.#valuesOf(stays());
    const isAbout = (op: Operation): boolean => {
      const value = this.#erases ? this.#valueOf(op) : undefined;
      return value !== undefined && values.has(value);
    };
    return this.#all.filter((op) => !kept.has(op.index) && !held.has(op.index) && !isAbout(op));
  }

  /** Who took, after all these operations, the values that they left. */
  takenLater(ops: readonly Operation[]): readonly Operation[] {
    if (!this.#erases || this.#cells !== undefined) return [];
    const left = this.#leftOf(ops);
    const indices = new Set(ops.map(({ index }) => index));
    return this.#whole.filter((op) => {
      const value = indices.has(op.index) || (op.input ?? null) !== null ? undefined : this.#valueOf(op);
      const count = value === undefined ? 0 : (left.get(value) ?? 0);
      if (value !== undefined && count > 0) left.set(value, count - 1);
      return count > 0;
    });
  }

  #withoutHolds(ops: readonly Operation[], effects: readonly Operation[]): readonly Operation[] {
    if (this.#holds === undefined) return ops;
    const holds = this.#holds.of(effects);
    const [gone, rest] = partition(ops, ({ index }) => holds.has(index));
    return rest.some((op) => mayRefuse(gone, op)) ? ops : rest;
  }

  /** Who of these took nobody knows what goes, if somebody else took each value, be it later. */
  #withoutTakers(ops: readonly Operation[], effects: readonly Operation[]): readonly Operation[] {
    if (!this.#erases) return ops;
    const suspects = new Set(effects.map(({ index }) => index));
    const gone = new Set(this.#whole.filter((op) => isTaker(op) && suspects.has(op.index)).map(({ index }) => index));
    if (gone.size === 0) return ops;
    const values = this.#valuesOf(ops);
    const left = this.#leftOf(this.#whole);
    if ([...values].some((value) => (left.get(value) ?? 0) > 0)) return ops;
    return ops.filter(({ index }) => !gone.has(index));
  }

  /** How often each value was put in and not certainly taken out. */
  #leftOf(ops: readonly Operation[]): Map<string, number> {
    const left = new Map<string, number>();
    for (const op of ops) {
      const value = this.#valueOf(op);
      if (value !== undefined) left.set(value, (left.get(value) ?? 0) + ((op.input ?? null) === null ? -1 : 1));
    }
    return left;
  }

  #withoutUnseen(ops: readonly Operation[], effects: readonly Operation[]): readonly Operation[] {
    const gone = new Set(effects.map(({ index }) => index));
    const rest = ops.filter(({ index }) => !gone.has(index));
    const kept = new Set(rest.map(({ index }) => index));
    const isHonest = rest.every((op) => {
      if (this.#suspectsOf(op).length === 0) return true;
      return this.#unexcused(op, this.#barrier(op, rest)).every(({ index }) => kept.has(index));
    });
    return isHonest ? rest : ops;
  }

  /** The last acknowledged overwrite, of these operations, that certainly came before an operation. */
  #barrier(op: Operation, among: readonly Operation[]): Operation | undefined {
    const cell = this.#cellOf(op);
    if (cell === undefined) return undefined;
    let last: Operation | undefined;
    for (const other of among)
      if (
        other.returnNs < op.callNs &&
        (last === undefined || other.callNs > last.callNs) &&
        !this.isObservation(other) &&
        this.#cellOf(other) === cell &&
        this.#cells?.overwrites(other) === true
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
    if (suspects !== undefined) return suspects;
    suspects = this.#cells?.looks(op) === true ? this.#all.filter((other) => this.#isSuspect(op, other)) : [];
    this.#suspects.set(op.index, suspects);
    return suspects;
  }

  #isSuspect(op: Operation, effect: Operation): boolean {
    if (!mayPrecede(op, effect) || this.isObservation(effect)) return false;
    const cell = this.#cellOf(op);
    return (cell === undefined || cell === this.#cellOf(effect)) && this.#cells?.maySee(op, effect) === true;
  }

  #cellOf(op: Operation): string | undefined {
    if (!this.#cellsByIndex.has(op.index)) this.#cellsByIndex.set(op.index, this.#cells?.cellOf(op));
    return this.#cellsByIndex.get(op.index);
  }

  #valuesOf(ops: readonly Operation[]): ReadonlySet<string> {
    return new Set(ops.flatMap((op) => this.#valueOf(op) ?? []));
  }

  /** The value that an operation puts in, looks for, or takes out, as a text. */
  #valueOf(op: Operation): string | undefined {
    if ((op.input ?? null) !== null) return canonical(op.input);
    if (op.outcome.type !== "ok" || this.isObservation(op)) return undefined;
    return canonical(op.outcome.value ?? null);
  }
}

/** True for who took something, if anything, that nobody knows. */
const isTaker = ({ input, outcome }: Operation): boolean => (input ?? null) === null && outcome.type === "info";

function partition<T>(items: readonly T[], test: (item: T) => boolean): [T[], T[]] {
  const [yes, no]: [T[], T[]] = [[], []];
  for (const item of items) (test(item) ? yes : no).push(item);
  return [yes, no];
}
