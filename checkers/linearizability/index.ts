import type { Checker } from "../../src/core/checker.ts";
import type { Spec } from "../../src/core/spec.ts";
import { check, type Means } from "./check.ts";
import { SEARCH, specialFor } from "./decide.ts";
import { type Division, divideBy } from "./divide.ts";

export type { Decided } from "./decide.ts";
export type { Division, Undecided } from "./divide.ts";

/** How linearizability is checked. */
export interface LinearizabilityOptions {
  /** One of `algorithmsFor(spec)`. By default each object is decided by the first of them that can. */
  readonly algorithm?: string;
}

/**
 * Linearizability (Herlihy & Wing, TOPLAS 1990): every operation takes effect at one instant between its call and its
 * return, and the outcomes are those of the specification in that order.
 *
 * - Operations that return and are called at the same instant count as concurrent, unless the same process issued them.
 * - An operation of unknown outcome takes effect at any time after its call, or never.
 * - Closing reads (`final`) are left out, and so are failed operations that prove nothing about the state.
 * - Where the specification allows it each key is judged alone, which is enough (Herlihy & Wing, §3.1: locality).
 *
 * `checked` counts the operations that were placed. `unknown` is the answer where the budget ran out (`budget`, telling
 * where), nothing that completed shows the state (`vacuous`), an operation does not fit the specification, or the
 * algorithm that was asked for cannot decide the history (`malformed`). Throws an `Error` if there is no such algorithm.
 */
export function linearizability(spec: Spec, { algorithm }: LinearizabilityOptions = {}): Checker {
  const means = meansOf(spec, algorithm);
  return {
    name: "linearizability",
    tests: ["linearizable"],
    check: (history, budget) => check(spec, history, budget, means),
  };
}

/** The same check in steps between which the work can be shared, see `Division`. Throws like `linearizability`. */
export const divideLinearizability = (spec: Spec, { algorithm }: LinearizabilityOptions = {}): Division =>
  divideBy(spec, meansOf(spec, algorithm));

/** The names of the algorithms that can be asked for, in the order in which they are tried; the last is the general search. */
export const algorithmsFor = (spec: Spec): string[] => [...specialFor(spec).map(({ name }) => name), SEARCH];

function meansOf(spec: Spec, name: string | undefined): Means {
  const special = specialFor(spec);
  if (name === undefined) return { algorithms: special, search: true };
  if (name === SEARCH) return { algorithms: [], search: true };
  const asked = special.filter((algorithm) => algorithm.name === name);
  if (asked.length > 0) return { algorithms: asked, search: false };
  throw new Error(`there is no algorithm "${name}" for ${spec.name}: it is one of ${algorithmsFor(spec).join(", ")}`);
}
