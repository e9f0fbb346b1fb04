import { describe, expect, it } from "vitest";
import type { Algorithm, Decision } from "../../../../checkers/linearizability/algorithm.ts";
import { casRegister } from "../../../../checkers/linearizability/algorithms/cas-register.ts";
import { register } from "../../../../checkers/linearizability/algorithms/register.ts";
import { SPECS } from "../../../../checkers/specs/index.ts";
import type { Json } from "../../../../src/core/json.ts";
import type { Operation } from "../../../../src/core/operation.ts";
import type { Spec } from "../../../../src/core/spec.ts";
import { history, type Sketch } from "../../../support/histories.ts";

const decide = (algorithm: Algorithm, kind: string, sketches: readonly Sketch[]): Decision =>
  algorithm.decide(SPECS[kind] as Spec, history(sketches).ops, Number.POSITIVE_INFINITY);

const write = (p: number, input: Json, call: number, ret?: number): Sketch =>
  ret === undefined ? { p, f: "write", input, call } : { p, f: "write", input, call, ret };
const read = (p: number, ok: Json, call: number, ret: number): Sketch => ({ p, f: "read", ok, call, ret });

const notLinearizable = (...culprits: readonly number[]): Decision => ({ type: "not-linearizable", culprits });

describe.each([
  { algorithm: register, kind: "register" },
  { algorithm: casRegister, kind: "cas-register" },
])("$algorithm.name", ({ algorithm, kind }) => {
  const decided = (...sketches: readonly Sketch[]): Decision => decide(algorithm, kind, sketches);

  it("is out of time, at first or when it has read the operations", () => {
    const { ops } = history([read(0, null, 0, 1)]);
    expect(algorithm.decide(SPECS[kind] as Spec, ops, 0)).toEqual({ type: "time", placed: 0 });
    const deadlineMs = performance.now() + 20;
    const slow = ops.map((op) => ({
      ...op,
      get f(): string {
        while (performance.now() < deadlineMs);
        return "read";
      },
    }));
    expect(algorithm.decide(SPECS[kind] as Spec, slow as Operation[], deadlineMs)).toEqual({ type: "time", placed: 0 });
  });

  it("declines values that are written twice, and names the second write", () => {
    expect(decided(write(0, 1, 0, 1), write(0, 1, 2, 3))).toEqual({
      type: "declined",
      why: "1, which operation 1 writes, is not unique",
    });
    expect(decided(write(0, null, 0, 1)).type).toBe("declined");
  });

  it("goes by the order of a process that touches itself alone at an instant, and declines where several do", () => {
    expect(decided(write(0, 1, 0, 10), read(0, null, 10, 20))).toEqual(notLinearizable(0, 1));
    expect(decided(write(0, 1, 0, 10), read(0, 1, 10, 20))).toEqual({ type: "linearizable", placed: 2 });
    // Linearizable: process 1 reads twice before the write. But times in which both are in order say more.
    const both = [write(0, 1, 0, 10), read(1, null, 0, 10), read(0, 1, 10, 20), read(1, null, 10, 20)];
    expect(decided(...both)).toEqual({
      type: "declined",
      why: "several processes return and call at the same instant",
    });
    expect(decided(...both.slice(0, 3), read(1, 1, 10, 20))).toEqual({ type: "linearizable", placed: 4 });
  });

  it("names what was read that nobody wrote, or before it was written", () => {
    expect(decided(write(0, 1, 0, 1), read(0, 2, 2, 3))).toEqual(notLinearizable(1));
    expect(decided(write(0, 1, 0, 1), read(0, 2, 2, 3), write(0, 2, 4, 5))).toEqual(notLinearizable(1, 2));
  });
});

describe("of two values whose zones overlap", () => {
  const overlapping = [
    write(0, 1, 0, 100),
    write(1, 2, 1, 100),
    read(2, 1, 10, 20),
    read(3, 2, 11, 21),
    // Returns with the first read of 1, and has nothing to do with it.
    write(4, 3, 15, 20),
    // Neither the first to return nor the last to be called.
    read(5, 1, 25, 45),
    read(2, 1, 30, 40),
    read(3, 2, 31, 41),
  ];

  it("the writes are named, and the first and the last that saw each", () => {
    expect(decide(register, "register", overlapping)).toEqual(notLinearizable(0, 1, 2, 3, 6, 7));
    expect(decide(casRegister, "cas-register", overlapping)).toEqual(notLinearizable(0, 1, 2, 3, 6, 7));
  });

  it("they are named in the order of their calls, though reads may have been called before the writes", () => {
    const sketches = [
      read(2, 2, 0, 21),
      read(3, 1, 1, 20),
      write(0, 2, 2, 100),
      write(1, 1, 3, 100),
      read(2, 2, 31, 41),
      read(3, 1, 32, 40),
    ];
    expect(decide(register, "register", sketches)).toEqual(notLinearizable(0, 1, 2, 3, 4, 5));
    expect(decide(casRegister, "cas-register", sketches)).toEqual(notLinearizable(0, 1, 2, 3, 4, 5));
  });
});

describe("a register of texts", () => {
  const get = (ok: Json, call: number): Sketch => ({ p: 0, f: "get", ok, call, ret: call + 1 });
  const put = (input: Json, call: number): Sketch => ({ p: 0, f: "put", input, call, ret: call + 1 });

  it("is empty at first, also where the history says null", () => {
    expect(decide(register, "kv", [get(null, 0), get("", 2), put("a", 4), get("a", 6)])).toEqual({
      type: "linearizable",
      placed: 4,
    });
    expect(decide(register, "kv", [put("a", 0), get(null, 2)])).toEqual(notLinearizable(0, 1));
    expect(decide(register, "kv", [put(null, 0)]).type).toBe("declined");
  });

  it("declines appends", () => {
    expect(decide(register, "kv", [{ p: 0, f: "append", input: "a", call: 0, ret: 1 }])).toEqual({
      type: "declined",
      why: "operation 0 is neither a read nor a write",
    });
  });
});
