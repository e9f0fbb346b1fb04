import type { Decision } from "../../../../checkers/linearizability/algorithm.ts";
import { ALGORITHMS } from "../../../../checkers/linearizability/algorithms/index.ts";
import { counts } from "../../../../checkers/linearizability/problem.ts";
import { SPECS } from "../../../../checkers/specs/index.ts";
import type { Json } from "../../../../src/core/json.ts";
import type { Spec } from "../../../../src/core/spec.ts";
import { history, type Sketch } from "../../../support/histories.ts";

/**
 * An operation in short: `"add"`, its input, its answer, when it was called and when it returned. An operation of unknown
 * outcome never returns, and has no answer; one that failed for sure has the answer `"fail"`.
 */
export type Short = readonly [f: string, input: Json, ok: Json | "fail" | undefined, call: number, ret?: number];

/** Each by a process of its own. */
const sketch = ([f, input, ok, call, ret]: Short, p: number): Sketch => ({
  ...{ p, f, input, call },
  ...(ret === undefined ? {} : { ret }),
  ...(ok === undefined || ret === undefined ? {} : ok === "fail" ? { fail: "precondition-failed" } : { ok }),
});

/** What an algorithm decides of a history in short. */
export function decided(
  algorithm: string,
  spec: string,
  shorts: readonly Short[],
  deadlineMs = Number.POSITIVE_INFINITY,
): Decision {
  const found = ALGORITHMS.find(({ name }) => name === algorithm);
  if (found === undefined) throw new Error(`there is no algorithm ${algorithm}`);
  const known = SPECS[spec] as Spec;
  const { ops } = history(shorts.map(sketch));
  return found.decide(
    known,
    ops.filter((op) => counts(known, op)),
    deadlineMs,
  );
}

export const culprits = (...indices: number[]): Decision => ({ type: "not-linearizable", culprits: indices });
export const linearizable = (placed: number): Decision => ({ type: "linearizable", placed });
export const declined = (why: string): Decision => ({ type: "declined", why });
