import type { LinkQuality, PlannedFault } from "../core/fault.ts";
import type { ModelConfig } from "../core/model.ts";
import type { Invocation, NodeId } from "../core/operation.ts";
import type { Fact } from "./facts.ts";

/** Where a client sits. */
export interface Seat {
  /** The node that its session is opened on. */
  readonly node: NodeId;
  /** The nodes that it knows of, `node` among them; by default all. A client that picks a node at random picks from these. */
  readonly reach?: readonly NodeId[];
  /** Stands for many, each with one operation: nobody waits for the one before. */
  readonly crowd?: true;
  /** Dies once its last operation is done, and lets go of nothing. */
  readonly dies?: true;
}

/** A client issues an operation at `atMs` from the run's start, or when it is done with the one before. */
export type Cue = readonly [atMs: number, client: string, op: Invocation];

/** A deterministic run of a bundled model in the simulator. All times are virtual milliseconds from the run's start. */
export interface Stage {
  /** A bundled model, by name. */
  readonly model: string;
  /** Options that are left out are at their default. */
  readonly config?: ModelConfig;
  readonly bug?: string;
  readonly nodes: number;
  /** Its checkers judge the history, and it says what the closing reads are. */
  readonly workload: string;
  readonly clients: Readonly<Record<string, Seat>>;
  readonly script: readonly Cue[];
  readonly faults?: readonly PlannedFault[];
  /** By default every message takes 10 ms. */
  readonly network?: LinkQuality;
  /** How long a disk takes to sync, milliseconds; by default no time at all. */
  readonly syncMs?: number;
  /** After this long an operation counts as unknown; by default 1,000 ms. */
  readonly timeoutMs?: number;
  /** The run goes on until then if its clients are done earlier. */
  readonly untilMs?: number;
  /** If given, every node is asked for its own copy this long after the rest is done and healed (`Invocation.final`). */
  readonly settleMs?: number;
  /** What is random in a model (election timeouts, which copy is read) is drawn from this; by default 1. */
  readonly seed?: number;
}

/** What of a run its diagram shows. */
export interface Scene {
  /** Columns in order, names of clients and nodes. By default the clients, then the nodes. */
  readonly lanes?: readonly string[];
  /** Types of messages between nodes. By default all that the model's labels know (`wire/`). */
  readonly types?: readonly string[];
  /** Trace events of nodes. By default `leader`. */
  readonly traces?: readonly string[];
  /** What is shown is sent, or happens, in one of these spans of time. By default from the start until all clients are done. */
  readonly spans?: readonly (readonly [fromMs: number, toMs: number])[];
}

/** One way to play the stage: what it changes of it, and what must be seen then. */
export interface Half extends Partial<Stage> {
  /** In a few words, before the configuration, where that does not say enough. */
  readonly label?: string;
  readonly scene?: Scene;
  /** All of these must hold. At least one. */
  readonly shows: readonly [Fact, ...Fact[]];
}

/**
 * A named textbook failure: a short play that goes wrong without a remedy and not with it. How to write one: README,
 * "Scenarios".
 */
export interface TextbookScenario {
  /** Kebab case, as on the command line. */
  readonly name: string;
  /** What goes wrong, in one line. */
  readonly title: string;
  /** Paper, book or post-mortem, with chapter or section. */
  readonly source: string;
  /** For people, a sentence or three each. */
  readonly story: { readonly happens: string; readonly why: string; readonly remedy: string };
  readonly stage: Stage;
  readonly scene?: Scene;
  /** The anomaly appears. */
  readonly without: Half;
  /** It does not; more than one where there is more than one way out. */
  readonly with: readonly [Half, ...Half[]];
}
