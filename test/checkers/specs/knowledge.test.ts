import { describe, expect, it } from "vitest";
import { bankWith, SPECS } from "../../../checkers/specs/index.ts";
import { guardedResource } from "../../../checkers/specs/locks.ts";
import type { Json } from "../../../src/core/json.ts";
import type { Operation, Outcome } from "../../../src/core/operation.ts";
import type { Spec } from "../../../src/core/spec.ts";

const ok = (value: Json = null): Outcome => ({ type: "ok", value });
const unknown: Outcome = { type: "info", error: { name: "timeout" } };
const failed = (name: string): Outcome & { type: "fail" } => ({ type: "fail", error: { name } });
const specOf = (name: string): Spec => SPECS[name] ?? expect.fail(`there is no specification ${name}`);

type Row = readonly [name: string, f: string, input: Json, outcome: Outcome, nature: "overwrite" | "blind" | "guarded"];

const reads: Json = [["r", "x", null]];
const writes: Json = [["w", "x", 1]];
const both: Json = [
  ["r", "x", null],
  ["w", "x", 1],
];

/** How each operation depends on the state, as exactly as can be said: what is not told costs a search time. */
const NATURES: readonly Row[] = [
  ["register", "read", null, ok(1), "guarded"],
  ["register", "write", 1, ok(), "overwrite"],
  ["cas-register", "cas", [1, 2], ok(), "guarded"],
  ["multi-register", "write", { x: 1 }, ok(), "blind"],
  ["multi-register", "txn", writes, ok(), "blind"],
  ["multi-register", "txn", both, ok(both), "guarded"],
  ["multi-register", "txn", reads, ok(reads), "guarded"],
  ["multi-register", "read", null, ok({}), "guarded"],
  ["kv", "put", "a", ok(), "overwrite"],
  ["kv", "append", "a", ok(), "blind"],
  ["kv", "get", null, ok("a"), "guarded"],
  ["counter", "add", 1, ok(), "blind"],
  ["counter", "decrement", 1, ok(), "blind"],
  ["counter", "read", null, ok(1), "guarded"],
  ["set", "add", 1, ok(), "blind"],
  ["set", "remove", 1, ok(), "blind"],
  ["set", "add", 1, unknown, "blind"],
  ["set", "add", 1, ok(true), "guarded"],
  ["set", "remove", 1, ok(false), "guarded"],
  ["set", "contains", 1, ok(true), "guarded"],
  ["set", "read", null, ok([]), "guarded"],
  ["bag", "enqueue", 1, ok(), "blind"],
  ["bag", "add", 1, ok(), "blind"],
  ["bag", "take", null, ok(1), "guarded"],
  ["bag", "read", null, ok([]), "guarded"],
  ["fifo-queue", "enqueue", 1, ok(), "blind"],
  ["stack", "pop", null, ok(1), "guarded"],
  ["append-list", "append", 1, ok(), "blind"],
  ["append-list", "read", null, ok([]), "guarded"],
  ["log", "append", 1, ok(), "blind"],
  ["log", "send", 1, unknown, "blind"],
  ["log", "append", 1, ok(3), "guarded"],
  ["log", "send", 1, ok(3), "guarded"],
  ["log", "read", null, ok([]), "guarded"],
  ["log", "poll", null, unknown, "guarded"],
  ["bank", "transfer", { from: 0, to: 1, amount: 1 }, ok(), "guarded"],
];

