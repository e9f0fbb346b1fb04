import type { ConsistencyModel } from "./consistency.ts";

/** Where something was seen: a seed, the workload that it drove, and what a person types to see it again. */
export interface Sighting {
  readonly seed: number;
  readonly workload: string;
  readonly command: string;
}

/**
 * What was measured of one consistency model. `held`: no history broke it, and so many proved it. `broken`: so many
 * histories refute it, and where the first is to be seen. `unknown`: none could tell.
 */
export type Finding =
  | { readonly state: "held"; readonly histories: number }
  | ({ readonly state: "broken"; readonly histories: number } & Sighting)
  | { readonly state: "unknown" };

/** A measurement beside what the configuration says of it; `null` where it says nothing. */
export type Cell = Finding & { readonly promise: "holds" | "breaks" | null };

/** Where what was measured differs from what was promised. Of models only the extremes are named. */
export type Difference =
  | ({ readonly kind: "broken"; readonly model: ConsistencyModel } & Sighting)
  /** Must be seen to break, and was not. `command` goes on searching. */
  | { readonly kind: "not-seen"; readonly model: ConsistencyModel; readonly command: string }
  /** Promised, and its workloads test it, but no history could be judged. */
  | { readonly kind: "unjudged"; readonly model: ConsistencyModel; readonly command: string }
  /** A white-box property was violated. */
  | ({ readonly kind: "invariant"; readonly name: string; readonly explanation: string } & Sighting)
  /** A handler of the model threw. */
  | ({ readonly kind: "crash"; readonly explanation: string } & Sighting);

/** How a cluster serves clients that are cut off with a minority of the nodes. Shares are of operations answered in time. */
export interface Minority {
  /** What is answered whichever nodes make up the minority. */
  readonly serves: "nothing" | "reads" | "writes" | "all";
  readonly reads: Share | null;
  readonly writes: Share | null;
}

/** In [0, 1]: the mean over all minorities, and in the one that is served worst. */
export interface Share {
  readonly mean: number;
  readonly worst: number;
}

/** How long operations take while nothing is broken, in one-way message delays. `null` where there were none. */
export interface Latency {
  readonly reads: Percentiles | null;
  readonly writes: Percentiles | null;
  /** The same of the clients of each region; only of models that have such. */
  readonly regions?: readonly Pick<Latency, "reads" | "writes">[];
}

export interface Percentiles {
  readonly p50: number;
  readonly p99: number;
  readonly operations: number;
}

/** A model in one configuration, measured. */
export interface MatrixRow {
  readonly system: string;
  /** As on the command line; what it leaves out is at its default. Empty if that is all. */
  readonly config: string;
  /** Seeds take them in turn. */
  readonly workloads: readonly string[];
  readonly histories: number;
  readonly operations: number;
  /** What was judged or promised, in the order of the lattice. */
  readonly cells: Readonly<Partial<Record<ConsistencyModel, Cell>>>;
  readonly minority: Minority;
  readonly latency: Latency;
  readonly asPromised: boolean;
  readonly differences: readonly Difference[];
}
