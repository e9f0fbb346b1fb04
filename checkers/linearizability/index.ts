import type { Checker } from "../../src/core/checker.ts";
import type { Spec } from "../../src/core/spec.ts";
import { check } from "./check.ts";

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
 * where), nothing that completed shows the state (`vacuous`), or an operation does not fit the specification
 * (`malformed`).
 */
export function linearizability(spec: Spec): Checker {
  return {
    name: "linearizability",
    tests: ["linearizable"],
    check: (history, budget) => check(spec, history, budget),
  };
}
