import { describe, expect, it } from "vitest";
import type { Decision } from "../../../../checkers/linearizability/algorithm.ts";
import type { Json } from "../../../../src/core/json.ts";
import { culprits, decided, declined, linearizable, type Short } from "./sketches.ts";

const append = (value: Json, call: number, ret: number): Short => ["append", value, null, call, ret];
const maybeAppend = (value: Json, call: number): Short => ["append", value, undefined, call];
const read = (saw: Json, call: number, ret: number): Short => ["read", null, saw, call, ret];

const listOf = (...shorts: readonly Short[]): Decision => decided("append-list", "append-list", shorts);

/** All at once, and as long as any other operation. */
const appends = (...values: readonly Json[]): Short[] => values.map((value) => append(value, 0, 99));

type Row = readonly [title: string, shorts: readonly Short[], expected: Decision];

describe("a list to which different values are appended", () => {
  it.each<Row>([
    ["is empty at first", [read([], 0, 1), append(1, 2, 3)], linearizable(2)],
    ["is nothing at first", [read(null, 0, 1), append(1, 2, 3)], linearizable(2)],
    ["may not be read at all", [append(1, 0, 1), append(2, 2, 3)], linearizable(2)],
    ["has no operations at all", [], linearizable(0)],
    ["is what was appended", [append(7, 0, 1), append("7", 2, 3), read([7, "7"], 4, 5)], linearizable(3)],
    ["may not be read again", [append(1, 0, 1), read([1], 2, 3), append(2, 4, 5)], linearizable(3)],
    ["may be read while it grows", [read([1], 0, 9), append(1, 1, 2), append(2, 3, 4)], linearizable(3)],
    ["may be read before it grows", [read([], 0, 9), append(1, 1, 2)], linearizable(2)],
    ["may be of lists", [append([1], 0, 1), append([2], 2, 3), read([[1], [2]], 4, 5)], linearizable(3)],
    ["may be read too early", [...appends(1, 2), read([1], 1, 2), read([1, 2], 3, 4)], linearizable(4)],
    ["may be read by several", [...appends(1, 2), read([1, 2], 1, 2), read([1, 2], 3, 4)], linearizable(4)],
  ])("%s", (_, shorts, expected) => {
    expect(listOf(...shorts)).toEqual(expected);
  });

  it("is not decided if a value is appended twice, though nobody may have seen it", () => {
    const TWICE = declined("a value is appended more than once");
    expect(listOf(append(1, 0, 1), append(2, 2, 3), append(1, 4, 5))).toEqual(TWICE);
    expect(listOf(append(1, 0, 1), maybeAppend(1, 4))).toEqual(TWICE);
    expect(listOf(append({ a: 1, b: 2 }, 0, 1), append({ b: 2, a: 1 }, 4, 5))).toEqual(TWICE);
  });

  it("is given up when the time is over, though not for a list that nobody read", () => {
    const shorts = [append(1, 0, 1), read([1], 2, 3)];
    expect(decided("append-list", "append-list", shorts, performance.now() - 1)).toEqual({ type: "time", placed: 0 });
    expect(decided("append-list", "append-list", shorts.slice(0, 1), performance.now() - 1)).toEqual(linearizable(1));
  });
});

describe("a list is refuted by what a read shows:", () => {
  it.each<Row>([
    ["the longest one a value that nobody appended", [...appends(1, 2), read([1, 3], 1, 2)], culprits(0, 2)],
    ["the longest one a value twice", [...appends(1, 2), read([1, 1], 1, 2), read([2], 1, 2)], culprits(0, 2)],
    [
      "the first of the longest ones",
      [...appends(1, 2), read([1], 1, 2), read([1, 2], 3, 4), read([2, 1], 5, 6), read([1, 2], 7, 8)],
      culprits(0, 1, 3, 4),
    ],
    [
      "a shorter one a value that nobody appended",
      [...appends(1, 2, 5), read([1, 2], 1, 2), read([3], 3, 4)],
      culprits(4),
    ],
    [
      "a shorter one a value that nobody appended, after some that somebody did",
      [...appends(1, 2, 5), read([1, 2, 5], 1, 2), read([1, 3], 3, 4)],
      culprits(0, 4),
    ],
    [
      "a shorter one another value, and the longest one",
      [...appends(1, 2, 3, 4), read([1], 1, 2), read([1, 2, 3], 1, 2), read([2], 3, 4)],
      culprits(0, 1, 2, 5, 6),
    ],
    [
      "a shorter one values in another order",
      [...appends(1, 2, 3), read([1, 2, 3], 1, 2), read([2, 1], 3, 4)],
      culprits(0, 1, 2, 3, 4),
    ],
    [
      "a shorter one a value that the longest one does not show",
      [...appends(1, 2, 3), read([1, 2], 1, 2), read([3], 3, 4)],
      culprits(0, 1, 2, 3, 4),
    ],
    ["one of lists", [append([1], 0, 9), read([[1]], 1, 2), read([[2]], 3, 4)], culprits(2)],
  ])("%s", (_, shorts, expected) => {
    expect(listOf(...shorts)).toEqual(expected);
  });

  it("but not by values that are written otherwise", () => {
    const some = [append({ a: 1, b: 2 }, 0, 1), append(2, 2, 9)];
    expect(listOf(...some, read([{ b: 2, a: 1 }], 4, 5), read([{ a: 1, b: 2 }, 2], 6, 7))).toEqual(linearizable(4));
  });
});

