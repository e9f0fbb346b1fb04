import { describe, expect, test } from "vitest";
import type { Invocation } from "../../../src/core/operation.ts";
import { apply, type Contents, isRead, keysOf, observes } from "../../../src/models/shared/key-value.ts";

const outcomes = (...ops: readonly (readonly [f: string, input: Invocation["input"]])[]): unknown[] => {
  const contents: Contents = new Map();
  return ops.map(([f, input]) => {
    const outcome = apply(contents, { f, key: "x", input });
    return outcome.type === "ok" ? outcome.value : outcome.error.name;
  });
};

describe("a copy of the key-value store", () => {
  test("holds registers, lists and sets", () => {
    expect(
      outcomes(["read", null], ["write", 1], ["read", null], ["cas", [1, 2]], ["cas", [1, 3]], ["read", null]),
    ).toEqual([null, null, 1, null, "precondition-failed", 2]);
    expect(outcomes(["append", 1], ["append", 1], ["read", null])).toEqual([null, null, [1, 1]]);
    expect(outcomes(["add", 1], ["add", 2], ["add", 1], ["read", null])).toEqual([null, null, null, [1, 2]]);
  });

  test("holds counters and a source of identifiers", () => {
    expect(outcomes(["increment", 1], ["increment", 2], ["decrement", 1], ["decrement", null], ["read", null])).toEqual(
      [null, null, null, null, 1],
    );
    expect(outcomes(["generate", null], ["generate", null], ["read", null])).toEqual([1, 2, 2]);
  });

  test("does several reads and writes at once, each after the one before", () => {
    const contents: Contents = new Map([["y", 7]]);
    const txn: Invocation = {
      f: "txn",
      input: [
        ["r", "x", null],
        ["w", "x", 1],
        ["r", "x", null],
        ["r", "y", null],
      ],
    };
    expect(apply(contents, txn)).toEqual({
      type: "ok",
      value: [
        ["r", "x", null],
        ["w", "x", 1],
        ["r", "x", 1],
        ["r", "y", 7],
      ],
    });
    expect([...contents]).toEqual([
      ["y", 7],
      ["x", 1],
    ]);
    expect(keysOf(txn)).toEqual(["x", "y"]);
    expect(keysOf({ f: "read", key: "x", input: null })).toEqual(["x"]);
    const about = (...input: [string, string, number | null][]) => {
      const op = { f: "txn", input };
      return [isRead(op), observes(op)];
    };
    expect(about(["r", "x", null], ["r", "y", null])).toEqual([true, true]);
    expect(about(["w", "x", 1], ["r", "y", null])).toEqual([false, true]);
    expect(about(["w", "x", 1])).toEqual([false, false]);
  });

  test("says what it has not", () => {
    expect(outcomes(["dequeue", null], ["read", null])).toEqual(["not-supported", null]);
  });

  test("never changes what it has given out", () => {
    const contents: Contents = new Map();
    const read = (): unknown => contents.get("x");
    apply(contents, { f: "add", key: "x", input: 1 });
    const before = read();
    apply(contents, { f: "add", key: "x", input: 2 });
    expect([before, read()]).toEqual([[1], [1, 2]]);
  });
});
