import { Configurations } from "./configurations.ts";
import { Lookahead } from "./lookahead.ts";
import { has, insert, remove, word } from "./masks.ts";
import { Pending } from "./pending.ts";
import type { Entry, Problem } from "./problem.ts";
import { States } from "./states.ts";

export interface Limits {
  /** On the clock of `performance.now()`. */
  readonly deadlineMs: number;
  readonly maxConfigurations: number;
  /** Shows each state met from the call of the operation with this index until its return. */
  readonly watch?: { readonly index: number; seen(state: unknown): void };
}

export interface Result {
  /** `stuck`: no linearization. `time`, `configurations`: the limit that was reached. */
  readonly type: "linearizable" | "stuck" | "time" | "configurations";
  /** Entries that returned before the search ended. */
  readonly placed: number;
  /** Configurations that were looked at; the same for the same problem on any machine. */
  readonly work: number;
  /** The entry at whose return the search ended, if it is not `linearizable`. */
  readonly at?: Entry;
}

/** Whether the operations of one object can be put in an order that the specification allows and that keeps real time. */
export function search<S>(problem: Problem<S>, limits: Limits): Result {
  return new Search(problem, limits).run();
}

/** Steps between two looks at the clock. */
const BETWEEN_LOOKS = 256;
/** States remembered at least before those no longer in use are forgotten. */
const MIN_STATES = 256;

/**
 * Just-in-time linearization (Lowe, "Testing for linearizability", Concurrency and Computation 2017, §4): walks over calls
 * and returns in order of time with the set of all configurations in which an execution could be, and places operations
 * only when one returns that has to have been placed by then. What it remembers depends on how many operations are
 * pending at once, never on the length of the history.
 *
 * To this it adds three rules, each of which keeps only configurations that can do all that those left out could.
 *
 * 1. *Observations at once.* As soon as a pending observation agrees with the state it is placed. It changes nothing, so
 *    a course that placed it later is still possible without it.
 * 2. *Overwritten effects become free.* When an overwrite W is placed, each pending effect E that is possible in every
 *    state could just as well have been placed right before W: nobody can tell. So from then on E is no longer owed, but
 *    may still be placed later. (When E returns, both cases are kept: it was overwritten, or it is placed now.)
 * 3. *Twins in order.* Of operations of unknown outcome that would do the same, the one called first is placed first.
 */
class Search<S> {
  readonly #problem: Problem<S>;
  readonly #limits: Limits;
  readonly #pending: Pending;
  readonly #lookahead: Lookahead<S>;
  #states: States<S>;
  #here: Configurations;
  /** Configurations on the way to placing the entry that returns. */
  #beyond: Configurations;
  #next: Configurations;
  #owed: Int32Array;
  #spent: Int32Array;
  /** By state: the set of pending observations that agree with it. */
  readonly #agreeing = new Map<number, Int32Array>();
  /** By slot: the state that a placed operation leads to, by the state before; -1 if it is not possible. */
  readonly #moves: Map<number, number>[] = [];
  #now = 0;
  #work = 0;
  #steps = 0;
  #exceeded: "time" | "configurations" | undefined;

  constructor(problem: Problem<S>, limits: Limits) {
    this.#problem = problem;
    this.#limits = limits;
    this.#pending = new Pending(problem.entries.length);
    this.#lookahead = new Lookahead(problem, this.#pending);
    this.#states = new States(problem.spec);
    this.#here = new Configurations(1);
    this.#beyond = new Configurations(1);
    this.#next = new Configurations(1);
    this.#owed = new Int32Array(1);
    this.#spent = new Int32Array(1);
    this.#here.add(this.#states.id(problem.spec.init()), this.#owed, this.#spent);
  }