describe("what specifications know of their operations", () => {
  it.each(NATURES)("%s: %s of %j, the outcome being %j, is %s", (name, f, input, outcome, nature) => {
    expect(specOf(name).nature?.({ f, input }, outcome)).toBe(nature);
  });

  it("names all functions that never change a state", () => {
    const read = Object.entries(SPECS).map(([name, spec]) => [name, Object.keys(spec.functions).filter(spec.isRead)]);
    expect(Object.fromEntries(read)).toEqual({
      register: ["read"],
      "cas-register": ["read"],
      "multi-register": ["read"],
      kv: ["get"],
      counter: ["read"],
      set: ["contains", "read"],
      bag: [],
      "fifo-queue": [],
      stack: [],
      "priority-queue": [],
      "append-list": ["read"],
      log: ["read", "poll"],
      mutex: [],
      "reentrant-mutex": [],
      "fenced-lock": [],
      bank: ["read"],
      "unique-ids": [],
    });
  });

  it.each([
    ["multi-register", "txn", reads, ok(reads), true],
    ["multi-register", "txn", both, ok(both), false],
    ["multi-register", "txn", reads, ok(both), false],
    ["multi-register", "write", {}, ok(), false],
    ["set", "add", 1, ok(false), true],
    ["set", "add", 1, ok(true), false],
    ["bag", "read", null, ok([1]), true],
    ["bag", "take", null, ok(null), true],
    ["bag", "take", null, ok(1), false],
    ["bag", "take", null, unknown, false],
    ["bag", "add", 1, ok(null), false],
    ["stack", "pop", null, ok(null), true],
    ["stack", "pop", null, ok(1), false],
    ["stack", "push", 1, ok(null), false],
    ["unique-ids", "generate", null, unknown, true],
    ["unique-ids", "generate", null, ok(1), false],
  ] as const)("%s: whether %s of %j with %j can be left out: %s", (name, f, input, outcome, nothing) => {
    expect(specOf(name).changesNothing?.({ f, input: input as Json }, outcome)).toBe(nothing);
  });

  it.each([
    ["bank", "transfer", true],
    ["bank", "read", false],
    ["mutex", "acquire", true],
    ["mutex", "release", true],
    ["cas-register", "cas", true],
    ["cas-register", "write", false],
    ["register", "write", false],
    ["fifo-queue", "dequeue", true],
    ["fifo-queue", "enqueue", false],
  ] as const)("%s: %s that fails for its precondition proves something: %s", (name, f, proves) => {
    const spec = specOf(name);
    expect(spec.observes({ f, input: null }, failed("precondition-failed"))).toBe(proves);
    expect(spec.observes({ f, input: null }, failed("abort"))).toBe(false);
  });

  it("lets a bank with an overdraft transfer whatever is asked, and reads depend on that", () => {
    const spec = bankWith({ balances: {}, overdraft: true });
    expect(spec.nature?.({ f: "transfer", input: null }, ok())).toBe("blind");
    expect(spec.nature?.({ f: "read", input: null }, ok({}))).toBe("guarded");
  });
});

describe("what is left of operations without some values", () => {
  const operation = (f: string, input: Json, outcome: Outcome): Operation => ({
    ...{ index: 0, process: 0, node: "", f, input, callNs: 0, returnNs: 1, outcome },
  });
  const left = (name: string, f: string, input: Json, outcome: Outcome): Operation | undefined =>
    specOf(name).without?.(operation(f, input, outcome), (value) => value === 1);

  it.each([
    ["set", "add"],
    ["set", "contains"],
    ["bag", "enqueue"],
    ["bag", "add"],
    ["stack", "push"],
    ["append-list", "append"],
  ] as const)("%s: %s of them is gone, of others it stays", (name, f) => {
    expect(left(name, f, 1, ok())).toBeUndefined();
    expect(left(name, f, 2, unknown)).toEqual(operation(f, 2, unknown));
  });

  it.each(["set", "bag", "append-list"] as const)("%s: a read shows the others", (name) => {
    expect(left(name, "read", null, ok([1, 2, 1, 3]))).toEqual(operation("read", null, ok([2, 3])));
    for (const outcome of [ok(null), unknown])
      expect(left(name, "read", null, outcome)).toEqual(operation("read", null, outcome));
  });

  it.each([
    ["bag", "take"],
    ["stack", "pop"],
    ["unique-ids", "generate"],
  ] as const)("%s: a %s that yields one of them is gone", (name, f) => {
    expect(left(name, f, null, ok(1))).toBeUndefined();
    for (const outcome of [ok(2), ok(null), unknown])
      expect(left(name, f, null, outcome)).toEqual(operation(f, null, outcome));
  });
});

