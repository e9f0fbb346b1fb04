import { has, word } from "./masks.ts";
import type { Pending } from "./pending.ts";
import type { Entry, Problem } from "./problem.ts";

/**
 * Tells early that a configuration leads nowhere. Its *goal* is the operation, of those that it has yet to place and that
 * are not possible in every state, that returns first. Before the goal returns, the state must come to allow it: either
 * from the state at hand (`Spec.leadsTo`), or from the state that some overwrite leaves which can still be placed by then.
 * Necessary, not sufficient, so nothing that could succeed is given up.
 */
export class Lookahead<S> {
  readonly #problem: Problem<S>;
  readonly #pending: Pending;
  /** Entries that are not possible in every state, in order of their returns. */
  readonly #goals: Entry[] = [];
  /** Overwrites in order of their calls. */
  readonly #overwrites: Entry[] = [];
  readonly #callAt: Int32Array;
  readonly #returnAt: Int32Array;
  readonly #targets = new Map<Entry, S>();
  /** For a goal, when the last overwrite is called that leads to it and that the search has not met yet; -1 if none. */
  readonly #rescuedAt = new Map<Entry, number>();
  #next = 0;

  constructor(problem: Problem<S>, pending: Pending) {
    this.#problem = problem;
    this.#pending = pending;
    this.#callAt = new Int32Array(problem.entries.length).fill(-1);
    this.#returnAt = new Int32Array(problem.entries.length).fill(-1);
    for (const [position, { type, entry }] of problem.events.entries()) {
      if (type === "call") {
        this.#callAt[entry.id] = position;
        if (entry.nature === "overwrite") this.#overwrites.push(entry);
      } else if (type === "return") {
        this.#returnAt[entry.id] = position;
        if (entry.nature === "guarded") this.#goals.push(entry);
      }
    }
  }

  /** True once all that is left to place is possible in every state, so that there is nothing more to find out. */
  get done(): boolean {
    return this.#next >= this.#goals.length;
  }

  returned(entry: Entry): void {
    if (this.#goals[this.#next] === entry) this.#next++;
  }

  /** False only if nothing can come of this configuration; `now` is the position of the event at hand. */
  promising(state: S, owed: Int32Array, spent: Int32Array, now: number): boolean {
    const { spec } = this.#problem;
    if (spec.leadsTo === undefined) return true;
    const goal = this.#goalOf(owed);
    if (goal === undefined || spec.leadsTo(state, goal.op, goal.op.outcome)) return true;
    for (const slot of this.#pending.movers)
      if (!has(spent, 0, slot) && this.#rescues(this.#pending.entry(slot), goal)) return true;
    return this.#rescueToCome(goal, now) > now;
  }

  #goalOf(owed: Int32Array): Entry | undefined {
    for (let i = this.#next; i < this.#goals.length; i++) {
      const goal = this.#goals[i] as Entry;
      const slot = word(this.#pending.slotOf, goal.id);
      if (slot < 0 || has(owed, 0, slot)) return goal;
    }
    return undefined;
  }

  #rescues(entry: Entry, goal: Entry): boolean {
    if (entry.nature !== "overwrite") return false;
    const { spec } = this.#problem;
    let target = this.#targets.get(entry);
    if (target === undefined) {
      target = spec.step(spec.init(), entry.op, entry.op.outcome);
      if (target === undefined) return true;
      this.#targets.set(entry, target);
    }
    return spec.leadsTo?.(target, goal.op, goal.op.outcome) ?? true;
  }

  #rescueToCome(goal: Entry, now: number): number {
    const known = this.#rescuedAt.get(goal);
    if (known !== undefined) return known;
    let found = -1;
    for (let i = this.#callsBefore(word(this.#returnAt, goal.id)) - 1; i >= 0 && found < 0; i--) {
      const overwrite = this.#overwrites[i] as Entry;
      const position = word(this.#callAt, overwrite.id);
      if (position <= now) break;
      if (this.#rescues(overwrite, goal)) found = position;
    }
    this.#rescuedAt.set(goal, found);
    return found;
  }

  /** How many overwrites are called before an event. */
  #callsBefore(position: number): number {
    let low = 0;
    let high = this.#overwrites.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (word(this.#callAt, (this.#overwrites[middle] as Entry).id) < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
