import { describe, expect, it } from "vitest";
import type { Json } from "../../../../src/core/json.ts";
import { culprits, decided, declined, linearizable, type Short } from "./sketches.ts";

type Step = readonly [f: string, input: Json, ok?: Json | "fail"];

/** One after the other; operation `i` is called at `10 i` and returns at `10 i + 5`. */
const inTurn = (...steps: readonly Step[]): Short[] =>
  steps.map(([f, input, ok = null], i) => [f, input, ok, 10 * i, 10 * i + 5]);

const fifo = (shorts: readonly Short[]) => decided("fifo-queue", "fifo-queue", shorts);
const priority = (shorts: readonly Short[]) => decided("priority-queue", "priority-queue", shorts);

const put = (value: Json): Step => ["enqueue", value];
const take = (value: Json): Step => ["dequeue", null, value];
const insert = (value: number): Step => ["insert", value];
const poll = (value: Json): Step => ["poll", null, value];

describe("a FIFO queue", () => {
  it.each<{ title: string; shorts: readonly Short[]; placed: number }>([
    { title: "nothing at all", shorts: [], placed: 0 },
    {
      title: "taken in order, then empty",
      shorts: inTurn(put(1), put(2), take(1), take(2), take(null), take("fail")),
      placed: 6,
    },
    { title: "some that stay, the last ones", shorts: inTurn(put(1), put(2), take(1), put(3)), placed: 4 },
    {
      title: "two that were put in at once, in either order",
      shorts: [
        ["enqueue", 1, null, 0, 9],
        ["enqueue", 2, null, 1, 2],
        ["dequeue", null, 2, 10, 11],
        ["dequeue", null, 1, 12, 13],
      ],
      placed: 4,
    },
    {
      title: "two that were taken at once, in either order",
      shorts: [
        ["enqueue", 1, null, 0, 1],
        ["enqueue", 2, null, 2, 3],
        ["dequeue", null, 2, 4, 6],
        ["dequeue", null, 1, 5, 7],
      ],
      placed: 4,
    },
    {
      title: "two that were taken where the takers touch",
      shorts: [
        ["enqueue", 1, null, 0, 1],
        ["enqueue", 2, null, 2, 3],
        ["dequeue", null, 2, 4, 6],
        ["dequeue", null, 1, 6, 7],
      ],
      placed: 4,
    },
    {
      title: "one that was taken while it was put in, by a taker called before",
      shorts: [
        ["dequeue", null, 1, 0, 5],
        ["enqueue", 1, null, 5, 6],
      ],
      placed: 2,
    },
    {
      title: "a taker that finds nothing before what is put in at once",
      shorts: [
        ["enqueue", 1, null, 0, 5],
        ["dequeue", null, null, 1, 2],
      ],
      placed: 2,
    },
    {
      title: "a taker that finds nothing between two values",
      shorts: [
        ["dequeue", null, null, 0, 20],
        ["enqueue", 1, null, 1, 2],
        ["dequeue", null, 1, 3, 10],
        ["enqueue", 2, null, 4, 5],
      ],
      placed: 4,
    },
    {
      title: "one of unknown outcome that was taken",
      shorts: [
        ["enqueue", 1, undefined, 0],
        ["dequeue", null, 1, 2, 3],
      ],
      placed: 1,
    },
    {
      title: "one of unknown outcome that was not taken",
      shorts: [
        ["enqueue", 1, undefined, 0],
        ["enqueue", 2, null, 2, 3],
        ["dequeue", null, 2, 4, 5],
        ["dequeue", null, null, 6, 7],
      ],
      placed: 3,
    },
    {
      title: "a taker of unknown outcome that need not have taken anything",
      shorts: [
        ["enqueue", 1, null, 0, 1],
        ["dequeue", null, undefined, 2],
        ["dequeue", null, 1, 4, 5],
      ],
      placed: 2,
    },
  ])("may be: $title", ({ shorts, placed }) => {
    expect(fifo(shorts)).toEqual(linearizable(placed));
  });

  it.each<{ title: string; shorts: readonly Short[]; named: readonly number[] }>([
    { title: "taken, never put in", shorts: inTurn(put(1), take(2), take(3)), named: [1] },
    { title: "the same, the first that was named", shorts: inTurn(take(3), put(1), take(2)), named: [0] },
    {
      title: "taken twice, the first two times",
      shorts: inTurn(put(1), put(2), take(1), take(2), take(1), take(1), take(2)),
      named: [0, 2, 4],
    },
    { title: "taken twice, never put in", shorts: inTurn(take(1), take(1), put(2)), named: [0, 1] },
    { title: "taken before it was put in", shorts: inTurn(take(1), put(1), put(2)), named: [0, 1] },
    { title: "the second taken first", shorts: inTurn(put(1), put(2), take(2), take(1)), named: [0, 1, 2, 3] },
    { title: "the second taken, the first never", shorts: inTurn(put(1), put(2), take(2)), named: [0, 1, 2] },
    {
      title: "the same after another that was taken in its turn",
      named: [1, 2, 4, 5],
      shorts: inTurn(put(1), put(2), put(3), take(1), take(3), take(2)),
    },
    {
      title: "of several that stay the one put in first",
      shorts: inTurn(put(1), put(2), put(3), take(3)),
      named: [0, 2, 3],
    },
    {
      title: "of several that stay and were put in by then the one called first",
      shorts: [
        ["enqueue", 1, null, 0, 5],
        ["enqueue", 2, null, 1, 4],
        ["enqueue", 3, null, 6, 7],
        ["dequeue", null, 3, 8, 9],
      ],
      named: [0, 2, 3],
    },
    {
      title: "of several put in by then the one taken last",
      shorts: [
        ["enqueue", 1, null, 0, 5],
        ["enqueue", 2, null, 1, 5],
        ["enqueue", 3, null, 2, 5],
        ...inTurn(put(4), take(1), take(4), take(3), take(2)).map(
          ([f, input, ok, call, ret]): Short => [f, input, ok, call + 10, Number(ret) + 10],
        ),
      ],
      named: [1, 3, 5, 7],
    },
    {
      title: "the second taken first, by the taker called first of all",
      shorts: [
        ["dequeue", null, 2, 0, 20],
        ["enqueue", 1, null, 1, 2],
        ["enqueue", 2, null, 3, 4],
        ["dequeue", null, 1, 30, 31],
      ],
      named: [0, 1, 2, 3],
    },
    {
      title: "the same whatever a taker of unknown outcome took",
      named: [0, 1, 2, 4],
      shorts: [
        ["dequeue", null, 2, 0, 20],
        ["enqueue", 1, null, 1, 2],
        ["enqueue", 2, null, 3, 4],
        ["dequeue", null, undefined, 21],
        ["dequeue", null, 1, 30, 31],
      ],
    },
    {
      title: "nothing found, but one was in: the one that was in longest",
      shorts: inTurn(put(1), put(2), take(null), take(1), take(2)),
      named: [1, 2, 4],
    },
    { title: "a failure to take that proves that nothing was in", shorts: inTurn(put(1), take("fail")), named: [0, 1] },
    {
      title: "nothing found, the first time",
      shorts: inTurn(take(null), put(1), take(null), take(null)),
      named: [1, 2],
    },
    {
      title: "nothing found while one or another was in",
      shorts: [
        ["enqueue", 1, null, 0, 1],
        ["dequeue", null, null, 2, 20],
        ["enqueue", 2, null, 3, 4],
        ["dequeue", null, 1, 5, 6],
        ["enqueue", 3, null, 7, 8],
        ["dequeue", null, 2, 30, 31],
      ],
      named: [0, 1, 2, 3, 5],
    },
    {
      title: "wrong whatever a taker of unknown outcome took",
      shorts: [
        ["dequeue", null, undefined, 0],
        ["enqueue", 3, null, 1, 2],
        ...inTurn(put(1), put(2), take(2), take(1)).map(
          ([f, input, ok, call, ret]): Short => [f, input, ok, call + 10, Number(ret) + 10],
        ),
      ],
      named: [2, 3, 4, 5],
    },
  ])("may not be: $title", ({ shorts, named }) => {
    expect(fifo(shorts)).toEqual(culprits(...named));
  });

  it.each<{ title: string; shorts: readonly Short[]; why: string }>([
    {
      title: "a value is put in twice",
      shorts: inTurn(put(1), take(1), put(1)),
      why: "a value is put in more than once",
    },
    {
      title: "a taker of unknown outcome may have made room",
      shorts: [
        ["enqueue", 1, null, 0, 1],
        ["enqueue", 2, null, 2, 3],
        ["dequeue", null, undefined, 4],
        ["dequeue", null, 2, 6, 7],
      ],
      why: "it is not known what a taker of unknown outcome took",
    },
    {
      title: "a taker of unknown outcome may have emptied it",
      shorts: [
        ["enqueue", 1, null, 0, 1],
        ["dequeue", null, undefined, 2],
        ["dequeue", null, null, 4, 5],
      ],
      why: "it is not known what a taker of unknown outcome took",
    },
  ])("is not decided where $title", ({ shorts, why }) => {
    expect(fifo(shorts)).toEqual(declined(why));
  });
});

