import { describe, expect, it } from "vitest";
import { Cover, chain, coverItem, wronglyEmpty } from "../../../../checkers/linearizability/algorithms/shared/cover.ts";
import { Heap } from "../../../../checkers/linearizability/algorithms/shared/heap.ts";
import {
  buildItems,
  type Items,
  operationsOn,
  restrict,
  takenTooEarly,
} from "../../../../checkers/linearizability/algorithms/shared/items.ts";
import { inversion } from "../../../../checkers/linearizability/algorithms/shared/ranks.ts";

describe("ranks in time", () => {
  /** Operations as `[rank, until]`. */
  const wrong = (...ops: readonly (readonly [rank: number, until: number])[]) =>
    inversion(
      Int32Array.from(ops, ([rank]) => rank),
      Int32Array.from(ops, ([, until]) => until),
      Math.max(0, ...ops.map(([rank]) => rank)),
    );

  it.each<{ title: string; ops: readonly (readonly [number, number])[] }>([
    { title: "no operations", ops: [] },
    { title: "one operation", ops: [[0, 1]] },
    {
      title: "operations in order",
      ops: [
        [0, 1],
        [1, 2],
        [2, 3],
      ],
    },
    {
      title: "equal ranks in any order",
      ops: [
        [1, 1],
        [1, 2],
        [1, 3],
      ],
    },
    {
      title: "operations at once in any order",
      ops: [
        [2, 3],
        [1, 3],
        [0, 3],
      ],
    },
    {
      title: "one that is left out, called late",
      ops: [
        [1, 1],
        [-1, 2],
        [2, 3],
      ],
    },
    {
      title: "one that is left out, returned early",
      ops: [
        [-1, 1],
        [0, 2],
        [1, 3],
      ],
    },
    {
      title: "nothing but what is left out",
      ops: [
        [-1, 1],
        [-1, 2],
      ],
    },
  ])("do not contradict: $title", ({ ops }) => {
    expect(wrong(...ops)).toBeUndefined();
  });

  it.each<{ title: string; ops: readonly (readonly [number, number])[]; first: number; second: number }>([
    {
      title: "two in the other order",
      ops: [
        [1, 1],
        [0, 2],
      ],
      first: 1,
      second: 0,
    },
    {
      title: "two of far ranks",
      ops: [
        [7, 1],
        [0, 2],
      ],
      first: 1,
      second: 0,
    },
    {
      title: "two of high ranks",
      ops: [
        [0, 1],
        [7, 2],
        [6, 3],
      ],
      first: 2,
      second: 1,
    },
    {
      title: "the first that was called too late",
      ops: [
        [3, 1],
        [2, 2],
        [1, 3],
      ],
      first: 1,
      second: 0,
    },
    {
      title: "with the one that returned first, of the same rank",
      ops: [
        [5, 3],
        [5, 2],
        [5, 3],
        [4, 4],
      ],
      first: 3,
      second: 1,
    },
    {
      title: "with the one that returned first, of a higher rank",
      ops: [
        [4, 3],
        [5, 2],
        [6, 3],
        [3, 4],
      ],
      first: 3,
      second: 1,
    },
    {
      title: "of those that returned at once, with the one of the lowest rank",
      ops: [
        [6, 3],
        [5, 3],
        [5, 3],
        [4, 4],
      ],
      first: 3,
      second: 1,
    },
    {
      title: "with one of the next rank that returned after one of a lower rank",
      ops: [
        [0, 1],
        [2, 2],
        [1, 3],
      ],
      first: 2,
      second: 1,
    },
    {
      title: "with one that outlasts the one called too late",
      ops: [
        [1, 3],
        [2, 2],
        [1, 3],
      ],
      first: 2,
      second: 1,
    },
  ])("contradict: $title", ({ ops, first, second }) => {
    expect(wrong(...ops)).toEqual({ first, second });
  });
});

