import type { Spec } from "../../src/core/spec.ts";
import { has, insert, remove, word } from "./masks.ts";
import type { Pending } from "./pending.ts";
import { States } from "./states.ts";

/** Stands for all states that an overwrite will hide before anything looks at them (see `Lookahead`). */
export const LOST = 0;

/**
 * What becomes of a configuration when an operation is placed. The sets of a configuration are given as `sets`: the words
 * of `owed`, then those of `spent`.
 *
 * Two rules go beyond just-in-time linearization. Each keeps only configurations that can do all that those left out could.
 *
 * - *Observations at once.* As soon as a pending observation agrees with the state it is placed. It changes nothing, so
 *   a course that placed it later is still possible without it.
 * - *Overwritten effects become free.* When an overwrite W is placed, each pending effect E that is possible in every
 *   state could just as well have been placed right before W: nobody can tell. So from then on E is no longer owed, but
 *   may still be placed later.
 */
export class Transitions<S> {
  readonly #spec: Spec<S>;
  readonly #pending: Pending;
  #states: States<S>;
  /** By state: the set of pending observations that agree with it. */
  readonly #agreeing = new Map<number, Int32Array>();
  /** By slot: the state that a placed operation leads to, by the state before; -1 if it is not possible there. */
  readonly #moves: Map<number, number>[] = [];

  constructor(spec: Spec<S>, pending: Pending) {
    this.#spec = spec;
    this.#pending = pending;
    this.#states = new States(spec);
  }

  /** How many states have a number. */
  get known(): number {
    return this.#states.size;
  }

  initial(): number {
    return this.#number(this.#spec.init());
  }

  /** The state with a number; undefined if it is `LOST`. */
  state(id: number): S | undefined {
    return id === LOST ? undefined : this.#states.get(id - 1);
  }

  #number(state: S): number {
    return this.#states.id(state) + 1;
  }

  /** To be called when a slot gets a new entry. */
  enter(slot: number): void {
    const moves = this.#moves[slot];
    if (moves === undefined) this.#moves[slot] = new Map();
    else moves.clear();
  }

  /** To be called when the observations that are pending have changed. */
  observersChanged(): void {
    this.#agreeing.clear();
  }

  /** Forgets all states, and returns how to translate the numbers of those that are still needed. */
  renumber(): (id: number) => number {
    const old = this.#states;
    const states = new States(this.#spec);
    this.#states = states;
    this.#agreeing.clear();
    for (const moves of this.#moves) moves.clear();
    return (id) => (id === LOST ? LOST : states.id(old.get(id - 1)) + 1);
  }

  /** The state after the operation in `slot`, -1 if it is not possible. */
  move(state: number, slot: number): number {
    const moves = this.#moves[slot] as Map<number, number>;
    let target = moves.get(state);
    if (target === undefined) {
      target = this.#moved(state, slot);
      moves.set(state, target);
    }
    return target;
  }

  #moved(state: number, slot: number): number {
    const { op, nature } = this.#pending.entry(slot);
    if (state === LOST && nature !== "overwrite") return nature === "blind" ? LOST : -1;
    const next = this.#spec.step(this.state(state) ?? this.#spec.init(), op, op.outcome);
    return next === undefined ? -1 : this.#number(next);
  }

  /** Places the operation in `slot`, which leads to the state `target`, on the way to that in `goal`. */
  place(sets: Int32Array, slot: number, target: number, goal: number): void {
    if (this.#pending.entry(slot).nature === "overwrite") this.#absorb(sets, goal);
    remove(sets, 0, slot);
    // The slot of the one that returns is about to be free.
    if (slot !== goal) insert(sets, this.#pending.width, slot);
    this.#settle(sets, target);
  }

  /** True if the observation in `slot` agrees with the state. */
  agrees(state: number, slot: number): boolean {
    return has(this.#agreeingWith(state), 0, slot);
  }

  /** Frees what an overwrite hides, but for the operation in `goal`: the search places it explicitly as well. */
  #absorb(sets: Int32Array, goal: number): void {
    const { absorbable, blocks, width } = this.#pending;
    const goalOwed = has(sets, 0, goal);
    const kept = blocks.length === 0 ? blocks : blocks.filter(({ slot, by }) => has(sets, 0, slot) && has(sets, 0, by));
    for (let w = 0; w < width; w++) sets[w] = word(sets, w) & ~word(absorbable, w);
    for (const { slot } of kept) insert(sets, 0, slot);
    if (goalOwed) insert(sets, 0, goal);
  }

  /** Places the observations that agree with the state. */
  #settle(sets: Int32Array, state: number): void {
    const agreeing = this.#agreeingWith(state);
    const { blocks, width } = this.#pending;
    const waiting = blocks.length === 0 ? blocks : blocks.filter(({ slot }) => has(sets, 0, slot));
    for (let w = 0; w < width; w++) sets[w] = word(sets, w) & ~word(agreeing, w);
    // In order of calls, so that an observation that stays keeps the one behind it waiting.
    for (const { slot, by } of waiting) if (has(sets, 0, by)) insert(sets, 0, slot);
  }

  #agreeingWith(state: number): Int32Array {
    let agreeing = this.#agreeing.get(state);
    if (agreeing === undefined) {
      agreeing = new Int32Array(this.#pending.width);
      const value = this.state(state);
      for (const slot of value === undefined ? [] : this.#pending.observers) {
        const { op } = this.#pending.entry(slot);
        if (this.#spec.step(value as S, op, op.outcome) !== undefined) insert(agreeing, 0, slot);
      }
      this.#agreeing.set(state, agreeing);
    }
    return agreeing;
  }
}
