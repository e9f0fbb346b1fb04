import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { appendList, casRegister, kv, register, SPECS } from "../../../checkers/specs/index.ts";
import type { Json } from "../../../src/core/json.ts";
import type { Invocation, Outcome } from "../../../src/core/operation.ts";
import type { Spec } from "../../../src/core/spec.ts";
import { linearizableHistory } from "../../support/histories.ts";

const ok = (value: Json = null): Outcome => ({ type: "ok", value });
const unknown: Outcome = { type: "info", error: { name: "timeout" } };
const failed = (name: string): Outcome & { type: "fail" } => ({ type: "fail", error: { name } });
const call = (f: string, input: Json = null): Invocation => ({ f, input });

/** The state after these operations, each acknowledged. */
const stateAfter = <S>(spec: Spec<S>, ...ops: readonly Invocation[]): S =>
  ops.reduce((s, op) => spec.step(s, op, ok()) as S, spec.init());

it("are known by their names", () => {
  expect(Object.keys(SPECS)).toEqual(["register", "cas-register", "kv", "append-list"]);
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

describe("every specification", () => {
  const value = fc.oneof(
    fc.constantFrom<Json>(1, 12, 2, "1", "", null),
    fc.array(fc.constantFrom(1, 2), { maxLength: 2 }),
  );
  const text = fc.constantFrom("", "a", "ab", "b");
  const read = fc.constant(call("read"));
  const write = value.map((input) => call("write", input));
  const operations: Readonly<Record<string, fc.Arbitrary<Invocation>>> = {
    register: fc.oneof(read, write),
    "cas-register": fc.oneof(
      read,
      write,
      fc.tuple(value, value).map((pair) => call("cas", pair)),
    ),
    kv: fc.oneof(
      fc.constant(call("get")),
      text.map((input) => call("put", input)),
      text.map((input) => call("append", input)),
    ),
    "append-list": fc.oneof(
      read,
      value.map((input) => call("append", input)),
    ),
  };
  /** What a read would have seen; the specifications tell their states only in words. */
  const show = (spec: Spec, s: unknown): Json => {
    if (spec.name === "append-list") return JSON.parse(`[${s as string}]`);
    return s as Json;
  };
  const run = (spec: Spec, ops: readonly Invocation[]): unknown =>
    ops.reduce((s: unknown, op) => spec.step(s, op, ok(spec.isRead(op.f) ? show(spec, s) : null)) ?? s, spec.init());
  const sequence = (name: string) => fc.array(operations[name] as fc.Arbitrary<Invocation>, { maxLength: 5 });

  it.each(Object.values(SPECS))("$name has equal keys exactly for equal states", (spec) => {
    fc.assert(
      fc.property(sequence(spec.name), sequence(spec.name), (a, b) => {
        const [s, t] = [run(spec, a), run(spec, b)];
        const same = JSON.stringify(show(spec, s)) === JSON.stringify(show(spec, t));
        expect(spec.key(s) === spec.key(t)).toBe(same);
      }),
    );
  });

  it.each(Object.values(SPECS))("$name is right about the nature of its operations", (spec) => {
    fc.assert(
      fc.property(
        sequence(spec.name),
        sequence(spec.name),
        operations[spec.name] as fc.Arbitrary<Invocation>,
        (a, b, op) => {
          const nature = spec.nature?.(op, ok());
          if (spec.isRead(op.f) || nature === "guarded") return;
          for (const outcome of [ok(), unknown]) {
            const [s, t] = [a, b].map((ops) => spec.step(run(spec, ops), op, outcome));
            expect(s).toBeDefined();
            expect(t).toBeDefined();
            if (nature === "overwrite") expect(spec.key(s)).toBe(spec.key(t));
          }
        },
      ),
    );
  });

  it.each(Object.values(SPECS))("$name never gives up a goal that can be reached", (spec) => {
    const isOverwrite = (op: Invocation): boolean => spec.nature?.(op, ok()) === "overwrite";
    fc.assert(
      fc.property(sequence(spec.name), sequence(spec.name), (a, rest) => {
        const s = run(spec, a);
        const onward = rest.filter((op) => !isOverwrite(op));
        const goal = onward.reduce((t: unknown, op) => spec.step(t, op, unknown) ?? t, s);
        const reading = call(spec.name === "kv" ? "get" : "read");
        const first = onward.find((op) => !spec.isRead(op.f));
        expect(spec.leadsTo?.(s, reading, ok(show(spec, goal))) ?? true).toBe(true);
        expect(spec.leadsTo?.(s, reading, ok(show(spec, goal)), first) ?? true).toBe(true);
      }),
    );
  });

  it("append-list stays as it was for the values that are left", () => {
    const shape = { kind: "append-list", maxOps: 20, threads: 1, unknowns: false } as const;
    fc.assert(
      fc.property(linearizableHistory(shape), fc.nat({ max: 2 }), ({ ops }, remainder) => {
        // One thread, so that the order of the history is the only one.
        const gone = (value: Json): boolean => (value as number) % 3 === remainder;
        let s = appendList.init();
        for (const op of ops.flatMap((each) => appendList.without?.(each, gone) ?? [])) {
          if (op.outcome.type !== "ok") continue;
          const next = appendList.step(s, op, op.outcome);
          expect(next).toBeDefined();
          s = next ?? s;
        }
      }),
    );
  });
});
