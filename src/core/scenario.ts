import type { ConsistencyModel } from "./consistency.ts";
import type { LinkQuality, PlannedFault } from "./fault.ts";
import type { ModelConfig } from "./model.ts";
import type { PlannedOperation } from "./workload.ts";

/** What is put to the test. */
export type Target =
  /** A bundled model. */
  | { readonly kind: "model"; readonly name: string; readonly config: ModelConfig; readonly bug?: string }
  /** Any program that speaks the Maelstrom protocol on stdin and stdout. */
  | { readonly kind: "program"; readonly command: readonly [string, ...string[]] }
  /** An external system: a bundled adapter, or what a configuration file defines. */
  | {
      readonly kind: "system";
      readonly name: string;
      readonly config: ModelConfig;
      /** The configuration file that defines it. Without one it is a bundled adapter. */
      readonly file?: string;
      /** Containers that run already, one a node in order, in place of those that the system would start. */
      readonly containers?: readonly string[];
    };

export const RUNTIME_NAMES = ["sim", "process", "docker"] as const;
export type RuntimeName = (typeof RUNTIME_NAMES)[number];

/** What each container of a run may use. */
export interface ContainerLimits {
  readonly memoryMb?: number;
  /** Processors, fractions allowed. */
  readonly cpus?: number;
}

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
  /** Docker only. */
  readonly limits?: ContainerLimits;
  /** Docker only: an image in place of the system's own, which must have the same program in it. */
  readonly image?: string;
  /** Overrides the system's own promises. */
  readonly expect?: readonly ConsistencyModel[];
}