/** Items as `[add, take, until of the add, until of the take]` among so many operations; without a take it stays. */
function itemsOf(size: number, ...columns: readonly (readonly number[])[]): Items {
  const until = new Int32Array(size).fill(size);
  for (const [add = 0, take = -1, addUntil = size, takeUntil = size] of columns) {
    until[add] = addUntil;
    if (take >= 0) until[take] = takeUntil;
  }
  return buildItems(
    Int32Array.from(columns, ([add = 0]) => add),
    Int32Array.from(columns, ([, take = -1]) => take),
    until,
  );
}

const all = (): boolean => true;

describe("covered slots", () => {
  it("reach from where they are covered to the next that is not", () => {
    const cover = new Cover(6);
    cover.add(2, 3);
    cover.add(5, 4);
    expect([0, 1, 2, 3, 4, 5, 6, 7].map((slot) => cover.find(slot))).toEqual([0, 1, 4, 4, 4, 5, 6, 7]);
    cover.add(1, 6);
    expect([0, 1, 2, 3, 4, 5, 6, 7].map((slot) => cover.find(slot))).toEqual([0, 7, 7, 7, 7, 7, 7, 7]);
  });

  it("are those after an item was put in, up to the call of its taker", () => {
    const items = itemsOf(4, [0, 3, 1, 4], [1, 2, 2, 3]);
    const cover = new Cover(items.size);
    coverItem(cover, items, 1);
    expect([1, 2, 3, 4].map((slot) => cover.find(slot))).toEqual([1, 2, 3, 4]);
    coverItem(cover, items, 0);
    expect([1, 2, 3, 4].map((slot) => cover.find(slot))).toEqual([1, 4, 4, 4]);
  });

  it.each<{
    title: string;
    items: Items;
    from: number;
    to: number;
    links: readonly number[];
    allowed?: (i: number) => boolean;
  }>([
    { title: "one item covers all", items: itemsOf(6, [0, 5, 1]), from: 2, to: 5, links: [0] },
    { title: "one slot", items: itemsOf(6, [0, 2, 1], [3, 5, 4]), from: 2, to: 2, links: [0] },
    {
      title: "the last slot is covered by one that begins there",
      items: itemsOf(6, [0, 2, 1], [1, 5, 2]),
      from: 2,
      to: 3,
      links: [0, 1],
    },
    {
      title: "the longer of two that begin at once",
      items: itemsOf(8, [0, 5, 2], [1, 4, 2], [3, 7, 5]),
      from: 3,
      to: 7,
      links: [0, 2],
    },
    {
      title: "the longer of two that began before",
      items: itemsOf(8, [0, 4, 1], [1, 5, 2], [2, 7, 5]),
      from: 3,
      to: 7,
      links: [1, 2],
    },
    {
      title: "of two that stay the first, where they begin at once",
      items: itemsOf(4, [0, -1, 2], [1, -1, 2]),
      from: 3,
      to: 4,
      links: [0],
    },
    {
      title: "of two that stay the first, where one begins later",
      items: itemsOf(4, [0, -1, 1], [1, -1, 2]),
      from: 2,
      to: 4,
      links: [0],
    },
    {
      title: "the last that reaches on, not one in between",
      items: itemsOf(9, [0, 4, 1], [1, 5, 2], [2, 6, 3], [3, 8, 5]),
      from: 2,
      to: 8,
      links: [0, 2, 3],
    },
    {
      title: "the one that reaches furthest, not the one that begins last",
      items: itemsOf(9, [0, 5, 1], [1, 8, 2], [2, 6, 3]),
      from: 2,
      to: 8,
      links: [0, 1],
    },
    {
      title: "of two that stay the first, after another",
      items: itemsOf(6, [0, 4, 1], [1, -1, 2], [2, -1, 3]),
      from: 2,
      to: 6,
      links: [0, 1],
    },
    {
      title: "in order of time, not of the items",
      items: itemsOf(9, [2, 8, 3], [0, 5, 1]),
      from: 2,
      to: 8,
      links: [1, 0],
    },
    {
      title: "only those that are allowed",
      items: itemsOf(9, [0, 8, 1], [1, 8, 2], [2, 7, 3]),
      from: 4,
      to: 7,
      links: [2],
      allowed: (item) => item === 2,
    },
  ])("need few items: $title", ({ items, from, to, links, allowed = all }) => {
    expect(chain(items, from, to, allowed)).toEqual(links);
  });

  it("contradict a taker that finds nothing, if all of its slots are covered", () => {
    const items = itemsOf(6, [0, 4, 1]);
    const asked = (until: number, ...takers: readonly number[]) =>
      wronglyEmpty(items, Int32Array.from(takers), new Int32Array(6).fill(until));
    expect(asked(4, 1)).toEqual({ taker: 1, links: [0] });
    expect(asked(4, 0, 2, 3)).toEqual({ taker: 2, links: [0] });
    expect(asked(5, 1, 2, 3)).toBeUndefined();
    expect(asked(4)).toBeUndefined();
  });
});

