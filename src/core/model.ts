import type { ConsistencyModel } from "./consistency.ts";
import { type ClientFaultKind, FAULT_KINDS, type FaultKind, type LinkQuality } from "./fault.ts";
import type { JsonObject } from "./json.ts";
import type { NodeId } from "./operation.ts";
import type { Client, ClientEnv, Env, Replica } from "./replica.ts";

/** A configuration: for each option of the model, the chosen value. */
export type ModelConfig = Readonly<Record<string, string>>;

/** One dimension of a model's configurations. Value names are unique across a model's options. */
export interface ModelOption {
  readonly description: string;
  /** The values with a line on each; the first is the default. */
  readonly values: Readonly<Record<string, string>>;
}

/** What a promise depends on. */
export interface Conditions {
  readonly config: ModelConfig;
  /** The kinds of fault that may strike. */
  readonly faults: ReadonlySet<FaultKind>;
  /** True if wall clocks may be further off than the model's `maxSkewMs`. */
  readonly clocksBeyondBound?: boolean;
}

/** A deliberate defect, switched on by name. */
export interface ModelBug {
  /** What is wrong, and where it happened before if it is a known one. */
  readonly description: string;
  /** The weakest models that it breaks. */
  readonly breaks: readonly [ConsistencyModel, ...ConsistencyModel[]];
  /** Circumstances in which it shows; what is not given stays at the model's default. */
  readonly hunt: {
    readonly config?: ModelConfig;
    readonly faults?: readonly FaultKind[];
    readonly workload?: string;
    readonly nodes?: number;
    /** Mean quiet time between two faults of a kind, milliseconds; the faults' lengths go with it. */
    readonly gapMs?: number;
    /** How messages between nodes fare when nothing is broken. */
    readonly network?: LinkQuality;
  };
}

/**
 * What an event tells of a property: a sentence if it no longer holds, `true` if the event could have shown that and did not,
 * `undefined` if it could not. What is only remembered for later, or has nothing yet to be compared with, is no test; but where a second claim would be the
 * violation itself, as of leaders in a term, the first one is.
 */
export type Ruling = string | true | undefined;

/** What two rulings tell together: the first sentence, else that there was a test. */
export const bothOf = (one: Ruling, other: Ruling): Ruling => (typeof one === "string" ? one : (other ?? one));

/** Follows the trace of all nodes and says when a property is violated. One instance a run. */
export interface Invariant {
  readonly name: string;
  /** Paper and section. */
  readonly source: string;
  onTrace(node: NodeId, event: string, detail: JsonObject): Ruling;
}

/** A replication model: the replica, its client, its configurations, what it promises, and its deliberate bugs. */
export interface Model {
  /** Kebab case, as on the command line. */
  readonly name: string;
  readonly title: string;
  /** The paper or book it follows, with sections. */
  readonly source: string;
  /** Names of the workloads that it can serve; the first is the default. */
  readonly workloads: readonly [string, ...string[]];
  readonly options: Readonly<Record<string, ModelOption>>;
  /** How many nodes a cluster has where nothing else is asked for; else that is for the caller to say. */
  readonly defaultNodes?: number;
  /**
   * By how much at most wall clocks may be off from true time, either way, milliseconds: clock faults keep within it unless
   * more is asked for. Else any error must be borne.
   */
  readonly maxSkewMs?: number;
  /** What may strike its clients, if it promises something then: added to `all` where promises are put to the test. */
  readonly clientFaults?: readonly ClientFaultKind[];
  /** The nodes of each region, where these are not all in one place: regions are far from each other. */
  regionsOf?(nodes: readonly NodeId[]): readonly (readonly NodeId[])[];
  readonly bugs: Readonly<Record<string, ModelBug>>;
  /** The configurations that stand for all in the matrix; an option that is left out is at its default. Else all of them. */
  readonly showcase?: readonly ModelConfig[];
  /** Starts, or restarts, a node: what it must remember is on `env.disk`. `bug` is a name from `bugs`. */
  start(env: Env, config: ModelConfig, bug?: string): Replica;
  client(env: ClientEnv, config: ModelConfig, bug?: string): Client;
  /** The strongest models that hold, whatever happens, under these conditions. */
  holds(conditions: Conditions): readonly ConsistencyModel[];
  /** The weakest models that must be seen to break, given enough seeds, under these conditions. */
  breaks(conditions: Conditions): readonly ConsistencyModel[];
  /** White-box properties, checked at every step in the simulator. */
  invariants?(): Invariant[];
  /** Says, with the mend, if these options contradict each other, the cluster's size or the workload; else `undefined`. */
  reject?(config: ModelConfig, nodes: number, workload: string): string | undefined;
}

/** All that may strike a cluster of the model, and its clients if it has a say about that. */
export const allFaultsOf = ({ clientFaults = [] }: Pick<Model, "clientFaults">): readonly FaultKind[] => [
  ...FAULT_KINDS,
  ...clientFaults,
];

/** Every choice of a value for each option. */
export const configurationsOf = ({ options }: Pick<Model, "options">): ModelConfig[] =>
  Object.entries(options).reduce<ModelConfig[]>(
    (configs, [name, { values }]) =>
      configs.flatMap((config) => Object.keys(values).map((value) => ({ ...config, [name]: value }))),
    [{}],
  );

/** A configuration in which every option is said: those that `config` leaves out are at their default, the first value. */
export const completed = <Name extends string>(
  options: Readonly<Record<Name, ModelOption>>,
  config: ModelConfig,
): Readonly<Record<Name, string>> => ({ ...defaultConfig({ options }), ...config }) as Readonly<Record<Name, string>>;

/** Every option at its default. */
export const defaultConfig = (model: Pick<Model, "options">): ModelConfig =>
  Object.fromEntries(
    Object.entries(model.options).map(([name, option]) => [name, Object.keys(option.values)[0] ?? ""]),
  );
