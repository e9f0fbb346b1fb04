import { describe, expect, it } from "vitest";
import type { Algorithm, Decision } from "../../../checkers/linearizability/algorithm.ts";
import { decide } from "../../../checkers/linearizability/decide.ts";
import { explain } from "../../../checkers/linearizability/evidence.ts";
import { algorithmsFor, linearizability } from "../../../checkers/linearizability/index.ts";
import { casRegister, kv, register } from "../../../checkers/specs/index.ts";
import { DEFAULT_BUDGET } from "../../../src/core/checker.ts";
import type { Spec } from "../../../src/core/spec.ts";
import { history, type Sketch } from "../../support/histories.ts";

const write = (p: number, input: number, call: number, ret: number): Sketch => ({ p, f: "write", input, call, ret });
const read = (p: number, ok: number | null, call: number, ret: number): Sketch => ({ p, f: "read", ok, call, ret });

const good = [write(0, 1, 0, 10), read(1, 1, 20, 30)];
const stale = [write(0, 1, 0, 10), write(0, 2, 20, 30), read(1, 1, 40, 50)];
const repeated = [write(0, 1, 0, 10), write(0, 1, 20, 30), read(1, 1, 40, 50)];
const LIMITS = { deadlineMs: Number.POSITIVE_INFINITY, maxConfigurations: 1_000 };

describe("the choice of an algorithm", () => {
  it("is among those that know the specification; the search comes last", () => {
    expect(algorithmsFor(register)).toEqual(["register-zones", "search"]);
    expect(algorithmsFor(casRegister)).toEqual(["register-zones", "cas-register-chains", "search"]);
    expect(algorithmsFor(kv as Spec)).toEqual(["register-zones", "search"]);
  });

  it("trusts no specification that only has the same name", () => {
    const other: Spec = { ...(register as Spec), step: (s) => s, leadsTo: () => true };
    expect(algorithmsFor(other)).toEqual(["search"]);
    expect(linearizability(other).check(history(stale), DEFAULT_BUDGET).valid).toBe(true);
  });

  it("takes a specification with another initial value for the same", () => {
    const five: Spec = { ...(register as Spec), init: () => 5 };
    for (const algorithm of algorithmsFor(five)) {
      const verdict = (seen: number | null): boolean | "unknown" =>
        linearizability(five, { algorithm }).check(history([read(0, seen, 0, 10)]), DEFAULT_BUDGET).valid;
      expect([algorithm, verdict(5), verdict(null)]).toEqual([algorithm, true, false]);
    }
  });

  it("can be forced, and all agree", () => {
    for (const algorithm of algorithmsFor(casRegister)) {
      const checker = linearizability(casRegister, { algorithm });
      expect(checker.check(history(good), DEFAULT_BUDGET)).toEqual({ valid: true, checked: 2 });
      expect(checker.check(history(stale), DEFAULT_BUDGET).valid).toBe(false);
    }
  });

  it("does not fall back from one that was forced", () => {
    expect(linearizability(register).check(history(repeated), DEFAULT_BUDGET).valid).toBe(true);
    expect(linearizability(register, { algorithm: "register-zones" }).check(history(repeated), DEFAULT_BUDGET)).toEqual(
      {
        valid: "unknown",
        why: "malformed",
        detail: "the object: 1, which operation 1 writes, is not unique",
      },
    );
  });

  it("says what there is if there is no such algorithm", () => {
    expect(() => linearizability(register, { algorithm: "magic" })).toThrow(
      'there is no algorithm "magic" for register: it is one of register-zones, search',
    );
  });
});

describe("what a special algorithm finds", () => {
  const claims = (decision: Decision): Algorithm => ({
    name: "claims",
    specs: ["register"],
    source: "this test",
    decide: () => decision,
  });
  const decided = (sketches: readonly Sketch[], algorithm: Algorithm, maxConfigurations = 1_000) =>
    decide(register as Spec, history(sketches).ops, [algorithm], { ...LIMITS, maxConfigurations }, true);

  it("is confirmed by a search of the culprits alone", () => {
    // The claim is wrong: the search of the whole history has the last word.
    const wrong = decided(good, claims({ type: "not-linearizable", culprits: [0, 1] }));
    expect(wrong).toEqual({ type: "linearizable", placed: 2 });
    const right = decided(stale, claims({ type: "not-linearizable", culprits: [0, 1, 2] }));
    expect(right).toMatchObject({ type: "not-linearizable", proof: { stuckAt: { index: expect.any(Number) } } });
  });

  it("is told in words where the search of the culprits is too much", () => {
    const result = decided(stale, claims({ type: "not-linearizable", culprits: [0, 1, 2] }), 0);
    if (result.type !== "not-linearizable") throw new Error("expected a violation");
    expect(result.proof.stuckAt).toBeUndefined();
    const anomaly = explain(register as Spec, undefined, result.proof, LIMITS);
    expect(anomaly).toMatchObject({ kind: "nonlinearizable", ops: [0, 1, 2] });
    expect(anomaly.explanation).toMatch(/^There is no order of the 3 operations on the object in which each one takes/);
  });
});