  run(): Result {
    let placed = 0;
    for (const [position, { type, entry }] of this.#problem.events.entries()) {
      this.#now = position;
      if (type === "call") this.#call(entry);
      else if (type === "expire") this.#expire(entry);
      else {
        if (this.#lookahead.done) break;
        this.#return(entry);
        if (this.#exceeded !== undefined) return { type: this.#exceeded, placed, work: this.#work, at: entry };
        if (this.#here.size === 0) return { type: "stuck", placed, work: this.#work, at: entry };
        this.#lookahead.returned(entry);
        placed++;
      }
      this.#watch(this.#here);
      if (this.#states.size > MIN_STATES + 8 * this.#here.size) this.#forgetStates();
    }
    return { type: "linearizable", placed: this.#problem.returns, work: this.#work };
  }

  #call(entry: Entry): void {
    const slot = this.#pending.add(entry);
    this.#moves[slot] = new Map();
    if (this.#pending.width > this.#here.width) this.#widen();
    const by = entry.touches < 0 ? -1 : word(this.#pending.slotOf, entry.touches);
    if (by >= 0) {
      if (this.#pending.entry(by).role === "effect") this.#decide(by);
      this.#pending.block(slot, by);
    }
    if (entry.role === "unknown") return;
    if (entry.role === "observation") this.#agreeing.clear();
    const { rows, length } = this.#here;
    for (let i = 0; i < length; i++) {
      const state = this.#here.state(i);
      if (state < 0) continue;
      const base = this.#here.base(i);
      const settled =
        entry.role === "observation" &&
        !(by >= 0 && has(rows, base + 1, by)) &&
        has(this.#agreeingWith(state), 0, slot);
      if (!settled) insert(rows, base + 1, slot);
    }
  }

  /** From now on the slot is either owed or spent, no longer free. */
  #decide(slot: number): void {
    this.#rebuild((state) => {
      if (!has(this.#owed, 0, slot) && !has(this.#spent, 0, slot)) {
        insert(this.#owed, 0, slot);
        this.#next.add(state, this.#owed, this.#spent);
        remove(this.#owed, 0, slot);
        insert(this.#spent, 0, slot);
      }
      this.#next.add(state, this.#owed, this.#spent);
    });
  }

  #expire(entry: Entry): void {
    const slot = word(this.#pending.slotOf, entry.id);
    this.#rebuild((state) => {
      remove(this.#spent, 0, slot);
      this.#next.add(state, this.#owed, this.#spent);
    });
    this.#pending.remove(entry);
  }

  #return(entry: Entry): void {
    const slot = word(this.#pending.slotOf, entry.id);
    if (entry.role === "effect" || this.#owedAnywhere(slot)) {
      this.#beyond.clear();
      this.#rebuild((state) => this.#split(state, slot, entry));
      // The rows grow while they are looked at.
      for (let i = 0; i < this.#beyond.length && this.#exceeded === undefined; i++)
        if (this.#beyond.state(i) >= 0) this.#expand(i, slot);
      // `rebuild` has swapped the sets: what `expand` found went to `here`.
    }
    if (entry.role === "observation") this.#agreeing.clear();
    this.#pending.remove(entry);
    this.#checkLimits();
  }

  /** What becomes of a configuration when an entry returns: it stays, or the entry has to be placed first, or either. */
  #split(state: number, slot: number, entry: Entry): void {
    const owes = has(this.#owed, 0, slot);
    if (!owes) {
      const free = !has(this.#spent, 0, slot);
      remove(this.#spent, 0, slot);
      if (this.#lookahead.promising(this.#states.get(state), this.#owed, this.#spent, this.#now))
        this.#next.add(state, this.#owed, this.#spent);
      if (entry.role === "observation" || !free) return;
      insert(this.#owed, 0, slot);
    }
    this.#beyond.add(state, this.#owed, this.#spent);
  }

  /** Places each operation that can come next in a configuration that has yet to place the one in `goal`. */
  #expand(row: number, goal: number): void {
    const { width } = this.#beyond;
    const state = this.#beyond.state(row);
    const owedAt = this.#beyond.base(row) + 1;
    const spentAt = owedAt + width;
    for (const slot of this.#pending.movers) {
      // Adding rows may move them to a larger array.
      const { rows } = this.#beyond;
      if (has(rows, spentAt, slot) || this.#mustWait(slot, rows, owedAt, spentAt)) continue;
      const target = this.#move(state, slot);
      if (target < 0 || (target === state && !has(rows, owedAt, slot))) continue;
      for (let w = 0; w < width; w++) {
        this.#owed[w] = word(rows, owedAt + w);
        this.#spent[w] = word(rows, spentAt + w);
      }
      if (this.#pending.entry(slot).nature === "overwrite") this.#absorb(goal);
      remove(this.#owed, 0, slot);
      if (slot !== goal) insert(this.#spent, 0, slot);
      this.#settle(target);
      this.#work++;
      if (!this.#lookahead.promising(this.#states.get(target), this.#owed, this.#spent, this.#now)) continue;
      const placed = !has(this.#owed, 0, goal);
      const added = (placed ? this.#here : this.#beyond).add(target, this.#owed, this.#spent);
      if (added) this.#limits.watch && this.#see(target);
    }
    this.#checkLimits();
  }

  /** True if the slot is blocked, or a twin of it comes first. */
  #mustWait(slot: number, rows: Int32Array, owedAt: number, spentAt: number): boolean {
    if (this.#blocked(slot, rows, owedAt)) return true;
    const twin = this.#pending.twinBefore(slot);
    return twin >= 0 && !has(rows, spentAt, twin) && !this.#blocked(twin, rows, owedAt);
  }

  #blocked(slot: number, rows: Int32Array, owedAt: number): boolean {
    for (const block of this.#pending.blocks) if (block.slot === slot && has(rows, owedAt, block.by)) return true;
    return false;
  }

  /** Frees what an overwrite hides (rule 2), but for the operation in `goal`, which is to be placed explicitly. */
  #absorb(goal: number): void {
    const { absorbable, blocks } = this.#pending;
    const kept = blocks.filter(({ slot, by }) => has(this.#owed, 0, slot) && has(this.#owed, 0, by));
    if (has(this.#owed, 0, goal)) kept.push({ slot: goal, by: goal });
    for (let w = 0; w < this.#owed.length; w++) this.#owed[w] = word(this.#owed, w) & ~word(absorbable, w);
    for (const { slot } of kept) insert(this.#owed, 0, slot);
  }

  /** Places the observations that agree with the state (rule 1). */
  #settle(state: number): void {
    const agreeing = this.#agreeingWith(state);
    const { blocks } = this.#pending;
    const waiting = blocks.filter(({ slot }) => has(this.#owed, 0, slot));
    for (let w = 0; w < this.#owed.length; w++) this.#owed[w] = word(this.#owed, w) & ~word(agreeing, w);
    for (const { slot, by } of waiting) if (has(this.#owed, 0, by)) insert(this.#owed, 0, slot);
  }

  #agreeingWith(state: number): Int32Array {
    let agreeing = this.#agreeing.get(state);
    if (agreeing === undefined) {
      agreeing = new Int32Array(this.#pending.width);
      const value = this.#states.get(state);
      for (const slot of this.#pending.observers) {
        const { op } = this.#pending.entry(slot);
        if (this.#problem.spec.step(value, op, op.outcome) !== undefined) insert(agreeing, 0, slot);
      }
      this.#agreeing.set(state, agreeing);
    }
    return agreeing;
  }

  #move(state: number, slot: number): number {
    const moves = this.#moves[slot] as Map<number, number>;
    let target = moves.get(state);
    if (target === undefined) {
      const { op } = this.#pending.entry(slot);
      const next = this.#problem.spec.step(this.#states.get(state), op, op.outcome);
      target = next === undefined ? -1 : this.#states.id(next);
      moves.set(state, target);
    }
    return target;
  }

  #owedAnywhere(slot: number): boolean {
    for (let i = 0; i < this.#here.length; i++)
      if (this.#here.state(i) >= 0 && has(this.#here.rows, this.#here.base(i) + 1, slot)) return true;
    return false;
  }

  /** Makes a new set: `visit` adds to `next` what becomes of each configuration, found in `owed` and `spent`. */
  #rebuild(visit: (state: number) => void): void {
    const { rows, width, length } = this.#here;
    this.#next.clear();
    for (let i = 0; i < length; i++) {
      const state = this.#here.state(i);
      if (state < 0) continue;
      const base = this.#here.base(i);
      for (let w = 0; w < width; w++) {
        this.#owed[w] = word(rows, base + 1 + w);
        this.#spent[w] = word(rows, base + 1 + width + w);
      }
      visit(state);
    }
    [this.#here, this.#next] = [this.#next, this.#here];
  }

  #widen(): void {
    const { width } = this.#pending;
    this.#beyond = new Configurations(width);
    this.#next = new Configurations(width);
    this.#owed = new Int32Array(width);
    this.#spent = new Int32Array(width);
    this.#agreeing.clear();
    this.#rebuild((state) => this.#next.add(state, this.#owed, this.#spent));
    this.#next = new Configurations(width);
  }

  /** Drops the numbers of states that no configuration is in any more. */
  #forgetStates(): void {
    const old = this.#states;
    const states = new States(this.#problem.spec);
    this.#rebuild((state) => this.#next.add(states.id(old.get(state)), this.#owed, this.#spent));
    this.#states = states;
    this.#agreeing.clear();
    for (const moves of this.#moves) moves.clear();
  }

  #checkLimits(): void {
    const alive = this.#here.size + this.#beyond.size + this.#next.size;
    if (alive > this.#limits.maxConfigurations) this.#exceeded = "configurations";
    else if (++this.#steps % BETWEEN_LOOKS === 0 && performance.now() > this.#limits.deadlineMs) this.#exceeded = "time";
  }

  #watch(configurations: Configurations): void {
    if (this.#limits.watch === undefined) return;
    for (let i = 0; i < configurations.length; i++)
      if (configurations.state(i) >= 0) this.#see(configurations.state(i));
  }

  #see(state: number): void {
    const { watch } = this.#limits;
    if (
      watch &&
      this.#pending.movers
        .concat(this.#pending.observers)
        .some((slot) => this.#pending.entry(slot).op.index === watch.index)
    )
      watch.seen(this.#states.get(state));
  }
}
