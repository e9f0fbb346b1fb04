import { describe, expect, it } from "vitest";
import { appendList, casRegister, kv, register, SPECS } from "../../../checkers/specs/index.ts";
import type { Json } from "../../../src/core/json.ts";
import type { Invocation, Outcome } from "../../../src/core/operation.ts";
import type { Spec } from "../../../src/core/spec.ts";

const ok = (value: Json = null): Outcome => ({ type: "ok", value });
const unknown: Outcome = { type: "info", error: { name: "timeout" } };
const failed = (name: string): Outcome & { type: "fail" } => ({ type: "fail", error: { name } });
const call = (f: string, input: Json = null): Invocation => ({ f, input });

/** The state after these operations, each acknowledged. */
const stateAfter = <S>(spec: Spec<S>, ...ops: readonly Invocation[]): S =>
  ops.reduce((s, op) => spec.step(s, op, ok()) as S, spec.init());

it("are known by their names", () => {
  const registers = ["register", "cas-register", "multi-register", "kv", "counter"];
  const collections = ["set", "fifo-queue", "stack", "priority-queue", "bag", "append-list", "log"];
  const others = ["mutex", "reentrant-mutex", "fenced-lock", "bank", "unique-ids"];
  expect(Object.keys(SPECS)).toEqual([...registers, ...collections, ...others]);
  for (const [name, spec] of Object.entries(SPECS)) expect(spec.name).toBe(name);
});

describe("register", () => {
  it("is null until it is written, and then what was written last", () => {
    expect(register.step(register.init(), call("read"), ok(null))).toBe(null);
    expect(register.step(register.init(), call("read"), ok(0))).toBeUndefined();
    const s = stateAfter(register, call("write", 1), call("write", 2));
    expect(register.step(s, call("read"), ok(2))).toBe(s);
    expect(register.step(s, call("read"), ok(1))).toBeUndefined();
    expect(register.step(s, call("read"), unknown)).toBe(s);
  });

  it("tells 1 from the text 1", () => {
    expect(register.step(stateAfter(register, call("write", 1)), call("read"), ok("1"))).toBeUndefined();
    expect(register.key(1)).not.toBe(register.key("1"));
  });
});

describe("cas-register", () => {
  const holds1 = stateAfter(casRegister, call("write", 1));

  it("swaps if the value is as expected, and only then", () => {
    expect(casRegister.step(holds1, call("cas", [1, 2]), ok())).toBe(2);
    expect(casRegister.step(holds1, call("cas", [3, 2]), ok())).toBeUndefined();
    expect(casRegister.step(casRegister.init(), call("cas", [null, 2]), ok())).toBe(2);
    expect(casRegister.step({ a: 1, b: 2 }, call("cas", [{ b: 2, a: 1 }, 2]), ok())).toBe(2);
  });

  it("fails only if the value is another, and then changes nothing", () => {
    expect(casRegister.step(holds1, call("cas", [1, 2]), failed("precondition-failed"))).toBeUndefined();
    expect(casRegister.step(holds1, call("cas", [3, 2]), failed("precondition-failed"))).toBe(1);
  });

  it("may have happened if the outcome is unknown", () => {
    expect(casRegister.step(holds1, call("cas", [1, 2]), unknown)).toBe(2);
    expect(casRegister.step(holds1, call("cas", [3, 2]), unknown)).toBe(1);
  });

  it("is shown something by a failed comparison, not by other failures", () => {
    expect(casRegister.observes(call("cas", [1, 2]), failed("precondition-failed"))).toBe(true);
    expect(casRegister.observes(call("cas", [1, 2]), failed("temporarily-unavailable"))).toBe(false);
    expect(casRegister.observes(call("write", 1), failed("precondition-failed"))).toBe(false);
  });

  it("says what a compare-and-set looks like", () => {
    for (const input of [null, 1, [1], [1, 2, 3], { from: 1, to: 2 }])
      expect(() => casRegister.step(1, call("cas", input), ok())).toThrow("[from, to]");
  });
});

describe("kv", () => {
  it("is the empty text until something is put or appended", () => {
    expect(kv.step(kv.init(), call("get"), ok(""))).toBe("");
    expect(kv.step(kv.init(), call("get"), ok(null))).toBe("");
    const s = stateAfter(kv, call("append", "a"), call("append", "b"));
    expect(kv.step(s, call("get"), ok("ab"))).toBe("ab");
    expect(kv.step(s, call("get"), ok("a"))).toBeUndefined();
    expect(stateAfter(kv, call("append", "a"), call("put", "c"), call("append", "d"))).toBe("cd");
  });
});

describe("append-list", () => {
  const s = stateAfter(appendList, call("append", 1), call("append", [2, "x,y"]), call("append", { b: 1, a: 2 }));

  it("is read as a whole, oldest first", () => {
    expect(appendList.step(s, call("read"), ok([1, [2, "x,y"], { a: 2, b: 1 }]))).toBe(s);
    expect(appendList.step(s, call("read"), ok([1, [2, "x,y"]]))).toBeUndefined();
    expect(appendList.step(s, call("read"), ok(null))).toBeUndefined();
  });

  it("leads only to lists that begin with it", () => {
    const leads = (list: readonly Json[], first?: Invocation): boolean | undefined =>
      appendList.leadsTo?.(stateAfter(appendList, call("append", 1)), call("read"), ok(list), first);
    expect(leads([1])).toBe(true);
    expect(leads([1, 2])).toBe(true);
    expect(leads([12])).toBe(false);
    expect(leads([])).toBe(false);
    expect(leads([1, 2, 3], call("append", 2))).toBe(true);
    expect(leads([1, 2, 3], call("append", 3))).toBe(false);
    expect(leads([1, 23], call("append", 2))).toBe(false);
    expect(leads([1], call("append", 1))).toBe(false);
  });
});
