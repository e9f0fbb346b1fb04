import { describe, expect, it } from "vitest";
import type { Algorithm } from "../../../checkers/linearizability/algorithm.ts";
import { casRegister } from "../../../checkers/linearizability/algorithms/cas-register.ts";
import { register } from "../../../checkers/linearizability/algorithms/register.ts";
import { buildProblem, counts } from "../../../checkers/linearizability/problem.ts";
import { type Effort, search } from "../../../checkers/linearizability/search.ts";
import { SPECS } from "../../../checkers/specs/index.ts";
import type { Spec } from "../../../src/core/spec.ts";
import { runs } from "../../support/runs.ts";
import { bruteForce } from "./oracle.ts";
import { forSmallHistories, type SmallShape } from "./small-histories.ts";

const NEVER = Number.POSITIVE_INFINITY;
const UNLIMITED = { deadlineMs: NEVER, maxConfigurations: NEVER };

interface Case extends SmallShape {
  readonly algorithm: Algorithm;
  readonly share: number;
  /** At most this part of the histories is declined. */
  readonly declines: number;
}

const cases: readonly Case[] = [
  { algorithm: register, kind: "register", minOps: 5, maxOps: 8, repeated: 0.02, spoils: 8, share: 0.7, declines: 0.2 },
  { algorithm: register, kind: "kv", minOps: 5, maxOps: 8, repeated: 0.02, spoils: 8, share: 0.3, declines: 0.2 },
  {
    algorithm: casRegister,
    kind: "cas-register",
    minOps: 5,
    maxOps: 8,
    repeated: 0.02,
    spoils: 8,
    share: 1,
    declines: 0.2,
  },
];

describe("special algorithms and the general search against all orders", () => {
  it.each(cases)("$algorithm.name on $kind", ({ algorithm, share, declines, ...shape }) => {
    const spec = SPECS[shape.kind] as Spec;
    const count = Math.round(runs(20_000) * share);
    const tally = { linearizable: 0, "not-linearizable": 0, declined: 0, time: 0 };
    let invalid = 0;
    forSmallHistories(shape, count, (history) => {
      const ops = history.ops.filter((op) => counts(spec, op));
      const expected = bruteForce(spec, history);
      const decision = algorithm.decide(spec, ops, NEVER);
      const searched = search(buildProblem(spec, ops), UNLIMITED).type;
      tally[decision.type]++;
      if (!expected) invalid++;
      expect(searched).toBe(expected ? "linearizable" : "stuck");
      if (decision.type === "linearizable") {
        expect(expected).toBe(true);
        expect(decision.placed).toBe(ops.filter(({ outcome }) => outcome.type !== "info").length);
      } else if (decision.type === "not-linearizable") {
        const culprits = ops.filter(({ index }) => decision.culprits.includes(index));
        expect([expected, culprits.length]).toEqual([false, decision.culprits.length]);
        expect(bruteForce(spec, { ...history, ops: culprits })).toBe(false);
      } else expect(decision.type).toBe("declined");
    });
    console.info(`${algorithm.name} on ${shape.kind}: ${JSON.stringify({ ...tally, invalid })}`);
    expect(tally.declined).toBeLessThan(count * declines);
    expect(tally.linearizable).toBeGreaterThan(count / 4);
    expect(invalid).toBeGreaterThan(count / 3);
  });
});

/** So small that nearly every history with something at the same time needs more than one. */
const SMALL_EFFORTS: readonly Effort[] = [
  { followed: 1, beyond: 2, thrifty: true },
  { followed: 2, beyond: 4, thrifty: true },
  { followed: 2, beyond: 4, thrifty: false },
];

const searched: readonly SmallShape[] = [
  { kind: "cas-register", minOps: 6, maxOps: 9, repeated: 0.7, spoils: 20 },
  { kind: "cas-register", minOps: 6, maxOps: 9, repeated: 0.4, spoils: 16 },
];

describe("the general search against all orders", () => {
  it.each(searched)(
    "is right on $kind with $repeated of the values repeated, however little effort it makes at first",
    (shape) => {
      const spec = SPECS[shape.kind] as Spec;
      const count = runs(20_000) / 2;
      let [invalid, narrow] = [0, 0];
      forSmallHistories(shape, count, (history) => {
        const ops = history.ops.filter((op) => counts(spec, op));
        const expected = bruteForce(spec, history);
        if (!expected) invalid++;
        const all = search(buildProblem(spec, ops), UNLIMITED, []);
        const some = search(buildProblem(spec, ops), UNLIMITED, SMALL_EFFORTS);
        expect([all.type, some.type]).toEqual(expected ? ["linearizable", "linearizable"] : ["stuck", "stuck"]);
        if (some.work > all.work) narrow++;
      });
      console.info(`search on ${shape.kind}: ${JSON.stringify({ histories: count, invalid, narrow })}`);
      expect(invalid).toBeGreaterThan(count / 3);
      expect(narrow).toBeGreaterThan(count / 100);
    },
  );
});
