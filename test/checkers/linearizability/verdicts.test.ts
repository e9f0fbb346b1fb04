import { describe, expect, it } from "vitest";
import { linearizability } from "../../../checkers/linearizability/index.ts";
import { appendList, casRegister, kv, register } from "../../../checkers/specs/index.ts";
import { DEFAULT_BUDGET, type Verdict } from "../../../src/core/checker.ts";
import type { History } from "../../../src/core/history.ts";
import type { Spec } from "../../../src/core/spec.ts";
import { history, type Sketch } from "../../support/histories.ts";

/** The verdict; a special algorithm and the general search must agree on it. */
function check(spec: Spec, sketches: readonly Sketch[], budget = DEFAULT_BUDGET): Verdict {
  const recorded = history(sketches);
  const verdict = linearizability(spec).check(recorded, budget);
  expect(linearizability(spec, { algorithm: "search" }).check(recorded, budget).valid).toBe(verdict.valid);
  return verdict;
}

const write = (p: number, input: number, call: number, ret?: number): Sketch => ({
  p,
  f: "write",
  key: "x",
  input,
  call,
  ...(ret === undefined ? {} : { ret }),
});
const read = (p: number, ok: number | null, call: number, ret: number): Sketch => ({
  p,
  f: "read",
  key: "x",
  ok,
  call,
  ret,
});

describe("valid", () => {
  it("counts the operations that it placed", () => {
    expect(check(register, [write(0, 1, 0, 10), read(1, 1, 20, 30), read(1, 1, 40, 50)])).toEqual({
      valid: true,
      checked: 3,
    });
  });

  it("lets an operation of unknown outcome happen long after its call", () => {
    const late = [write(0, 1, 0), read(1, null, 10, 20), read(1, 1, 1000, 1010)];
    expect(check(register, late)).toEqual({ valid: true, checked: 2 });
  });

  it("lets an operation of unknown outcome happen once only", () => {
    const twice = [write(0, 1, 0), read(1, 1, 10, 20), write(1, 2, 30, 40), read(1, 2, 50, 60), read(1, 1, 70, 80)];
    expect(check(register, twice).valid).toBe(false);
  });

  it("does not let a failed operation happen", () => {
    const failed: Sketch = { ...write(0, 1, 0, 10), fail: "temporarily-unavailable" };
    expect(check(register, [failed, read(1, 1, 20, 30)]).valid).toBe(false);
    expect(check(register, [failed, read(1, null, 20, 30)]).valid).toBe(true);
  });

  it("leaves out closing reads", () => {
    const final: Sketch = { ...read(1, null, 40, 50), final: true };
    expect(check(register, [write(0, 1, 0, 10), read(1, 1, 20, 30), final])).toEqual({ valid: true, checked: 2 });
  });

  it("takes a failed compare-and-set for a proof that the value was another", () => {
    const cas = (fail: string): Sketch => ({ p: 1, f: "cas", key: "x", input: [1, 2], call: 20, ret: 30, fail });
    const rest = [write(0, 1, 0, 10), read(0, 1, 40, 50)];
    expect(check(casRegister, [...rest, cas("precondition-failed")]).valid).toBe(false);
    expect(check(casRegister, [...rest, cas("temporarily-unavailable")]).valid).toBe(true);
  });

  it("compares values, not references", () => {
    const object = { p: 0, f: "write", key: "x", input: { a: 1, b: [2] }, call: 0, ret: 10 };
    expect(
      check(register, [object, { p: 1, f: "read", key: "x", ok: { b: [2], a: 1 }, call: 20, ret: 30 }]).valid,
    ).toBe(true);
  });

  it("takes null and the empty list for the same", () => {
    const empty = (ok: null | readonly never[]): Sketch => ({ p: 0, f: "read", key: "x", ok, call: 0, ret: 10 });
    expect(check(appendList, [empty(null)]).valid).toBe(true);
    expect(check(appendList, [empty([])]).valid).toBe(true);
  });
});