describe("items of a history", () => {
  const items = itemsOf(9, [1, 7, 3, 8], [4, -1, 6], [2, 5, 7, 6]);

  it("are columns of positions, and one that stays is taken after everything else", () => {
    expect(items).toMatchObject({ count: 3, size: 9 });
    expect([...items.addFrom, ...items.addUntil]).toEqual([1, 4, 2, 3, 6, 7]);
    expect([...items.takeFrom, ...items.takeUntil]).toEqual([7, 9, 5, 8, 10, 6]);
    const { takeFrom, takeUntil } = itemsOf(3, [1, 0, 2, 2]);
    expect([...takeFrom, ...takeUntil]).toEqual([0, 2]);
  });

  it("are numbered anew where only some are left, but keep their operations", () => {
    const some = restrict(items, [2, 1]);
    expect(some).toMatchObject({ count: 2, size: 3 });
    expect([...some.addFrom, ...some.addUntil]).toEqual([0, 1, 3, 3]);
    expect([...some.takeFrom, ...some.takeUntil]).toEqual([2, 3, 3, 4]);
    expect([...some.adds, ...some.takes]).toEqual([2, 4, 5, -1]);
    expect(operationsOn(some, [1, 0])).toEqual([4, 2, 5]);
    // The very first operation is one too.
    expect(operationsOn(itemsOf(2, [1, 0]), [0])).toEqual([1, 0]);
  });

  it("are taken too early if the taker returned before they were put in", () => {
    expect(takenTooEarly(itemsOf(4, [0, 2, 1, 3], [3, 1, 4, 3]))).toBe(1);
    expect(takenTooEarly(itemsOf(4, [2, 0, 4, 2], [3, 1, 4, 3]))).toBe(0);
    expect(takenTooEarly(itemsOf(4, [0, 2, 1, 3], [2, 1, 4, 3]))).toBe(-1);
    expect(takenTooEarly(itemsOf(4, [0, -1, 1], [3, -1, 4]))).toBe(-1);
  });
});

describe("a heap", () => {
  it("gives the smallest key first, and nothing when it is empty", () => {
    const keys = [5, 3, 8, 1, 9, 2, 7, 4, 6, 0, 3];
    const heap = new Heap(Int32Array.from(keys));
    expect([heap.size, heap.least]).toEqual([0, Number.POSITIVE_INFINITY]);
    for (const item of keys.keys()) heap.push(item);
    const seen: number[] = [];
    while (heap.size > 0) {
      seen.push(heap.least);
      heap.pop();
    }
    expect(seen).toEqual([...keys].sort((a, b) => a - b));
    heap.pop();
    expect([heap.size, heap.least]).toEqual([0, Number.POSITIVE_INFINITY]);
    heap.push(2);
    expect([heap.size, heap.least]).toEqual([1, 8]);
  });
});
