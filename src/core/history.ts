import type { Fault } from "./fault.ts";
import type { Operation } from "./operation.ts";

/** Something that lasted from one instant to another; `endNs` is `Infinity` if the history ends before it does. */
export interface Timed<T> {
  readonly value: T;
  readonly startNs: number;
  readonly endNs: number;
  /** For a fault: what showed that it was in force, in words (`Heal.proof`). */
  readonly proof?: string;
}

/** Where a history comes from. Every field but `version` may be missing in one that was imported. */
export interface HistoryMeta {
  /** Version of the history format (see `src/history/jsonl.ts`). */
  readonly version: number;
  readonly seed?: number;
  readonly system?: string;
  readonly workload?: string;
  readonly nodes?: readonly string[];
  /** True if the run's end was recorded. False for the history of a harness that was killed. */
  readonly complete?: boolean;
  /**
   * True for histories in the forms of the academic checkers of isolation, in whose definitions the order of sessions
   * belongs to every level (Biswas & Enea, OOPSLA 2019): what they call serializable is strong-session-serializable.
   */
  readonly sessionsInAllLevels?: true;
}

/** What every client saw, and what was done to the cluster meanwhile: the only evidence a checker reads. */
export interface History {
  /** In order of `callNs`; `ops[i].index === i`. */
  readonly ops: readonly Operation[];
  readonly faults: readonly Timed<Fault>[];
  readonly meta: HistoryMeta;
}
