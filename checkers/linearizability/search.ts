import { Configurations } from "./configurations.ts";
import { Lookahead } from "./lookahead.ts";
import { has, insert, remove, word } from "./masks.ts";
import { Pending } from "./pending.ts";
import type { Entry, Event, Problem } from "./problem.ts";
import { LOST, Transitions } from "./transitions.ts";

export interface Limits {
  /** On the clock of `performance.now()`. */
  readonly deadlineMs: number;
  readonly maxConfigurations: number;
  /** Is shown the states in which the operation with this index, which has returned, would have to come next. */
  readonly watch?: { readonly index: number; seen(state: unknown): void };
}

export interface Result {
  /** `stuck`: no linearization. `time`, `configurations`: the limit that was reached. */
  readonly type: "linearizable" | "stuck" | "time" | "configurations";
  /** Entries that returned before the search ended; all of them if it is `linearizable`. */
  readonly placed: number;
  /** Placements that were tried; the same for the same problem on any machine. */
  readonly work: number;
  /** The entry at whose return the search ended, if it is not `linearizable`. */
  readonly at?: Entry;
}

/**
 * Whether the operations of one object can be put in an order that the specification allows and that keeps real time.
 * `efforts` are made one after another until one finds an order, or finds none without having left anything out.
 */
export function search<S>(problem: Problem<S>, limits: Limits, efforts: readonly Effort[] = EFFORTS): Result {
  let work = 0;
  for (const effort of limits.watch === undefined ? efforts : []) {
    if (effort.followed >= limits.maxConfigurations) continue;
    const attempt = new Search(problem, limits, effort);
    const result = attempt.run();
    work += result.work;
    if (result.type === "linearizable" || result.type === "time" || !attempt.narrowed) return { ...result, work };
  }
  const result = new Search(problem, limits, EVERYTHING).run();
  return { ...result, work: work + result.work };
}

/** How many configurations are followed from one event to the next, and on the way to one return. */
export interface Effort {
  readonly followed: number;
  readonly beyond: number;
  readonly thrifty: boolean;
}

const EVERYTHING: Effort = { followed: Number.POSITIVE_INFINITY, beyond: Number.POSITIVE_INFINITY, thrifty: false };

/**
 * Where a history is linearizable a few configurations mostly show it, however many there are. That it is not, only all
 * of them can show.
 */
const EFFORTS: readonly Effort[] = [
  { followed: 128, beyond: 8_000, thrifty: true },
  { followed: 1_000, beyond: 10_000, thrifty: true },
  { followed: 1_000, beyond: 20_000, thrifty: false },
];

/** Steps between two looks at the clock. */
const BETWEEN_LOOKS = 256;
/** So many states are remembered at least before those no longer in use are forgotten. */
const MIN_STATES = 256;

/**
 * Just-in-time linearization (Lowe, "Testing for linearizability", Concurrency and Computation 2017, §4): walks over calls
 * and returns in order of time with the set of all configurations in which an execution could be, and places operations
 * only when one returns that has to have been placed by then. What it remembers depends on how many operations are
 * pending at once, never on the length of the history.
 *
 * What it leaves out without loss is told at `Configurations`, `Transitions` and `Lookahead`, and here: of operations of
 * unknown outcome that would do the same, the one called first is placed first.
 */
class Search<S> {
  readonly #problem: Problem<S>;
  readonly #limits: Limits;
  readonly #pending: Pending;
  readonly #transitions: Transitions<S>;
  readonly #lookahead: Lookahead<S>;
  readonly #effort: Effort;
  #here: Configurations;
  #next: Configurations;
  /** Configurations on the way to placing the entry that returns. */
  #beyond: Configurations;
  /** The sets of the configuration at hand: `owed`, then `spent`. */
  #sets = new Int32Array(2);
  #work = 0;
  #steps = 0;
  #end: "linearizable" | "time" | "configurations" | undefined;
  #narrowed = false;

  constructor(problem: Problem<S>, limits: Limits, effort: Effort) {
    this.#effort = effort;
    this.#here = new Configurations(1, effort.thrifty);
    this.#next = new Configurations(1, effort.thrifty);
    this.#beyond = new Configurations(1, effort.thrifty);
    this.#problem = problem;
    this.#limits = limits;
    this.#pending = new Pending(problem.entries.length);
    this.#transitions = new Transitions(problem.spec, this.#pending);
    this.#lookahead = new Lookahead(problem, this.#pending);
    this.#here.add(this.#transitions.initial(), this.#sets);
  }

  /** True once a configuration was left out only to spare effort. */
  get narrowed(): boolean {
    return this.#narrowed || this.#here.lossy || this.#next.lossy || this.#beyond.lossy;
  }

