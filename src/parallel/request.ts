import { checkersFor, SPECS } from "../../checkers/index.ts";
import type { Budget, Checker } from "../core/checker.ts";
import type { Spec } from "../core/spec.ts";

/** What is to be judged, in a form that another thread understands. */
export interface JudgeRequest {
  /** The name of a specification in `SPECS`. */
  readonly spec: string;
  /** Names of the checkers that are to speak; by default all that know the specification. */
  readonly checkers?: readonly string[];
  /** How linearizability is decided, see `LinearizabilityOptions`. */
  readonly algorithm?: string;
  readonly budget: Budget;
}

/** The checker of which threads can share the keys. */
export const DIVISIBLE = "linearizability";

/** The checkers that a request asks for, in the same order on every thread. Throws an `Error` for an unknown name. */
export function checkersOf(request: JudgeRequest): Checker[] {
  const { checkers: wanted } = request;
  const spec = specOf(request);
  const all = checkersFor(spec, request);
  const unknown = wanted?.find((checker) => all.every((other) => other.name !== checker));
  if (unknown !== undefined)
    throw new Error(
      `no checker of ${spec.name} is called ${unknown}: it is one of ${all.map((one) => one.name).join(", ")}`,
    );
  return wanted === undefined ? all : all.filter((checker) => wanted.includes(checker.name));
}

/** Throws an `Error` for an unknown name. */
export function specOf({ spec: name }: JudgeRequest): Spec {
  const spec = SPECS[name];
  if (spec !== undefined) return spec;
  throw new Error(`there is no specification ${name}: it is one of ${Object.keys(SPECS).join(", ")}`);
}
