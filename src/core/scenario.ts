import type { ConsistencyModel } from "./consistency.ts";
import type { LinkQuality, PlannedFault } from "./fault.ts";
import type { ModelConfig } from "./model.ts";
import type { PlannedOperation } from "./workload.ts";

/** What is put to the test: a bundled model, or any program that speaks the Maelstrom protocol on stdin and stdout. */
export type Target =
  | { readonly kind: "model"; readonly name: string; readonly config: ModelConfig; readonly bug?: string }
  | { readonly kind: "program"; readonly command: readonly [string, ...string[]] };

export type RuntimeName = "sim" | "process";

/** Everything a replay needs: operations and faults are stored as planned, so that no generator runs again. */
export interface Scenario {
  readonly version: 1;
  readonly target: Target;
  readonly runtime: RuntimeName;
  readonly seed: number;
  readonly nodes: number;
  readonly workload: string;
  /** How messages between nodes fare when nothing is broken. */
  readonly network: LinkQuality;
  /** One list per client thread. */
  readonly operations: readonly (readonly PlannedOperation[])[];
  readonly faults: readonly PlannedFault[];
  /** When the last operation may start, milliseconds from the start. */
  readonly timeMs: number;
  /** After this long an operation counts as unknown. */
  readonly timeoutMs: number;
  /** Between healing everything and the closing reads. */
  readonly settleMs: number;
  /** Overrides the system's own promises. */
  readonly expect?: readonly ConsistencyModel[];
}
