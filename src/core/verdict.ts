import type { Anomaly } from "./checker.ts";
import { type ConsistencyModel, strongest, weakest } from "./consistency.ts";

/** Version of the JSON that `--json` prints and `verdict.json` holds. Raised when a field changes its meaning or goes. */
export const VERDICT_SCHEMA = "splitbrain.verdict/1";

export type Judgement = "valid" | "invalid" | "unknown";

/** What is known of one consistency model after all checkers have spoken. */
export interface ModelVerdict {
  readonly model: ConsistencyModel;
  /** `valid`: the history satisfies it (held). `invalid`: refuted (broken). `unknown`: nobody could say. */
  readonly verdict: Judgement;
  /** How much was exercised by the checker that decided; 0 where unknown. */
  readonly checked: number;
  /** Why it is broken: the anomalies that rule it out. */
  readonly anomalies: readonly Anomaly[];
  /** Why it is unknown. */
  readonly detail?: string;
}

/** Where a history stands in the lattice of consistency models, in extremes: all that they imply is left out. */
export interface Bounds {
  /** The strongest models that it was proved to satisfy. */
  readonly held: readonly ConsistencyModel[];
  /** The strongest models that nothing refutes. */
  readonly possible: readonly ConsistencyModel[];
  /** The weakest models that were refuted. */
  readonly refuted: readonly ConsistencyModel[];
}

export function boundsOf(models: readonly Pick<ModelVerdict, "model" | "verdict">[]): Bounds {
  const those = (...verdicts: Judgement[]): ConsistencyModel[] =>
    models.filter(({ verdict }) => verdicts.includes(verdict)).map(({ model }) => model);
  return {
    held: strongest(those("valid")),
    possible: strongest(those("valid", "unknown")),
    refuted: weakest(those("invalid")),
  };
}

/** A white-box property of a model and what became of it (simulator only). */
export interface InvariantVerdict {
  readonly name: string;
  readonly source: string;
  /** `unknown` if no trace event ever put it to the test. */
  readonly verdict: Judgement;
  /** Trace events that put it to the test. */
  readonly checked: number;
  readonly violations: readonly { readonly atNs: number; readonly explanation: string }[];
}

/** The verdict on one history: the JSON object of `run`, `check` and `replay`. */
export interface RunVerdict {
  readonly schema: typeof VERDICT_SCHEMA;
  /** `invalid` if a promise was broken, `unknown` if one could not be judged, else `valid`. */
  readonly verdict: Judgement;
  readonly models: readonly (ModelVerdict & { readonly promised: boolean })[];
  readonly bounds: Bounds;
  readonly invariants: readonly InvariantVerdict[];
  readonly operations: { readonly ok: number; readonly fail: number; readonly info: number };
  /** The kinds of fault that struck, in the order of their names. */
  readonly faults: readonly FaultCount[];
  /** A command that shows the same again. `null` for a history that was not made here. */
  readonly replay: string | null;
  /** The run folder or the history file. */
  readonly runDir: string | null;
  /** Where several seeds were run: what came of them. The rest then counts all of them, and shows one. */
  readonly seeds?: SeedSummary;
}

/** How often a kind of fault struck. */
export interface FaultCount {
  readonly kind: string;
  readonly struck: number;
  /** How often it was measured to be in force; 0 where a runtime has no need to (`Timed.proof`). */
  readonly confirmed: number;
}

/** What was found over several seeds. */
export interface SeedSummary {
  readonly first: number;
  readonly run: number;
  /** Seeds whose verdict was `invalid`, in order. */
  readonly invalid: readonly number[];
  readonly unknown: readonly number[];
}
