import type { ConsistencyModel } from "../../../src/core/consistency.ts";

/** The weak levels, by what a checker of theirs is called. */
export type LevelName =
  | "causal-ccv"
  | "monotonic-atomic-view"
  | "read-atomic"
  | "strong-session-read-atomic"
  | "read-committed"
  | "strong-session-read-committed";

/** What a level asks of an order of commits. Each history that satisfies a level has one that keeps all of this. */
export interface Level {
  readonly name: LevelName;
  /** The models that a valid verdict vouches for. */
  readonly tests: readonly [ConsistencyModel, ...ConsistencyModel[]];
  /** The order of commits keeps that of each session. */
  readonly sessions: boolean;
  /** A transaction reads the same version of a key each time. */
  readonly repeatable: boolean;
  /** What a reader must not miss: the rest of what a transaction wrote that it saw, from then on or at all, or its causes. */
  readonly mustSee: "nothing" | "later" | "whole" | "whole-and-session" | "causes";
}

/** In the order of their strength, as far as they have one. */
export const LEVELS: Readonly<Record<LevelName, Level>> = {
  "causal-ccv": {
    name: "causal-ccv",
    tests: ["causal-ccv"],
    sessions: true,
    repeatable: true,
    mustSee: "causes",
  },
  // The Read Atomic of Biswas & Enea.
  "strong-session-read-atomic": {
    name: "strong-session-read-atomic",
    tests: ["strong-session-read-atomic"],
    sessions: true,
    repeatable: true,
    mustSee: "whole-and-session",
  },
  "read-atomic": {
    name: "read-atomic",
    tests: ["read-atomic"],
    sessions: false,
    repeatable: true,
    mustSee: "whole",
  },
  "monotonic-atomic-view": {
    name: "monotonic-atomic-view",
    tests: ["monotonic-atomic-view"],
    sessions: false,
    repeatable: false,
    mustSee: "later",
  },
  "strong-session-read-committed": {
    name: "strong-session-read-committed",
    tests: ["strong-session-read-committed"],
    sessions: true,
    repeatable: false,
    mustSee: "nothing",
  },
  "read-committed": {
    name: "read-committed",
    tests: ["read-committed"],
    sessions: false,
    repeatable: false,
    mustSee: "nothing",
  },
};

/**
 * What the models are called that also keep each session's order. In the academic literature (Biswas & Enea, Plume, AWDIT)
 * and in the histories that come from there every level keeps it; the models of the lattice do not unless they say so.
 */
export const IN_SESSIONS: Readonly<Partial<Record<ConsistencyModel, ConsistencyModel>>> = {
  "read-committed": "strong-session-read-committed",
  "read-atomic": "strong-session-read-atomic",
  "causal-ccv": "causal-ccv",
  "snapshot-isolation": "strong-session-snapshot-isolation",
  serializable: "strong-session-serializable",
};
