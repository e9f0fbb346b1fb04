import { describe, expect, it } from "vitest";
import { attemptsAt } from "../../../checkers/linearizability/attempts.ts";
import { byReturn } from "../../../checkers/linearizability/problem.ts";
import { cutOff, Prover } from "../../../checkers/linearizability/refutation.ts";
import { Removal } from "../../../checkers/linearizability/removal.ts";
import { shrink } from "../../../checkers/linearizability/shrink.ts";
import { SPECS } from "../../../checkers/specs/index.ts";
import type { Operation } from "../../../src/core/operation.ts";
import type { Spec } from "../../../src/core/spec.ts";
import { history } from "../../support/histories.ts";
import { forWrong, WORLDS } from "./evidence-worlds.ts";
import { bruteForce } from "./oracle.ts";

const UNLIMITED = { deadlineMs: Number.POSITIVE_INFINITY, maxConfigurations: Number.POSITIVE_INFINITY };

const isRight = (spec: Spec, ops: readonly Operation[]): boolean =>
  bruteForce(spec, { ops, faults: [], meta: { version: 1 } });

const prover = (spec: Spec): Prover => new Prover(spec, UNLIMITED, Number.POSITIVE_INFINITY);

const returned = (ops: readonly Operation[]): Operation[] =>
  ops.filter(({ outcome }) => outcome.type !== "info").sort(byReturn);

describe("a history is cut off at the first operation that shows that it is wrong", () => {
  it.each(WORLDS)("of $name", (world) => {
    const { spec } = world;
    const count = forWrong(world, (ops, stuckAt, seed) => {
      const { ops: beginning, culprit } = cutOff(prover(spec), ops, stuckAt);
      const about = `seed ${seed}`;
      expect(isRight(spec, beginning), about).toBe(false);
      // Who calls again at the instant of his return has returned before anything that may come of it.
      const hasGoneOn = (op: Operation): boolean =>
        ops.some(({ process, index, callNs }) => process === op.process && index > op.index && callNs === op.returnNs);
      // The same before the culprit has returned: what it did, if anything, may happen, but nobody knows yet.
      const before = beginning.flatMap((op): Operation[] => {
        if (op.index !== culprit.index) return [op];
        if (op.outcome.type === "fail" || spec.isRead(op.f)) return [];
        return [{ ...op, returnNs: Number.POSITIVE_INFINITY, outcome: { type: "info", error: { name: "pending" } } }];
      });
      if (!hasGoneOn(culprit)) expect(isRight(spec, before), about).toBe(true);
      // What had returned by then is there as it was, and nothing that was called later.
      const isFirst = (op: Operation): boolean => !hasGoneOn(culprit) && byReturn(op, culprit) <= 0;
      const done = returned(ops).filter(
        (op) =>
          op.returnNs < culprit.returnNs ||
          (op.returnNs === culprit.returnNs && (op === culprit || hasGoneOn(op) || isFirst(op))),
      );
      expect(beginning, about).toEqual(expect.arrayContaining(done));
      expect(returned(beginning), about).toEqual(done);
      expect(beginning.every(({ callNs }) => callNs <= culprit.returnNs)).toBe(true);
      // Wherever the search for it begins.
      const first = returned(ops)[0] as Operation;
      expect(cutOff(prover(spec), ops, first), about).toEqual({ ops: beginning, culprit });
    });
    expect(count).toBeGreaterThan(0);
  });
});

it("who calls again at the instant of his return has returned before what is cut off there", () => {
  const spec = SPECS.counter as Spec;
  const { ops } = history([
    { p: 0, f: "read", call: 1, ret: 4, ok: 2 },
    { p: 1, f: "add", input: 3, call: 1, ret: 2 },
    { p: 0, f: "increment", call: 4, ret: 4 },
    { p: 2, f: "increment", call: 4, ret: 6 },
    // It may be what was read, were it not after the increment of its process, and that after the read.
    { p: 0, f: "decrement", call: 4 },
  ]);
  const { ops: beginning, culprit } = cutOff(prover(spec), ops, ops[0] as Operation);
  expect(culprit.index).toBe(0);
  expect(returned(beginning).map(({ index }) => index)).toEqual([1, 0, 2]);
});

describe("the core", () => {
  let [all, kept] = [0, 0];

  it.each(WORLDS)("of what is wrong with $name is wrong, and nothing more can go", (world) => {
    const { spec } = world;
    forWrong(world, (ops, stuckAt, seed) => {
      const refutation = cutOff(prover(spec), ops, stuckAt);
      const removal = new Removal(spec, refutation.ops, ops);
      const core = shrink(prover(spec), removal, refutation);
      all += refutation.ops.length;
      kept += core.length;
      const about = `seed ${seed}: ${core.map(({ index }) => index)}`;
      expect(isRight(spec, core), about).toBe(false);
      for (const op of core) {
        if (op.index === refutation.culprit.index) continue;
        for (const rest of [removal.without(core, [op]), removal.erase(core, [op])])
          if (rest.length < core.length) expect(isRight(spec, rest), `${about} without ${op.index}`).toBe(true);
      }
    });
  });

  it("is much smaller than the whole", () => expect(kept).toBeLessThan(0.7 * all));
});

interface End {
  readonly placed: readonly number[];
  readonly state: string;
  readonly next: readonly number[];
}

/** All orders in which operations can be placed until none fits any more, without those that need not be and change nothing. */
function endsOf(spec: Spec, ops: readonly Operation[]): End[] {
  const before = (a: Operation, b: Operation): boolean =>
    a.returnNs < b.callNs || (a.process === b.process && a.returnNs === b.callNs && a.index < b.index);
  const from = (state: unknown, placed: readonly Operation[]): End[] => {
    const left = ops.filter((op) => !placed.includes(op));
    const enabled = left.filter((op) => !left.some((other) => other !== op && before(other, op)));
    const next = enabled.filter((op) => spec.step(state, op, op.outcome) === undefined);
    const further = enabled.flatMap((op): End[][] => {
      const after = spec.step(state, op, op.outcome);
      if (after === undefined || (op.outcome.type === "info" && spec.key(after) === spec.key(state))) return [];
      return [from(after, [...placed, op])];
    });
    if (further.length > 0) return further.flat();
    const indices = (list: readonly Operation[]): number[] => list.map(({ index }) => index);
    return [{ placed: indices(placed), state: spec.describe(state), next: indices(next) }];
  };
  return from(spec.init(), []);
}

describe("the attempts", () => {
  it.each(WORLDS)("to place operations on $name are the longest that there are", (world) => {
    const { spec } = world;
    forWrong(world, (ops, stuckAt, seed) => {
      const { ops: beginning } = cutOff(prover(spec), ops, stuckAt);
      if (beginning.length > 6) return;
      const ends = endsOf(spec, beginning);
      const most = Math.max(...ends.map(({ placed }) => placed.length));
      const longest = ends.filter(({ placed }) => placed.length === most);
      const states = new Set(longest.map(({ state }) => state));
      const told = attemptsAt(spec, undefined, beginning);
      const about = `seed ${seed}`;
      expect(told, about).toHaveLength(Math.min(states.size, 4));
      expect(new Set(told.map(({ state }) => state)).size, about).toBe(told.length);
      for (const { placed, state, next } of told)
        expect(longest, about).toContainEqual({ placed, state, next: next.map(({ op }) => op) });
    });
  });
});
