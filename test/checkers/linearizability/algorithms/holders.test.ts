import { describe, expect, it } from "vitest";
import type { Decision } from "../../../../checkers/linearizability/algorithm.ts";
import { lockAlgorithm } from "../../../../checkers/linearizability/algorithms/mutex.ts";
import { mutex } from "../../../../checkers/specs/index.ts";
import type { Spec } from "../../../../src/core/spec.ts";
import { history, type Sketch } from "../../../support/histories.ts";

const decided = (...sketches: readonly Sketch[]): Decision =>
  lockAlgorithm.decide(mutex as Spec, history(sketches).ops, Number.POSITIVE_INFINITY);

const op = (f: "acquire" | "release", input: string, p: number, call: number, ret?: number): Sketch => ({
  p,
  f,
  input,
  call,
  ...(ret === undefined ? {} : { ret }),
});

const unsure: Decision = {
  type: "declined",
  why: "it is not known in which order a holder acquired and released the lock",
};

describe("a holder that several processes act for", () => {
  it("may or may not hold the lock after an acquire or a release of unknown outcome", () => {
    expect(decided(op("acquire", "a", 0, 0), op("release", "a", 1, 2, 3))).toEqual(unsure);
    expect(decided(op("acquire", "a", 0, 0, 1), op("release", "a", 0, 2), op("acquire", "a", 1, 3, 4))).toEqual(unsure);
    expect(decided(op("release", "a", 0, 0), op("acquire", "a", 1, 1, 2))).toEqual(unsure);
  });

  it("acts at the same time where they touch, but not where one of them touches itself", () => {
    expect(decided(op("acquire", "a", 0, 0, 5), op("release", "a", 1, 5, 9))).toEqual(unsure);
    expect(decided(op("acquire", "a", 0, 0, 5), op("release", "a", 0, 5, 9))).toEqual({
      type: "linearizable",
      placed: 2,
    });
  });
});

describe("attempts that were refused", () => {
  const refused: Sketch = { ...op("acquire", "c", 2, 2, 3), fail: "precondition-failed" };

  it("do not change that a lock with two holders is wrong", () => {
    expect(decided(op("acquire", "a", 0, 0, 1), op("acquire", "b", 1, 4, 5), refused)).toEqual({
      type: "not-linearizable",
      culprits: [0, 2],
    });
  });

  it("leave it open whether a lock that is right without them is right", () => {
    expect(decided(op("acquire", "a", 0, 0, 1), refused).type).toBe("declined");
  });
});
