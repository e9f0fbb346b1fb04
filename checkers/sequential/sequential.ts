import type { Budget, Checker, Verdict } from "../../src/core/checker.ts";
import type { History } from "../../src/core/history.ts";
import type { Operation } from "../../src/core/operation.ts";
import type { Spec } from "../../src/core/spec.ts";
import { linearizability } from "../linearizability/index.ts";
import { Anomalies } from "../shared/anomalies.ts";
import { Deadline, OutOfBudget } from "../shared/deadline.ts";
import { type HistoryIndex, indexHistory, overlap } from "../shared/history-index.ts";
import { indexRegisters, type Registers } from "../shared/registers.ts";
import { judgeLists } from "./list.ts";
import { judgeRegisters } from "./register.ts";
import { reportNoOrder } from "./report.ts";
import { InterleavingSearch } from "./search.ts";

/**
 * States that a search may meet: beyond these it has mostly lost its way, whatever time is left. A number and not a time,
 * so that the verdict is the same on every machine.
 */
const MAX_STATES = 50_000;

/**
 * Sequential consistency (Lamport, "How to Make a Multiprocessor Computer That Correctly Executes Multiprocess Programs",
 * IEEE ToC 1979): one order of all operations, over all keys, keeps the order of each session and explains what every
 * operation returned. Real time does not matter. Deciding it is NP-complete (Gibbons and Korach, SIAM J. Comput. 1997).
 *
 * - A history that is linearizable is sequentially consistent.
 * - Lists and sets whose elements are unique, and never removed, are decided in about linear time.
 * - Of registers whose values are unique all orders are inferred that follow from others, to a fixed point; a circle
 *   refutes. What is left is searched: exact, and feasible where few writes of a key are left unordered.
 * - Anything else is searched, which is exact, and feasible for small histories. A circle found on those keys of a
 *   register or list whose values are unique refutes all the same.
 *
 * Where the budget runs out first the verdict is unknown. `checked` counts reads, or of other specifications all
 * operations that had to be put in order.
 */
export const sequential = (spec: Spec): Checker => ({
  name: "sequential",
  tests: ["sequential"],
  impliedByStronger: true,
  check: (history, budget) => new Check(spec, history, budget).verdict(),
});

class Check {
  readonly #spec: Spec;
  readonly #history: History;
  readonly #budget: Budget;
  readonly #deadline: Deadline;
  readonly #anomalies = new Anomalies();

  constructor(spec: Spec, history: History, budget: Budget) {
    this.#spec = spec;
    this.#history = history;
    this.#budget = { ...budget, maxConfigurations: Math.min(budget.maxConfigurations, MAX_STATES) };
    this.#deadline = new Deadline(budget);
  }

  verdict(): Verdict {
    let checked = 0;
    try {
      const malformed = overlap(this.#history);
      if (malformed !== undefined) return { valid: "unknown", why: "malformed", detail: malformed };
      checked = this.#judge();
    } catch (error) {
      if (error instanceof TypeError) return { valid: "unknown", why: "malformed", detail: error.message };
      if (!(error instanceof OutOfBudget)) throw error;
      if (this.#anomalies.list.length === 0) return { valid: "unknown", why: "budget", detail: error.message };
    }
    const [first, ...rest] = this.#anomalies.list;
    if (first) return { valid: false, checked: Math.max(1, checked), anomalies: [first, ...rest] };
    if (checked === 0)
      return { valid: "unknown", why: "vacuous", detail: "no operation shows a state that others made" };
    return { valid: true, checked };
  }

  #judge(): number {
    const index = this.#indexed();
    if (index) {
      const checked =
        "type" in index
          ? judgeLists(index, this.#anomalies, this.#deadline)
          : judgeRegisters(index, this.#anomalies, this.#deadline, this.#budget.maxConfigurations, () =>
              this.#isLinearizable(),
            );
      if (this.#anomalies.list.length > 0 || this.#isAll(index)) return checked;
    }
    return this.#search();
  }

  #indexed(): HistoryIndex | Registers | undefined {
    const { name } = this.#spec;
    const index =
      name === "append-list"
        ? indexHistory(this.#history, "list")
        : name === "set"
          ? indexHistory(this.#history, "set")
          : name === "register" || name === "cas-register"
            ? indexRegisters(this.#history)
            : undefined;
    return index && "malformed" in index ? undefined : index;
  }

  /** True if the index has all that counts: each key, and no failure that tells something. */
  #isAll({ leftOut }: HistoryIndex | Registers): boolean {
    return leftOut.length === 0 && !this.#history.ops.some((op) => op.outcome.type === "fail" && this.#counts(op));
  }

  #counts(op: Operation): boolean {
    if (op.final) return false;
    if (op.outcome.type === "fail") return this.#spec.observes(op, op.outcome);
    // A read whose outcome is unknown tells nothing and changes nothing.
    return op.outcome.type === "ok" || !this.#spec.isRead(op.f);
  }

  #search(): number {
    const sessions = new Map<number, Operation[]>();
    let checked = 0;
    for (const op of this.#history.ops) {
      if (!this.#counts(op)) continue;
      if (op.outcome.type !== "info") checked++;
      const session = sessions.get(op.process);
      if (session) session.push(op);
      else sessions.set(op.process, [op]);
    }
    if (!this.#isLinearizable()) this.#searchAll(sessions);
    return this.#isExercised([...sessions.values()].flat()) ? checked : 0;
  }

  #searchAll(sessions: ReadonlyMap<number, readonly Operation[]>): void {
    const search = new InterleavingSearch(this.#spec, [...sessions.values()], this.#deadline, this.#budget);
    if (!search.run()) reportNoOrder(search.best, this.#anomalies);
  }

  /** An order that keeps real time keeps that of the sessions, and is found faster: key by key, where calls overlap. */
  #isLinearizable(): boolean {
    const budget = { ...this.#budget, timeMs: this.#budget.timeMs / 4 };
    return linearizability(this.#spec).check(this.#history, budget).valid === true;
  }

  /** True if some operation told something of the state, which others changed. */
  #isExercised(ops: readonly Operation[]): boolean {
    const shows = (op: Operation): boolean => {
      const { f, outcome } = op;
      if (outcome.type !== "ok") return outcome.type === "fail";
      return this.#spec.isRead(f) || (this.#spec.nature?.(op, outcome) ?? "guarded") === "guarded";
    };
    return ops.some(shows) && ops.some(({ f, outcome }) => outcome.type !== "fail" && !this.#spec.isRead(f));
  }
}
