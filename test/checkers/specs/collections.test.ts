import { describe, expect, it } from "vitest";
import {
  bag,
  bank,
  bankWith,
  counter,
  fencedLock,
  fifoQueue,
  log,
  multiRegister,
  mutex,
  priorityQueue,
  reentrantMutex,
  set,
  stack,
  uniqueIds,
} from "../../../checkers/specs/index.ts";
import type { Json } from "../../../src/core/json.ts";
import type { Outcome } from "../../../src/core/operation.ts";
import type { Spec } from "../../../src/core/spec.ts";

/** An operation in few words: function, input, output or outcome, process. */
type Line = readonly [f: string, input: Json, output?: Json | Outcome, process?: number];

const unknown: Outcome = { type: "info", error: { name: "timeout" } };
const failed = (name: string): Outcome => ({ type: "fail", error: { name } });

const outcomeOf = (output: Json | Outcome): Outcome =>
  typeof output === "object" && output !== null && "type" in output
    ? (output as Outcome)
    : { type: "ok", value: output as Json };

/** How many of the operations are possible, one after the other. */
function reach<S>(spec: Spec<S>, ...lines: readonly Line[]): number {
  let s = spec.init();
  for (const [i, [f, input, output, process]] of lines.entries()) {
    const next = spec.step(s, { f, input, process: process ?? 0 }, outcomeOf(output ?? null));
    if (next === undefined) return i;
    s = next;
  }
  return lines.length;
}

const possible = <S>(spec: Spec<S>, ...lines: readonly Line[]): boolean => reach(spec, ...lines) === lines.length;

describe("queues", () => {
  it("hand out the oldest, the youngest, the smallest", () => {
    const puts = (f: string): Line[] => [5, 12, 9].map((value) => [f, value]);
    const takes = (f: string, ...values: readonly Json[]): Line[] => values.map((value) => [f, null, value]);
    expect(possible(fifoQueue, ...puts("enqueue"), ...takes("dequeue", 5, 12, 9, null))).toBe(true);
    expect(possible(stack, ...puts("push"), ...takes("pop", 9, 12, 5, null))).toBe(true);
    expect(possible(priorityQueue, ...puts("insert"), ...takes("poll", 5, 9, 12, null))).toBe(true);
    expect(reach(fifoQueue, ...puts("enqueue"), ...takes("dequeue", 12))).toBe(3);
    expect(reach(stack, ...puts("push"), ...takes("pop", 9, 5))).toBe(4);
    expect(reach(priorityQueue, ...puts("add"), ...takes("delete-min", 5, 12))).toBe(4);
    expect(reach(fifoQueue, ["enqueue", 1], ["dequeue", null, null])).toBe(1);
  });

  it("lose a value, or nothing, to a taker of unknown outcome", () => {
    expect(possible(fifoQueue, ["enqueue", 1], ["enqueue", 2], ["dequeue", null, unknown], ["dequeue", null, 2])).toBe(
      true,
    );
    expect(possible(stack, ["pop", null, unknown], ["push", 1], ["pop", null, 1])).toBe(true);
  });

  it("are shown empty by a taker that fails so", () => {
    for (const name of ["empty", "precondition-failed"]) {
      expect(fifoQueue.observes({ f: "dequeue", input: null }, { type: "fail", error: { name } })).toBe(true);
      expect(possible(fifoQueue, ["dequeue", null, failed(name)])).toBe(true);
      expect(possible(fifoQueue, ["enqueue", 1], ["dequeue", null, failed(name)])).toBe(false);
    }
    expect(stack.observes({ f: "pop", input: null }, { type: "fail", error: { name: "abort" } })).toBe(false);
    expect(stack.observes({ f: "push", input: 1 }, { type: "fail", error: { name: "empty" } })).toBe(false);
  });

  it("say what can be put in", () => {
    expect(() => reach(fifoQueue, ["enqueue", null])).toThrow("null stands for an empty collection");
    expect(() => reach(priorityQueue, ["insert", "a"])).toThrow("is a number");
  });
});