describe("what a search knows beforehand", () => {
  it("leaves room for a value that is read later than another one that is yet to be written", () => {
    const late = [write(0, 1, 0, 5), write(0, 2, 6, 100), read(1, 2, 7, 50)];
    expect(check(register, [...late, read(2, 1, 20, 60)]).valid).toBe(true);
    expect(check(register, [...late, read(2, 1, 51, 60)]).valid).toBe(false);
  });

  it("leaves room for a value that comes back", () => {
    const again = [write(0, 1, 0, 5), write(0, 2, 20, 25), write(0, 3, 30, 35), write(0, 2, 40, 45)];
    expect(check(register, [...again, read(1, 2, 50, 55)]).valid).toBe(true);
    expect(check(register, [...again, read(1, 3, 50, 55)]).valid).toBe(false);
    expect(check(register, [...again, read(1, 2, 36, 39)]).valid).toBe(false);
  });

  const cas = (p: number, from: number, to: number, call: number, ret?: number): Sketch => {
    const swap = { p, f: "cas", key: "x", input: [from, to], call };
    return ret === undefined ? swap : { ...swap, ret };
  };

  it("does not let a compare-and-set happen in just any state that is about to be overwritten", () => {
    const sketches = [write(0, 1, 0, 5), write(1, 5, 0), cas(2, 5, 6, 10, 20)];
    expect(check(casRegister, [...sketches, read(3, 6, 30, 40)]).valid).toBe(true);
    expect(check(casRegister, [...sketches, read(3, 5, 30, 40)]).valid).toBe(false);
  });

  it("keeps a write of unknown outcome as long as another operation of unknown outcome may build on it", () => {
    const lost = [write(1, 5, 0), cas(2, 5, 6, 0)];
    const seen = [write(0, 5, 5, 8), read(0, 5, 10, 20), write(0, 7, 25, 26)];
    expect(check(casRegister, [...lost, ...seen, read(3, 6, 40, 50)]).valid).toBe(true);
    expect(check(casRegister, [...lost.slice(1), ...seen, read(3, 6, 40, 50)]).valid).toBe(false);
    expect(check(casRegister, [...lost.slice(0, 1), ...seen, read(3, 6, 40, 50)]).valid).toBe(false);
  });
});

describe("operations that touch", () => {
  it("are concurrent if they are of different processes", () => {
    expect(check(register, [write(0, 1, 0, 10), read(1, null, 10, 20)]).valid).toBe(true);
    expect(check(register, [write(0, 1, 0, 10), read(1, null, 11, 20)]).valid).toBe(false);
  });

  it("are in order if they are of the same process", () => {
    expect(check(register, [write(0, 1, 0, 10), read(0, null, 10, 20)]).valid).toBe(false);
    expect(check(register, [write(0, 1, 0, 10), read(0, 1, 10, 20)]).valid).toBe(true);
  });

  it("do not keep the same write by another process waiting", () => {
    // The write of 5 that was seen before 7 can only be that of process 2: process 1 had yet to read 7.
    const seen = (p: number, ok: number, call: number): Sketch => read(p, ok, call, 10);
    const sketches = [seen(1, 7, 0), seen(3, 5, 0), write(4, 7, 10, 12), write(1, 5, 10), seen(3, 7, 10)];
    expect(check(register, [...sketches, write(2, 5, 10)]).valid).toBe(true);
    expect(check(register, sketches).valid).toBe(false);
  });

  it("cannot be overtaken by way of an overwrite", () => {
    // Process 1 wrote 1 before it read 2, so that the 2 came after the 1 and stays.
    const sketches = [write(0, 2, 0, 10), write(1, 1, 1, 10), read(1, 2, 10, 15)];
    expect(check(register, [...sketches, read(2, 2, 20, 30)]).valid).toBe(true);
    expect(check(register, [...sketches, read(2, 1, 20, 30)]).valid).toBe(false);
  });

  it("are in order in a chain of operations that take no time", () => {
    const chain = (seen: readonly number[]): Sketch[] =>
      seen.flatMap((ok, i) => [write(0, i + 1, 5, 5), read(0, ok, 5, 5)]);
    expect(check(register, chain([1, 2, 3])).valid).toBe(true);
    expect(check(register, chain([1, 1, 3])).valid).toBe(false);
    expect(check(register, chain([2, 2, 3])).valid).toBe(false);
  });
});

describe("several keys", () => {
  const onKey = (key: string, sketches: readonly Sketch[], p: number): Sketch[] =>
    sketches.map((sketch) => ({ ...sketch, key, p: sketch.p + p }));
  const good = [write(0, 1, 0, 10), read(1, 1, 20, 30)];
  const bad = [write(0, 1, 0, 10), read(1, null, 20, 30)];

  it("are judged each alone, with one anomaly for each that is wrong", () => {
    const verdict = check(register, [...onKey("a", bad, 0), ...onKey("b", good, 10), ...onKey("c", bad, 20)]);
    expect(verdict).toMatchObject({ valid: false, anomalies: [{ key: "a" }, { key: "c" }] });
  });

  it("are told of up to a limit", () => {
    const keys = Array.from({ length: 12 }, (_, i) => onKey(`k${i}`, bad, 10 * i));
    const verdict = check(register, keys.flat());
    expect(verdict.valid === false && verdict.anomalies).toHaveLength(8);
  });

  it("are one object where the specification says so", () => {
    // A switch that any key flips, so that keys cannot be judged alone.
    const toggle: Spec<boolean> = {
      name: "switch",
      init: () => false,
      step: (s, op, outcome) => (op.f === "flip" ? !s : outcome.type !== "ok" || outcome.value === s ? s : undefined),
      key: String,
      describe: String,
      isRead: (f) => f === "look",
      observes: () => false,
      functions: { flip: "", look: "" },
      perKey: false,
    };
    const look = (ok: boolean): Sketch => ({ p: 1, f: "look", key: "b", ok, call: 20, ret: 30 });
    expect(check(toggle, [{ p: 0, f: "flip", key: "a", call: 0, ret: 10 }, look(true)]).valid).toBe(true);
    expect(check(toggle, [{ p: 0, f: "flip", key: "a", call: 0, ret: 10 }, look(false)]).valid).toBe(false);
  });
});