describe("a priority queue", () => {
  it.each<{ title: string; shorts: readonly Short[]; placed: number }>([
    {
      title: "the smallest first, then empty",
      shorts: inTurn(insert(2), insert(1), poll(1), poll(2), poll(null)),
      placed: 5,
    },
    {
      title: "the same by its other names",
      shorts: inTurn(
        ["add", 2],
        ["add", 1],
        ["delete-min", null, 1],
        ["delete-min", null, 2],
        ["delete-min", null, null],
      ),
      placed: 5,
    },
    {
      title: "numbers below zero and fractions",
      shorts: inTurn(insert(0.5), insert(-3), insert(10), insert(9), poll(-3), poll(0.5), poll(9), poll(10)),
      placed: 8,
    },
    { title: "smaller ones that come too late", shorts: inTurn(insert(2), poll(2), insert(1)), placed: 3 },
    { title: "larger ones that stay", shorts: inTurn(insert(3), insert(1), insert(2), poll(1)), placed: 4 },
    {
      title: "a smaller one that is put in at once",
      shorts: [
        ["insert", 2, null, 0, 1],
        ["insert", 1, null, 2, 6],
        ["poll", null, 2, 3, 4],
      ],
      placed: 3,
    },
    {
      title: "a larger one before the smaller one, by takers at once",
      shorts: [
        ["insert", 2, null, 0, 1],
        ["insert", 1, null, 2, 3],
        ["poll", null, 2, 4, 6],
        ["poll", null, 1, 5, 7],
      ],
      placed: 4,
    },
    {
      title: "one that is taken while it is put in",
      shorts: [
        ["poll", null, 1, 0, 2],
        ["insert", 1, null, 1, 3],
      ],
      placed: 2,
    },
  ])("may be: $title", ({ shorts, placed }) => {
    expect(priority(shorts)).toEqual(linearizable(placed));
  });

  it.each<{ title: string; shorts: readonly Short[]; named: readonly number[] }>([
    {
      title: "a larger one first, the smaller one later",
      shorts: inTurn(insert(2), insert(1), insert(3), poll(2), poll(1)),
      named: [0, 1, 3, 4],
    },
    {
      title: "a larger one taken, the smaller one never",
      shorts: inTurn(insert(1), insert(2), ["delete-min", null, 2]),
      named: [0, 1, 2],
    },
    {
      title: "10 before 9: by size, not as texts",
      shorts: inTurn(insert(9), insert(10), poll(10), poll(9)),
      named: [0, 1, 2, 3],
    },
    { title: "taken before it was put in", shorts: inTurn(poll(1), insert(1)), named: [0, 1] },
    { title: "the same long before", shorts: inTurn(poll(1), insert(2), insert(3), insert(1)), named: [0, 3] },
    { title: "the same while it is full", shorts: inTurn(insert(2), poll(1), insert(1)), named: [1, 2] },
    {
      title: "a larger one while one or another smaller one was in",
      shorts: [
        ["insert", 3, null, 0, 1],
        ["insert", 1, null, 2, 3],
        ["poll", null, 3, 4, 20],
        ["insert", 2, null, 5, 6],
        ["poll", null, 1, 7, 8],
        ["poll", null, 2, 30, 31],
      ],
      named: [0, 1, 2, 3, 4, 5],
    },
    {
      title: "nothing found, but one was in: the one that was in longest",
      shorts: inTurn(insert(1), insert(2), ["delete-min", null, null], poll(1)),
      named: [1, 2],
    },
  ])("may not be: $title", ({ shorts, named }) => {
    expect(priority(shorts)).toEqual(culprits(...named));
  });
});