describe("set", () => {
  it("holds each element once, and may tell what changed", () => {
    expect(possible(set, ["add", 1], ["add", 1], ["contains", 1, true], ["contains", 2, false])).toBe(true);
    expect(possible(set, ["add", 1, true], ["add", 1, false], ["remove", 1, true], ["remove", 1, false])).toBe(true);
    expect(reach(set, ["add", 1, true], ["add", 1, true])).toBe(1);
    expect(reach(set, ["remove", 1, true])).toBe(0);
    expect(possible(set, ["add", 2], ["add", 1], ["read", null, [2, 1]], ["remove", 2], ["read", null, [1]])).toBe(
      true,
    );
    expect(reach(set, ["add", 2], ["read", null, [2, 2]])).toBe(1);
    expect(() => reach(set, ["add", 1, 7])).toThrow("true, false or null");
  });
});

describe("bag", () => {
  it("gives any value that is in it, as often as it is", () => {
    expect(
      possible(bag, ["enqueue", 1], ["add", 2], ["dequeue", null, 2], ["take", null, 1], ["take", null, null]),
    ).toBe(true);
    expect(reach(bag, ["add", 1], ["add", 1], ["take", null, 1], ["take", null, 1], ["take", null, 1])).toBe(4);
    expect(possible(bag, ["add", 2], ["add", 1], ["read", null, [2, 1]])).toBe(true);
  });

  it("does not know what a taker of unknown outcome took until something shows it", () => {
    const start: Line[] = [
      ["add", 1],
      ["add", 2],
      ["take", null, unknown],
    ];
    for (const left of [1, 2]) expect(possible(bag, ...start, ["take", null, left], ["take", null, null])).toBe(true);
    expect(reach(bag, ...start, ["read", null, [2]], ["take", null, 1])).toBe(4);
    expect(reach(bag, ...start, ["take", null, null])).toBe(3);
  });
});

describe("counter", () => {
  it("is the sum of what was added", () => {
    expect(
      possible(counter, ["read", null, 0], ["add", 5], ["increment", null], ["decrement", 2], ["read", null, 4]),
    ).toBe(true);
    expect(reach(counter, ["add", 5], ["read", null, 4])).toBe(1);
    expect(() => reach(counter, ["add", null])).toThrow("is a number");
  });
});

describe("locks", () => {
  it("belong to one process, or to whom the input names", () => {
    expect(possible(mutex, ["acquire", null], ["release", null], ["acquire", null, null, 1])).toBe(true);
    expect(reach(mutex, ["acquire", null], ["acquire", null, null, 1])).toBe(1);
    expect(reach(mutex, ["acquire", null], ["release", null, null, 1])).toBe(1);
    expect(reach(mutex, ["release", null])).toBe(0);
    expect(possible(mutex, ["acquire", "a"], ["release", "a", null, 1])).toBe(true);
    expect(reach(mutex, ["acquire", null], ["acquire", null])).toBe(1);
  });

  it("fail to be acquired only if held, and to be released only if not one's own", () => {
    const refused = failed("precondition-failed");
    expect(reach(mutex, ["acquire", null, refused])).toBe(0);
    expect(possible(mutex, ["acquire", null], ["acquire", null, refused, 1], ["release", null, refused, 1])).toBe(true);
    expect(reach(mutex, ["acquire", null], ["release", null, refused])).toBe(1);
  });

  it("are as they were after an unknown outcome that cannot have happened", () => {
    expect(
      reach(mutex, ["acquire", null], ["acquire", null, unknown, 1], ["release", null, unknown, 1], ["release", null]),
    ).toBe(4);
  });

  it("can be acquired again if reentrant, and are then released as often", () => {
    expect(reach(reentrantMutex, ["acquire", 1], ["acquire", 1], ["release", 1], ["acquire", 2])).toBe(3);
    expect(
      possible(reentrantMutex, ["acquire", 1], ["acquire", 1], ["release", 1], ["release", 1], ["acquire", 2]),
    ).toBe(true);
  });

  it("give tokens that grow if fenced", () => {
    expect(
      possible(fencedLock, ["acquire", 1, 3], ["release", 1], ["acquire", 2, 7], ["release", 2], ["acquire", 1, null]),
    ).toBe(true);
    expect(reach(fencedLock, ["acquire", 1, 3], ["release", 1], ["acquire", 2, 3])).toBe(2);
    expect(() => reach(fencedLock, ["acquire", 1, "x"])).toThrow("is a number");
  });
});

