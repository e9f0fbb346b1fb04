import { describe, expect, test } from "vitest";
import type { Invocation } from "../../../src/core/operation.ts";
import { apply, type Contents } from "../../../src/models/shared/key-value.ts";

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