describe("unknown", () => {
  it.each<{ why: string; sketches: Sketch[] }>([
    { why: "there are no operations", sketches: [] },
    { why: "none completed", sketches: [write(0, 1, 0), write(1, 2, 0)] },
    { why: "all failed", sketches: [{ ...write(0, 1, 0, 10), fail: "abort" }] },
    { why: "there are only closing reads", sketches: [{ ...read(0, 1, 0, 10), final: true }] },
    { why: "nobody read", sketches: [write(0, 1, 0, 10), write(1, 2, 0, 10)] },
  ])("is vacuous if $why", ({ sketches }) => {
    expect(check(register, sketches)).toMatchObject({ valid: "unknown", why: "vacuous" });
  });

  it.each<{ what: string; spec: Spec; sketch: Sketch; detail: RegExp }>([
    {
      what: "an unknown function",
      spec: register,
      sketch: { p: 3, f: "cas", key: "x", input: [1, 2], call: 20, ret: 30 },
      detail: /operation 1 \(cas by process 3\).*register knows read, write, but not cas/,
    },
    {
      what: "a function named like a property of every object",
      spec: register,
      sketch: { p: 3, f: "toString", call: 20, ret: 30 },
      detail: /operation 1 \(toString by process 3\)/,
    },
    {
      what: "an input of the wrong shape",
      spec: casRegister,
      sketch: { p: 3, f: "cas", key: "x", input: [1], call: 20 },
      detail: /operation 1 \(cas by process 3\): the input of a cas is \[from, to\], not \[1\]/,
    },
    {
      what: "an output of the wrong shape",
      spec: appendList,
      sketch: { p: 3, f: "read", key: "x", ok: 7, call: 20, ret: 30 },
      detail: /operation 1 .* a list or null, not 7/,
    },
    {
      what: "a value of the wrong type",
      spec: kv,
      sketch: { p: 3, f: "put", key: "x", input: 7, call: 20, ret: 30 },
      detail: /operation 1 .* a string, not 7/,
    },
  ])("is malformed with $what", ({ spec, sketch, detail }) => {
    const first: Sketch = { p: 0, f: spec === kv ? "get" : "read", key: "x", ok: null, call: 0, ret: 10 };
    const verdict = check(spec, [first, sketch]);
    expect(verdict).toMatchObject({ valid: "unknown", why: "malformed" });
    expect(verdict.valid === "unknown" && verdict.detail).toMatch(detail);
  });

  it("is malformed with an operation that returns before its call", () => {
    const { ops, ...rest } = history([read(0, null, 10, 20)]);
    const backwards: History = { ...rest, ops: ops.map((op) => ({ ...op, returnNs: 5 })) };
    expect(linearizability(register).check(backwards, DEFAULT_BUDGET)).toMatchObject({ why: "malformed" });
  });

  /** So many concurrent compare-and-sets of unknown outcome that the states reachable are beyond counting. */
  const hard = (reads: number): Sketch[] => [
    ...Array.from({ length: 40 }, (_, p): Sketch => {
      return {
        p,
        f: "cas",
        key: "x",
        input: [p % 5 === 0 ? null : p % 5, (p * 3) % 5 === 0 ? null : (p * 3) % 5],
        call: 0,
      };
    }),
    ...Array.from({ length: reads }, (_, i) => read(100, [1, 3, 4, 2][i % 4] as number, 10 * i + 10, 10 * i + 15)),
    write(101, 1, 0, 5),
    read(102, 99, 10 * reads + 10, 10 * reads + 20),
  ];

  it("tells where the search stood when there were too many configurations", () => {
    const verdict = check(casRegister, hard(30), { timeMs: 60_000, maxConfigurations: 3 });
    expect(verdict).toMatchObject({ valid: "unknown", why: "budget" });
    expect(verdict.valid === "unknown" && verdict.detail).toMatch(
      /more than 3 configurations .* on x \d+ of 32 operations were placed, and operation \d+ was next/,
    );
  });

  it("tells where the search stood when time ran out", () => {
    const sketches = Array.from({ length: 2000 }, (_, i) =>
      i % 2 ? read(0, i, 10 * i, 10 * i + 5) : write(0, i + 1, 10 * i, 10 * i + 5),
    );
    const verdict = check(register, sketches, { timeMs: 0, maxConfigurations: 1000 });
    expect(verdict).toMatchObject({ valid: "unknown", why: "budget" });
    expect(verdict.valid === "unknown" && verdict.detail).toMatch(/0 ms were not enough: on x \d+ of 2000 operations/);
  });

  it("does not hide a violation on one key behind the budget of another", () => {
    const other = [write(200, 1, 0, 10), read(201, null, 20, 30)].map((sketch) => ({ ...sketch, key: "y" }));
    const verdict = check(casRegister, [...hard(30), ...other], { timeMs: 60_000, maxConfigurations: 3 });
    expect(verdict).toMatchObject({ valid: false, anomalies: [{ key: "y" }] });
  });
});
