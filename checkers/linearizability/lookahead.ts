import { has, word } from "./masks.ts";
import type { Pending } from "./pending.ts";
import type { Entry, Problem } from "./problem.ts";

/**
 * What can come of a configuration.
 * - `success`: the history is linearizable.
 * - `nothing`: this configuration leads nowhere.
 * - `overwrite`: nothing, unless an overwrite comes before anything looks at the state.
 * - `perhaps`: anything.
 */
export type Prospect = "success" | "nothing" | "overwrite" | "perhaps";

/**
 * Looks ahead at what has yet to be placed. The *goals* of a configuration are those operations that it has yet to place
 * and that are not possible in every state; its *first goal* is the one of them that returns first. Before that return the
 * state must come to allow the first goal: either from the state at hand (`Spec.leadsTo`), or after an overwrite, if one
 * can still be placed by then whose state leads there. In the latter case only goals that are called before that return
 * can be placed ahead of the overwrite. If the state at hand leads to none of them either, it does not matter any more.
 */
export class Lookahead<S> {
  readonly #problem: Problem<S>;
  readonly #pending: Pending;
  /** Entries that are not possible in every state, in order of their returns. */
  readonly #goals: Entry[] = [];
  readonly #goalsByCall: Entry[] = [];
  /** Overwrites in order of their calls. */
  readonly #overwrites: Entry[] = [];
  readonly #callAt: Int32Array;
  readonly #returnAt: Int32Array;
  /** By entry: the state that an overwrite leaves. */
  readonly #targets: ({ readonly state: S } | undefined)[] = [];
  /** For a goal, the slots of pending overwrites that lead to it, as of a version of what is pending. */
  readonly #rescuers = new Map<Entry, { readonly version: number; readonly slots: readonly number[] }>();
  /** For a goal, when the last overwrite is called that leads to it and that the search has not met yet; -1 if none. */
  readonly #rescuedAt = new Map<Entry, number>();
  /** The position of the event at hand. */
  now = 0;
  #next = 0;
  /** Position in `goalsByCall` of the first one that has not been called. */
  #uncalled = 0;

  constructor(problem: Problem<S>, pending: Pending) {
    this.#problem = problem;
    this.#pending = pending;
    this.#callAt = new Int32Array(problem.entries.length).fill(-1);
    this.#returnAt = new Int32Array(problem.entries.length).fill(-1);
    for (const [position, { type, entry }] of problem.events.entries()) {
      if (type === "call") {
        this.#callAt[entry.id] = position;
        if (entry.nature === "overwrite") this.#overwrites.push(entry);
        else if (entry.nature === "guarded" && entry.role !== "unknown") this.#goalsByCall.push(entry);
      } else if (type === "return") {
        this.#returnAt[entry.id] = position;
        if (entry.nature === "guarded") this.#goals.push(entry);
      }
    }
  }

  called(entry: Entry): void {
    if (this.#goalsByCall[this.#uncalled] === entry) this.#uncalled++;
  }

  returned(entry: Entry): void {
    this.#rescuers.delete(entry);
    if (this.#goals[this.#next] === entry) this.#next++;
  }

  /**
   * The prospect of a configuration, or of placing `first` in it. Its sets begin at `at` in `words`. `state` is undefined
   * where it does not matter.
   */
  prospect(state: S | undefined, words: Int32Array, at: number, first?: Entry): Prospect {
    const goal = this.#firstGoal(words, at);
    // What is still owed is then possible in every state, so it can be placed in the order of calls.
    if (goal === undefined) return "success";
    if (this.#problem.spec.leadsTo === undefined || goal === first) return "perhaps";
    if (first?.nature === "overwrite") return this.prospect(this.#target(first), words, at);
    if (state === undefined) return this.#isRescued(goal, words, at) ? "overwrite" : "nothing";
    if (this.#leads(state, goal, first)) return "perhaps";
    if (!this.#isRescued(goal, words, at)) return "nothing";
    return this.#leadsToAnother(state, goal, words, at, first) ? "perhaps" : "overwrite";
  }

  #leads(state: S, goal: Entry, first: Entry | undefined): boolean {
    return goal === first || (this.#problem.spec.leadsTo?.(state, goal.op, goal.op.outcome, first?.op) ?? true);
  }

  #firstGoal(words: Int32Array, owedAt: number): Entry | undefined {
    for (let i = this.#next; i < this.#goals.length; i++) {
      const goal = this.#goals[i] as Entry;
      const slot = word(this.#pending.slotOf, goal.id);
      if (slot < 0 || has(words, owedAt, slot)) return goal;
    }
    return undefined;
  }

  /** True if the state leads to a goal that is called before `goal` returns. They are no more than are pending at once. */
  #leadsToAnother(state: S, goal: Entry, words: Int32Array, owedAt: number, first: Entry | undefined): boolean {
    const { goals } = this.#pending;
    for (let i = 0; i < goals.length; i++) {
      const slot = goals[i] as number;
      if (has(words, owedAt, slot) && this.#leads(state, this.#pending.entry(slot), first)) return true;
    }
    const end = word(this.#returnAt, goal.id);
    for (let i = this.#uncalled; i < this.#goalsByCall.length; i++) {
      const other = this.#goalsByCall[i] as Entry;
      if (word(this.#callAt, other.id) > end) break;
      if (this.#leads(state, other, first)) return true;
    }
    return false;
  }

  #isRescued(goal: Entry, words: Int32Array, at: number): boolean {
    if (this.#overwrites.length === 0) return false;
    const spentAt = at + this.#pending.width;
    const slots = this.#rescuersOf(goal);
    for (let i = 0; i < slots.length; i++) if (!has(words, spentAt, slots[i] as number)) return true;
    return this.#rescueToCome(goal) > this.now;
  }

  #rescuersOf(goal: Entry): readonly number[] {
    const { movers, version } = this.#pending;
    const known = this.#rescuers.get(goal);
    if (known?.version === version) return known.slots;
    const slots = movers.filter((slot) => this.#rescues(this.#pending.entry(slot), goal));
    this.#rescuers.set(goal, { version, slots });
    return slots;
  }

  #rescues(entry: Entry, goal: Entry): boolean {
    return entry.nature === "overwrite" && this.#leads(this.#target(entry), goal, undefined);
  }

  /** The state that an overwrite leaves. */
  #target(overwrite: Entry): S {
    let target = this.#targets[overwrite.id];
    if (target === undefined) {
      const { spec } = this.#problem;
      const { op } = overwrite;
      const state = spec.step(spec.init(), op, op.outcome);
      if (state === undefined)
        throw new Error(`${spec.name} calls ${op.f} an overwrite, but it is not always possible`);
      target = { state };
      this.#targets[overwrite.id] = target;
    }
    return target.state;
  }

  #rescueToCome(goal: Entry): number {
    const known = this.#rescuedAt.get(goal);
    if (known !== undefined) return known;
    let found = -1;
    for (let i = this.#callsBefore(word(this.#returnAt, goal.id)) - 1; i >= 0 && found < 0; i--) {
      const overwrite = this.#overwrites[i] as Entry;
      const position = word(this.#callAt, overwrite.id);
      if (position <= this.now) break;
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