describe("a list is refuted by two operations in the wrong order, and what shows their order:", () => {
  it.each<Row>([
    ["a read before the append it shows", [read([1], 0, 1), append(1, 2, 3)], culprits(0, 1)],
    ["a read after an append it does not show", [append(1, 0, 1), append(2, 2, 3), read([1], 4, 5)], culprits(0, 1, 2)],
    ["an empty read after an append", [append(1, 0, 1), read([], 2, 3)], culprits(0, 1)],
    ["a read of nothing after an append", [append(1, 0, 1), read(null, 2, 3)], culprits(0, 1)],
    [
      "reads one after the other",
      [...appends(1, 2, 3), read([1, 2], 1, 2), read([1], 3, 4), read([1, 2, 3], 5, 6)],
      culprits(0, 1, 3, 4),
    ],
    [
      "reads one after the other, though there is a shorter one",
      [...appends(1, 2), read([], 1, 2), read([1, 2], 3, 4), read([1], 5, 6)],
      culprits(0, 1, 3, 4),
    ],
    [
      "two appends, and the only read",
      [append(1, 0, 1), append(2, 2, 3), read([2, 1], 4, 5), append(3, 6, 7)],
      culprits(0, 1, 2),
    ],
    [
      "two appends, and the shortest read that shows the second one, though not the one it ends with",
      [
        ...[append(1, 0, 1), append(2, 2, 3), append(3, 4, 99), append(4, 4, 99), append(5, 4, 99)],
        ...[read([2, 1, 3, 4, 5], 5, 6), read([2, 1, 3, 4], 5, 6), read([2, 1, 3], 5, 6), read([2, 1, 3], 5, 6)],
      ],
      culprits(0, 1, 2, 7),
    ],
    [
      "two appends, where a read that ends before the second one shows less",
      [...[append(1, 0, 1), append(2, 2, 99)], read([2], 3, 99), read([2, 1], 3, 99), append(3, 4, 5)],
      culprits(0, 1, 2),
    ],
    [
      "an append that nobody saw, and one that was called after it returned and was seen",
      [append(1, 0, 1), append(2, 2, 3), read([2], 2, 9)],
      culprits(0, 1, 2),
    ],
    [
      "an append that nobody saw, and a short read that was called after it returned",
      [append(3, 0, 99), append(1, 0, 1), append(2, 0, 99), read([3], 2, 9), read([3, 2], 4, 9)],
      culprits(0, 1, 3),
    ],
  ])("%s", (_, shorts, expected) => {
    expect(listOf(...shorts)).toEqual(expected);
  });
});

describe("an append of unknown outcome", () => {
  it.each<Row>([
    ["did not happen if nobody saw it", [maybeAppend(1, 0), append(2, 2, 3), read([2], 4, 5)], linearizable(2)],
    ["happened if somebody saw it", [maybeAppend(1, 0), append(2, 2, 3), read([1, 2], 4, 5)], linearizable(2)],
    ["may happen long after", [maybeAppend(1, 0), append(2, 2, 3), read([2, 1], 4, 5)], linearizable(2)],
    ["did not happen before it was called", [read([1], 0, 1), maybeAppend(1, 2)], culprits(0, 1)],
    ["stays where it was seen", [maybeAppend(1, 0), read([1], 2, 3), read([], 4, 5)], culprits(0, 1, 2)],
  ])("%s", (_, shorts, expected) => {
    expect(listOf(...shorts)).toEqual(expected);
  });
});
