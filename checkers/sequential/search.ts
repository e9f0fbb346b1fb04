import type { Budget } from "../../src/core/checker.ts";
import type { Operation } from "../../src/core/operation.ts";
import type { Spec } from "../../src/core/spec.ts";
import type { Deadline } from "../shared/deadline.ts";
import type { Attempt } from "./report.ts";

/** What one operation did: the session, its object, and the state that this had before. */
interface Done {
  readonly session: number;
  readonly object: string;
  readonly before: unknown;
}

/** A point from which the search may go on in several ways. */
interface Choice {
  readonly left: number[];
  readonly done: number;
}

/**
 * Searches for one order of all operations that keeps each session's and in which all return what they did. Operations
 * that change nothing are done as soon as they are possible, and no state is searched twice. Operations of unknown outcome
 * are the last of their sessions, and may be left out.
 */
export class InterleavingSearch {
  readonly #spec: Spec;
  readonly #sessions: readonly (readonly Operation[])[];
  readonly #deadline: Deadline;
  readonly #maxConfigurations: number;
  readonly #next: number[];
  readonly #states = new Map<string, unknown>();
  readonly #line: Done[] = [];
  readonly #seen = new Set<string>();
  /** How many operations that happened for certain are not done. */
  #left: number;
  #best: Attempt;

  constructor(spec: Spec, sessions: readonly (readonly Operation[])[], deadline: Deadline, budget: Budget) {
    this.#spec = spec;
    this.#sessions = sessions;
    this.#deadline = deadline;
    this.#maxConfigurations = budget.maxConfigurations;
    this.#next = sessions.map(() => 0);
    this.#left = sessions.flat().filter(({ outcome }) => outcome.type !== "info").length;
    this.#best = { placed: -1, total: this.#left, stuck: [] };
  }

  /** How far it came where `run` said that there is no order. */
  get best(): Attempt {
    return this.#best;
  }

  /** True if there is such an order. */
  run(): boolean {
    const choices: Choice[] = [];
    for (;;) {
      const ready = this.#advance();
      if (this.#left === 0) return true;
      this.#remember();
      choices.push({ left: this.#isNew() ? ready : [], done: this.#line.length });
      for (let choice = choices.at(-1); choice; choice = choices.at(-1)) {
        this.#undo(choice.done);
        const session = choice.left.pop();
        if (session !== undefined) {
          this.#do(session, this.#after(session));
          break;
        }
        choices.pop();
      }
      if (choices.length === 0) return false;
    }
  }

  #isNew(): boolean {
    const states = [...this.#states].sort(([a], [b]) => (a < b ? -1 : 1));
    const text = JSON.stringify([this.#next, states.map(([object, state]) => [object, this.#spec.key(state)])]);
    if (this.#seen.has(text)) return false;
    this.#seen.add(text);
    if (this.#seen.size > this.#maxConfigurations)
      this.#deadline.giveUp(`more than ${this.#maxConfigurations} states of the search`);
    return true;
  }

  /** Does what is possible and changes nothing; returns the sessions whose next operation is possible, the likeliest last. */
  #advance(): number[] {
    const ready: number[] = [];
    for (let again = true; again; ) {
      again = false;
      ready.length = 0;
      for (const [s, session] of this.#sessions.entries()) {
        for (let op = session[this.#next[s] as number]; op; op = session[this.#next[s] as number]) {
          this.#deadline.step();
          const state = this.#after(s);
          if (state === undefined) break;
          if (op.outcome.type !== "fail" && !this.#spec.isRead(op.f)) {
            ready.push(s);
            break;
          }
          this.#do(s, state);
          again = true;
        }
      }
    }
    const index = (s: number): number => this.#nextOf(s)?.index ?? 0;
    return ready.sort((a, b) => index(b) - index(a));
  }

  #nextOf(session: number): Operation | undefined {
    return this.#sessions[session]?.[this.#next[session] as number];
  }

  #objectOf(op: Operation): string {
    return this.#spec.perKey ? (op.key ?? "") : "";
  }

  #stateOf(object: string): unknown {
    return this.#states.has(object) ? this.#states.get(object) : this.#spec.init();
  }

  /** The state after a session's next operation, `undefined` if it is not possible. */
  #after(session: number): unknown {
    const op = this.#nextOf(session);
    return op && this.#spec.step(this.#stateOf(this.#objectOf(op)), op, op.outcome);
  }

  #do(session: number, state: unknown): void {
    const op = this.#nextOf(session);
    if (!op) return;
    const object = this.#objectOf(op);
    this.#line.push({ session, object, before: this.#stateOf(object) });
    this.#states.set(object, state);
    this.#next[session] = (this.#next[session] as number) + 1;
    if (op.outcome.type !== "info") this.#left--;
  }

  #undo(done: number): void {
    while (this.#line.length > done) {
      const last = this.#line.pop() as Done;
      this.#states.set(last.object, last.before);
      this.#next[last.session] = (this.#next[last.session] as number) - 1;
      if (this.#nextOf(last.session)?.outcome.type !== "info") this.#left++;
    }
  }

  #remember(): void {
    const placed = this.#best.total - this.#left;
    if (placed <= this.#best.placed) return;
    const stuck = this.#sessions.flatMap((_, s) => {
      const op = this.#nextOf(s);
      if (!op || op.outcome.type === "info") return [];
      return { op, state: this.#spec.describe(this.#stateOf(this.#objectOf(op))) };
    });
    this.#best = { placed, total: this.#best.total, stuck };
  }
}