  run(): Result {
    const { events, returns } = this.#problem;
    let placed = 0;
    for (let position = 0; position < events.length; position++) {
      const { type, entry } = events[position] as Event;
      this.#lookahead.now = position;
      if (type === "call") this.#call(entry);
      else if (type === "expire") this.#expire(entry);
      else {
        this.#return(entry);
        if (this.#end === "linearizable") break;
        if (this.#end !== undefined) return { type: this.#end, placed, work: this.#work, at: entry };
        if (this.#here.size === 0) return { type: "stuck", placed, work: this.#work, at: entry };
        this.#lookahead.returned(entry);
        placed++;
      }
      this.#watch();
      if (this.#transitions.known > MIN_STATES + 8 * this.#here.size) this.#forgetStates();
    }
    return { type: "linearizable", placed: returns, work: this.#work };
  }

  #call(entry: Entry): void {
    const slot = this.#pending.add(entry);
    this.#transitions.enter(slot);
    this.#lookahead.called(entry);
    if (this.#pending.width > this.#here.width) this.#widen();
    const by = entry.touches < 0 ? -1 : word(this.#pending.slotOf, entry.touches);
    if (by >= 0) {
      if (this.#pending.entry(by).role === "effect") this.#decide(by);
      this.#pending.block(slot, by);
    }
    if (entry.role === "unknown") return;
    const observes = entry.role === "observation";
    if (observes) this.#transitions.observersChanged();
    const { rows, length } = this.#here;
    for (let i = 0; i < length; i++) {
      const state = this.#here.state(i);
      if (state < 0) continue;
      const owedAt = this.#here.setsAt(i);
      const waits = by >= 0 && has(rows, owedAt, by);
      if (!observes || waits || !this.#transitions.agrees(state, slot)) insert(rows, owedAt, slot);
    }
  }

  /** From now on the slot is either owed or spent, no longer free. */
  #decide(slot: number): void {
    this.#rebuild((state) => {
      if (!has(this.#sets, 0, slot) && !this.#isSpent(slot)) {
        insert(this.#sets, 0, slot);
        this.#next.add(state, this.#sets);
        remove(this.#sets, 0, slot);
        insert(this.#sets, this.#pending.width, slot);
      }
      this.#next.add(state, this.#sets);
    });
  }

  #expire(entry: Entry): void {
    const slot = word(this.#pending.slotOf, entry.id);
    this.#rebuild((state) => {
      remove(this.#sets, this.#pending.width, slot);
      this.#next.add(state, this.#sets);
    });
    this.#pending.remove(entry);
  }

  #return(entry: Entry): void {
    const slot = word(this.#pending.slotOf, entry.id);
    if (entry.role === "effect" || this.#isOwedAnywhere(slot)) {
      this.#beyond.clear();
      this.#rebuild((state) => this.#split(state, slot, entry));
      // Rows are added while they are looked at.
      for (let i = 0; i < this.#beyond.length && this.#end === undefined; i++) {
        if (this.#beyond.state(i) >= 0) this.#expand(i, slot);
        this.#checkLimits();
        if (this.#beyond.length > this.#effort.beyond) {
          this.#narrowed = true;
          break;
        }
      }
      if (this.#here.size > this.#effort.followed) this.#narrow();
    } else this.#checkLimits();
    this.#pending.remove(entry);
    if (entry.role === "observation") this.#transitions.observersChanged();
  }

  /** What becomes of a configuration when an entry returns: it stays, or the entry has to be placed first, or either. */
  #split(state: number, slot: number, entry: Entry): void {
    if (!has(this.#sets, 0, slot)) {
      const free = entry.role === "effect" && !this.#isSpent(slot);
      remove(this.#sets, this.#pending.width, slot);
      const relevant = this.#judge(state);
      if (relevant >= 0) this.#next.add(relevant, this.#sets);
      if (!free) return;
      insert(this.#sets, 0, slot);
    }
    this.#beyond.add(state, this.#sets);
  }

  /** Places each operation that can come next in a configuration that has yet to place the one in `goal`. */
  #expand(row: number, goal: number): void {
    const state = this.#beyond.state(row);
    const value = this.#transitions.state(state);
    const owedAt = this.#beyond.setsAt(row);
    const spentAt = owedAt + this.#beyond.width;
    for (const slot of this.#pending.movers) {
      // Adding a row may move all of them to a larger array.
      const { rows } = this.#beyond;
      if (has(rows, spentAt, slot) || this.#mustWait(slot, rows, owedAt, spentAt)) continue;
      const owes = has(rows, owedAt, slot);
      const prospect = this.#lookahead.prospect(value, rows, owedAt, this.#pending.entry(slot));
      // Nobody would miss an operation that need not be placed and whose effect nobody sees.
      if (prospect === "nothing" || (prospect === "overwrite" && !owes)) continue;
      const target = this.#transitions.move(state, slot);
      if (target < 0 || (target === state && !owes)) continue;
      for (let w = 0; w < this.#sets.length; w++) this.#sets[w] = word(rows, owedAt + w);
      this.#transitions.place(this.#sets, slot, target, goal);
      this.#work++;
      const relevant = this.#judge(target);
      if (relevant < 0) continue;
      const reached = !has(this.#sets, 0, goal);
      // `rebuild` has made `here` the set of those that have placed it.
      if ((reached ? this.#here : this.#beyond).add(relevant, this.#sets)) this.#see(target, this.#sets, 0);
    }
  }

  /** The number under which a state matters to the configuration at hand: its own, `LOST`, or -1 if it leads nowhere. */
  #judge(state: number): number {
    const prospect = this.#lookahead.prospect(this.#transitions.state(state), this.#sets, 0);
    if (prospect === "success") this.#end = "linearizable";
    return prospect === "nothing" ? -1 : prospect === "overwrite" ? LOST : state;
  }

  #isSpent(slot: number): boolean {
    return has(this.#sets, this.#pending.width, slot);
  }

  /** True if the slot is blocked, or a twin of it comes first. */
  #mustWait(slot: number, rows: Int32Array, owedAt: number, spentAt: number): boolean {
    if (this.#isBlocked(slot, rows, owedAt)) return true;
    const twin = this.#pending.twinBefore(slot);
    return twin >= 0 && !has(rows, spentAt, twin) && !this.#isBlocked(twin, rows, owedAt);
  }

  #isBlocked(slot: number, rows: Int32Array, owedAt: number): boolean {
    for (const block of this.#pending.blocks) if (block.slot === slot && has(rows, owedAt, block.by)) return true;
    return false;
  }

  #isOwedAnywhere(slot: number): boolean {
    const { rows, length } = this.#here;
    for (let i = 0; i < length; i++) if (this.#here.state(i) >= 0 && has(rows, this.#here.setsAt(i), slot)) return true;
    return false;
  }

  /** Makes a new set: `visit` adds to `next` what becomes of each configuration, whose sets it finds in `sets`. */
  #rebuild(visit: (state: number) => void): void {
    const { rows, length } = this.#here;
    this.#next.clear();
    for (let i = 0; i < length; i++) {
      const state = this.#here.state(i);
      if (state < 0) continue;
      const at = this.#here.setsAt(i);
      for (let w = 0; w < this.#sets.length; w++) this.#sets[w] = word(rows, at + w);
      visit(state);
    }
    [this.#here, this.#next] = [this.#next, this.#here];
  }

  /** Goes on with the most promising configurations only. */
  #narrow(): void {
    this.#narrowed = true;
    this.#next.clear();
    this.#here.best(this.#effort.followed, this.#next);
    [this.#here, this.#next] = [this.#next, this.#here];
  }

  /** Makes room for more slots. */
  #widen(): void {
    const { width } = this.#pending;
    const { thrifty } = this.#effort;
    const old = this.#here;
    this.#narrowed = this.narrowed;
    this.#here = new Configurations(width, thrifty);
    this.#next = new Configurations(width, thrifty);
    this.#beyond = new Configurations(width, thrifty);
    this.#sets = new Int32Array(2 * width);
    this.#transitions.observersChanged();
    for (let i = 0; i < old.length; i++) {
      if (old.state(i) < 0) continue;
      const at = old.setsAt(i);
      this.#sets.set(old.rows.subarray(at, at + old.width), 0);
      this.#sets.set(old.rows.subarray(at + old.width, at + 2 * old.width), width);
      this.#here.add(old.state(i), this.#sets);
    }
  }

  /** Drops the states that no configuration is in any more. */
  #forgetStates(): void {
    const translate = this.#transitions.renumber();
    this.#rebuild((state) => this.#next.add(translate(state), this.#sets));
  }

  #checkLimits(): void {
    if (this.#end !== undefined) return;
    const alive = this.#here.size + this.#beyond.size + this.#next.size;
    if (alive > this.#limits.maxConfigurations) this.#end = "configurations";
    else if (++this.#steps % BETWEEN_LOOKS === 0 && performance.now() > this.#limits.deadlineMs) this.#end = "time";
  }

  #watch(): void {
    if (this.#limits.watch === undefined) return;
    const { rows, length } = this.#here;
    for (let i = 0; i < length; i++)
      if (this.#here.state(i) >= 0) this.#see(this.#here.state(i), rows, this.#here.setsAt(i));
  }

  /** Shows a state if the operation that is watched could come next: it is owed, and does not wait for one that it touches. */
  #see(state: number, rows: Int32Array, owedAt: number): void {
    const { watch } = this.#limits;
    if (watch === undefined || state === LOST) return;
    const slot = this.#pending.slotWith(watch.index);
    if (slot >= 0 && has(rows, owedAt, slot) && !this.#isBlocked(slot, rows, owedAt))
      watch.seen(this.#transitions.state(state));
  }
}
