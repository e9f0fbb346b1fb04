import type { Operation } from "../../src/core/operation.ts";
import type { Spec } from "../../src/core/spec.ts";
import { SPECS } from "../specs/index.ts";
import type { Algorithm } from "./algorithm.ts";
import { ALGORITHMS } from "./algorithms/index.ts";
import { pick } from "./pick.ts";
import { buildProblem } from "./problem.ts";
import { type Limits, search } from "./search.ts";

/** The name of the general search, which decides whatever no special algorithm does. */
export const SEARCH = "search";

/** What has become of one object's history. `placed` counts operations. */
export type Decided =
  | { readonly type: "linearizable"; readonly placed: number }
  | { readonly type: "not-linearizable"; readonly placed: number; readonly proof: Proof }
  /** The limit that was reached, and the operation that was next, where that is known. */
  | { readonly type: "time" | "configurations"; readonly placed: number; readonly next?: Operation }
  /** An algorithm was asked for that cannot decide this history. */
  | { readonly type: "declined"; readonly placed: 0; readonly why: string };

/** Operations that cannot be linearized by themselves. */
export interface Proof {
  /** In order of index. */
  readonly ops: readonly Operation[];
  /** The operation at whose return a search of them ends; absent where none did within its limits. */
  readonly stuckAt?: Operation;
}

/** Limits of the search that confirms what a special algorithm found. */
const CONFIRM_MS = 2_000;
const CONFIRM_CONFIGURATIONS = 50_000;

/**
 * The special algorithms for a specification, in the order in which they are tried. A specification counts as the one it
 * is named after only if it steps like that one; `init` may be its own.
 */
export function specialFor(spec: Spec): readonly Algorithm[] {
  if (!Object.hasOwn(SPECS, spec.name) || SPECS[spec.name]?.step !== spec.step) return [];
  return ALGORITHMS.filter(({ specs }) => specs.includes(spec.name));
}

/** Decides the operations on one object, all of which `counts`, by the first of these algorithms that can, else by search. */
export function decide(
  spec: Spec,
  ops: readonly Operation[],
  algorithms: readonly Algorithm[],
  limits: Limits,
  searches: boolean,
): Decided {
  let why = "";
  for (const algorithm of algorithms) {
    const decision = algorithm.decide(spec, ops, limits.deadlineMs);
    if (decision.type === "not-linearizable") {
      const proof = confirm(spec, ops, decision.culprits, limits);
      if (proof !== undefined) return { type: "not-linearizable", placed: ops.length - proof.ops.length, proof };
    } else if (decision.type !== "declined") return decision;
    else why = decision.why;
  }
  return searches ? bySearch(spec, ops, limits) : { type: "declined", placed: 0, why };
}

function bySearch(spec: Spec, ops: readonly Operation[], limits: Limits): Decided {
  const { type, placed, at } = search(buildProblem(spec, ops), limits);
  if (type === "linearizable") return { type, placed };
  if (type !== "stuck") return { type, placed, ...(at === undefined ? {} : { next: at.op }) };
  return { type: "not-linearizable", placed, proof: { ops, ...(at === undefined ? {} : { stuckAt: at.op }) } };
}

/** What proves a special algorithm right by the general search; `undefined` if that refutes it. */
function confirm(
  spec: Spec,
  ops: readonly Operation[],
  culprits: readonly number[],
  { deadlineMs, maxConfigurations }: Limits,
): Proof | undefined {
  const some = pick(ops, culprits);
  const { type, at } = search(buildProblem(spec, some), {
    deadlineMs: Math.min(deadlineMs, performance.now() + CONFIRM_MS),
    maxConfigurations: Math.min(maxConfigurations, CONFIRM_CONFIGURATIONS),
  });
  if (type === "linearizable") return undefined;
  return { ops: some, ...(type === "stuck" && at !== undefined ? { stuckAt: at.op } : {}) };
}