describe("states in words", () => {
  const stateAfter = (spec: Spec, ...steps: readonly (readonly [f: string, input: Json, output?: Json])[]): string =>
    spec.describe(
      steps.reduce((s, [f, input, output]) => spec.step(s, { f, input, process: 0 }, ok(output ?? null)), spec.init()),
    );

  it("say who holds a lock, how often, and the last token", () => {
    expect(stateAfter(specOf("mutex"))).toBe("free");
    expect(stateAfter(specOf("mutex"), ["acquire", null])).toBe("held by process 0");
    expect(stateAfter(specOf("mutex"), ["acquire", "a"], ["release", "a"])).toBe("free");
    expect(stateAfter(specOf("reentrant-mutex"), ["acquire", "a"], ["acquire", "a"])).toBe('held 2 times by "a"');
    expect(stateAfter(specOf("fenced-lock"), ["acquire", null, 3], ["release", null])).toBe(
      "free, the last token being 3",
    );
    expect(stateAfter(guardedResource as Spec, ["acquire", null, 3], ["write", 7])).toBe(
      "held by process 0, the last token being 3; the resource holds 7",
    );
  });

  it("say what accounts hold", () => {
    expect(stateAfter(bankWith({ balances: { a: 2, b: 0 } }) as Spec)).toBe("a: 2, b: 0");
  });
});

describe("a lock with what it protects", () => {
  const step = (s: unknown, f: string, input: Json, outcome: Outcome) =>
    (guardedResource as Spec).step(s, { f, input, process: 0 }, outcome);

  it("is read as it was written last, by whomever", () => {
    const start = guardedResource.init();
    expect(step(start, "read", null, ok(null))).toBe(start);
    expect(step(start, "read", null, ok(1))).toBeUndefined();
    const written = step(start, "write", { v: 1 }, ok());
    expect(step(written, "read", null, ok({ v: 1 }))).toBe(written);
    expect(step(written, "read", null, unknown)).toBe(written);
    expect(step(written, "write", 2, failed("precondition-failed"))).toBe(written);
    expect(step(step(written, "write", null, unknown), "read", null, ok(null))).toBeDefined();
  });

  it("keeps the lock's rules, and what the resource holds", () => {
    const held = step(step(guardedResource.init(), "write", 5, ok()), "acquire", null, ok(3));
    expect(step(held, "read", null, ok(5))).toBe(held);
    expect(step(held, "acquire", null, ok(4))).toBeUndefined();
    expect(step(step(held, "release", null, ok()), "acquire", null, ok(3))).toBeUndefined();
    expect(step(step(held, "release", null, ok()), "acquire", null, ok(4))).toBeDefined();
    expect([guardedResource.isRead("read"), guardedResource.isRead("write")]).toEqual([true, false]);
  });
});

describe("inputs and outputs that are none", () => {
  it.each([
    ["append-list", "read", null, 7, "a list or null, not 7"],
    ["set", "read", null, 7, "the output of a read is a list, not 7"],
    ["kv", "get", null, 7, "the output of a get is a string, not 7"],
    ["kv", "put", 7, null, "the input of a put is a string, not 7"],
    ["log", "read", 1.5, null, "an offset is an integer from 0, not 1.5"],
    ["counter", "add", "1", null, "the input of add is a number"],
    ["bank", "read", null, [1], "an object of accounts"],
    ["bank", "transfer", null, null, "{from, to, amount}"],
    ["bank", "transfer", { from: 0, to: 1, amount: "1" }, null, "the amount of a transfer is a number"],
    ["multi-register", "read", null, null, "an object of registers"],
    ["multi-register", "txn", [7], null, 'a transaction consists of ["r"'],
    ["fenced-lock", "acquire", null, "a", "the output of an acquire is a number"],
  ] as const)("%s: %s of %j with %j", (name, f, input, output, told) => {
    const spec = specOf(name);
    expect(() => spec.step(spec.init(), { f, input: input as Json }, ok(output as Json))).toThrow(told);
  });
});