describe("multi-register", () => {
  it("reads and writes several registers at once", () => {
    expect(
      possible(multiRegister, ["write", { x: 1, y: 2 }], ["read", null, { x: 1 }], ["read", null, { z: null, y: 2 }]),
    ).toBe(true);
    expect(reach(multiRegister, ["write", { x: 1 }], ["read", null, { x: 1, y: 2 }])).toBe(1);
    const txn: Json = [
      ["r", "x", 1],
      ["w", "x", 2],
      ["read", "x", 2],
      ["write", "y", 3],
    ];
    expect(
      possible(multiRegister, ["write", { x: 1 }], ["txn", [["r", "x", null]], txn], ["read", null, { x: 2, y: 3 }]),
    ).toBe(true);
    expect(reach(multiRegister, ["txn", [["r", "x", null]], txn])).toBe(0);
    expect(() => reach(multiRegister, ["txn", [["append", "x", 1]]])).toThrow('["r", register, value]');
    expect(() => reach(multiRegister, ["write", 3])).toThrow("object of registers");
  });
});

describe("bank", () => {
  it("moves money that is there", () => {
    expect(possible(bank, ["transfer", { from: 0, to: 1, amount: 60 }], ["read", null, { 0: 40, 1: 60 }])).toBe(true);
    expect(reach(bank, ["transfer", { from: 0, to: 1, amount: 101 }])).toBe(0);
    expect(reach(bank, ["transfer", { from: 0, to: 1, amount: 60 }, failed("precondition-failed")])).toBe(0);
    expect(possible(bank, ["transfer", { from: 1, to: 0, amount: 60 }, failed("precondition-failed")])).toBe(true);
    expect(possible(bank, ["transfer", { from: 1, to: 0, amount: 60 }, unknown], ["read", null, { 0: 100 }])).toBe(
      true,
    );
    expect(() => reach(bank, ["transfer", [0, 1, 5]])).toThrow("{from, to, amount}");
  });

  it("may overdraw if told so", () => {
    const spec = bankWith({ balances: { a: 1 }, overdraft: true });
    expect(possible(spec, ["transfer", { from: "b", to: "a", amount: 2 }], ["read", null, { a: 3, b: -2 }])).toBe(true);
    expect(
      spec.observes({ f: "transfer", input: null }, { type: "fail", error: { name: "precondition-failed" } }),
    ).toBe(false);
    expect(spec.nature?.({ f: "transfer", input: null }, unknown)).toBe("blind");
  });
});

describe("unique-ids", () => {
  it("never repeat", () => {
    expect(possible(uniqueIds, ["generate", null, 1], ["generate", null, "1"], ["generate", null, unknown])).toBe(true);
    expect(reach(uniqueIds, ["generate", null, 1], ["generate", null, 2], ["generate", null, 1])).toBe(2);
  });
});

describe("log", () => {
  it("counts from 0 and is read from an offset to the end", () => {
    const start: Line[] = [
      ["append", "a", 0],
      ["send", "b", null],
      ["append", "c", 2],
    ];
    expect(possible(log, ...start, ["read", null, ["a", "b", "c"]], ["poll", 1, ["b", "c"]], ["read", 3, []])).toBe(
      true,
    );
    expect(possible(log, ...start, ["read", [1, 1], ["b"]])).toBe(true);
    expect(reach(log, ...start, ["read", 1, ["b"]])).toBe(3);
    expect(reach(log, ["append", "a", 1])).toBe(0);
    expect(() => reach(log, ["read", -1])).toThrow("integer from 0");
  });
});
