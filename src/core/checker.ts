import type { ConsistencyModel } from "./consistency.ts";
import type { History } from "./history.ts";

/** How much a checker may spend. It stops with `unknown` when either runs out. */
export interface Budget {
  /** Wall time, milliseconds. */
  readonly timeMs: number;
  /** Configurations (states of a search) alive or remembered at once. */
  readonly maxConfigurations: number;
}

export const DEFAULT_BUDGET: Budget = { timeMs: 60_000, maxConfigurations: 2_000_000 };

/** Why two operations are tied: `from` must come before `to`, or `to` saw what `from` did, and so on. */
export interface Because {
  /** `Operation.index`. */
  readonly from: number;
  readonly to: number;
  /** A clause a person understands, such as "process 2 read 3 after it had written 5". */
  readonly reason: string;
}

/** One thing that went wrong, with its proof. */
export interface Anomaly {
  /** The field's name for it: `stale-read`, `lost-write`, `non-monotonic-read`, … */
  readonly kind: string;
  /** The weakest models that the anomaly contradicts; all stronger ones fall with them. */
  readonly rulesOut: readonly [ConsistencyModel, ...ConsistencyModel[]];
  /** One or two sentences: what was seen and why it is impossible. */
  readonly explanation: string;
  /** Indices of the operations involved, in the order in which they are best read. */
  readonly ops: readonly number[];
  readonly because: readonly Because[];
  /** The object on which it was seen, where there is one. */
  readonly key?: string;
  /** For an anomaly of linearizability: how far the operations shown can be put in order, as far as that was tried. */
  readonly attempts?: readonly Attempt[];
}

/** An order of some operations as a sequential specification allows it, and why it does not go on. */
export interface Attempt {
  /** `Operation.index`, in that order. No other order of the operations shown is longer. */
  readonly placed: readonly number[];
  /** The state after them, in words. */
  readonly state: string;
  /** Each operation that could come next by its time, and why it cannot. */
  readonly next: readonly { readonly op: number; readonly why: string }[];
}

export type Verdict =
  /** `checked` counts what was really exercised, in the checker's own unit (operations, reads, pairs), never 0. */
  | { readonly valid: true; readonly checked: number }
  | { readonly valid: false; readonly checked: number; readonly anomalies: readonly [Anomaly, ...Anomaly[]] }
  | { readonly valid: "unknown"; readonly why: "budget" | "vacuous" | "malformed"; readonly detail: string };

/** Judges a history. Pure and synchronous, so that it can run in a worker thread; never throws on a bad history. */
export interface Checker {
  readonly name: string;
  /** The models that a `true` verdict vouches for. (What a `false` one refutes stands in its anomalies.) */
  readonly tests: readonly ConsistencyModel[];
  /**
   * True if it looks at nothing that checkers of stronger models leave out, such as closing reads: where one of these
   * finds its model to hold, this one has nothing to find.
   */
  readonly impliedByStronger?: boolean;
  check(history: History, budget: Budget): Verdict;
}
