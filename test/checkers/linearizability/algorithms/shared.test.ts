import { describe, expect, it } from "vitest";
import { DistinctValues } from "../../../../checkers/linearizability/algorithms/distinct.ts";
import { Cover, chain, coverItem, wronglyEmpty } from "../../../../checkers/linearizability/algorithms/shared/cover.ts";
import { CoverTree } from "../../../../checkers/linearizability/algorithms/shared/cover-tree.ts";
import { Heap } from "../../../../checkers/linearizability/algorithms/shared/heap.ts";
import {
  buildItems,
  type Items,
  operationsOn,
  restrict,
  takenTooEarly,
} from "../../../../checkers/linearizability/algorithms/shared/items.ts";
import { inversion } from "../../../../checkers/linearizability/algorithms/shared/ranks.ts";
import { shrink } from "../../../../checkers/linearizability/algorithms/shared/shrink.ts";
import { Spans } from "../../../../checkers/linearizability/algorithms/shared/spans.ts";
import { decideInTime, timesOf, untilsOf } from "../../../../checkers/linearizability/algorithms/shared/timeline.ts";
import type { Json } from "../../../../src/core/json.ts";
import { Random } from "../../../../src/core/random.ts";
import { history } from "../../../support/histories.ts";
import { runs } from "../../../support/runs.ts";

const ROUNDS = Math.ceil(runs(20_000) / 10);

/** Calls `examine` with a source of chance for each round. */
function rounds(examine: (random: Random, seed: number) => void): void {
  for (let seed = 0; seed < ROUNDS; seed++) examine(new Random(seed), seed);
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** So many operations, each of which returns somewhere after its call, as `Until`. */
const untils = (random: Random, count: number): Int32Array =>
  Int32Array.from(upTo(count), (i) => Math.min(count, i + 1 + random.below(5)));

/** Some operations paired to items; about a fourth of the items stay. */
function someItems(random: Random): { items: Items; until: Int32Array } {
  const count = random.below(9);
  const until = untils(random, 2 * count);
  const places = upTo(2 * count);
  for (let i = places.length - 1; i > 0; i--) {
    const j = Math.max(0, i - random.below(4));
    [places[i], places[j]] = [places[j] as number, places[i] as number];
  }
  const adds = Int32Array.from(upTo(count), (i) => places[2 * i] as number);
  const takes = Int32Array.from(upTo(count), (i) => (random.chance(0.25) ? -1 : (places[2 * i + 1] as number)));
  return { items: buildItems(adds, takes, until), until };
}

/** True if the item is certainly there in the slot: its add has returned, its take has not been called. */
const covers = (items: Items, item: number, slot: number): boolean =>
  (items.addUntil[item] as number) < slot && slot <= (items.takeFrom[item] as number);

describe("a heap", () => {
  it("gives the smallest key first", () => {
    rounds((random) => {
      const keys = Int32Array.from(upTo(12), () => random.below(8));
      const heap = new Heap(keys);
      let inside: number[] = [];
      for (const item of upTo(12)) {
        heap.push(item);
        inside = [...inside, keys[item] as number].sort((a, b) => a - b);
        while (random.chance(0.4)) {
          heap.pop();
          inside.shift();
        }
        expect([heap.size, heap.least]).toEqual([inside.length, inside[0] ?? Number.POSITIVE_INFINITY]);
      }
      for (; inside.length > 0; inside.shift()) {
        expect(heap.least).toBe(inside[0]);
        heap.pop();
      }
      expect(heap.least).toBe(Number.POSITIVE_INFINITY);
    });
  });
});

describe("the tree of covered slots", () => {
  it("finds the first slot that nothing covers, and each only once", () => {
    rounds((random) => {
      const size = 1 + random.below(20);
      const counts = upTo(size).map(() => random.below(4));
      const tree = new CoverTree(Int32Array.from(counts));
      const isTaken = new Set<number>();
      for (let i = 0; i < 12; i++) {
        const from = random.below(size);
        const to = from + random.below(size - from);
        if (
          random.chance(0.5) &&
          upTo(size).every((s) => s < from || s > to || (counts[s] as number) > 0 || isTaken.has(s))
        )
          for (let s = from; s <= to; s++) counts[s] = (counts[s] as number) - 1;
        else {
          const free =
            upTo(size).find((s) => s >= from && s <= to && (counts[s] as number) <= 0 && !isTaken.has(s)) ?? -1;
          expect(tree.takeUncovered(from, to)).toBe(free);
          isTaken.add(free);
          continue;
        }
        tree.uncover(from, to);
      }
    });
  });
});

describe("items with spans", () => {
  it("are found if they start before and end after", () => {
    rounds((random) => {
      const count = random.below(14);
      const starts = Int32Array.from(upTo(count), () => random.below(10));
      const ends = Int32Array.from(starts, (start) => start + random.below(6));
      const spans = new Spans(starts, ends);
      const gone = new Set<number>();
      for (let i = 0; i < 10; i++) {
        const [from, start, end] = [random.below(count + 1), random.below(11), random.below(14)];
        const to = random.below(count + 1);
        const fits = upTo(count).filter(
          (item) =>
            item >= from &&
            item <= to &&
            !gone.has(item) &&
            (starts[item] as number) < start &&
            (ends[item] as number) > end,
        );
        const found = spans.find(from, to, start, end);
        if (fits.length === 0) expect(found).toBe(-1);
        else {
          expect(fits).toContain(found);
          spans.remove(found);
          gone.add(found);
        }
        expect(upTo(count).filter((item) => !spans.has(item))).toEqual([...gone].sort((a, b) => a - b));
      }
    });
  });
});

describe("covered slots", () => {
  it("are passed over", () => {
    rounds((random) => {
      const slots = 1 + random.below(12);
      const cover = new Cover(slots);
      const isCovered = new Set<number>();
      for (let i = 0; i < 6; i++) {
        const [from, to] = [random.below(slots + 1), random.below(slots + 1)];
        cover.add(from, to);
        for (let s = from; s <= to; s++) isCovered.add(s);
        for (const slot of upTo(slots + 1))
          expect(cover.find(slot)).toBe(upTo(slots + 2).find((s) => s >= slot && !isCovered.has(s)));
      }
    });
  });

  it("are those in which an item is certainly there", () => {
    rounds((random) => {
      const { items } = someItems(random);
      const cover = new Cover(items.size);
      for (const item of upTo(items.count)) coverItem(cover, items, item);
      const isCovered = (slot: number): boolean => upTo(items.count).some((item) => covers(items, item, slot));
      for (const slot of upTo(items.size + 1)) expect(cover.find(slot) !== slot).toBe(isCovered(slot));
    });
  });

  it("are covered by as few items as possible", () => {
    let chains = 0;
    rounds((random) => {
      const { items } = someItems(random);
      const from = 1 + random.below(items.size + 1);
      const to = from + random.below(6);
      const allowed = (item: number): boolean => item % 4 !== 3;
      const covered = (some: readonly number[]): boolean =>
        upTo(to + 1).every((slot) => slot < from || some.some((item) => covers(items, item, slot)));
      const usable = upTo(items.count).filter(allowed);
      if (!covered(usable)) return;
      chains++;
      const links = chain(items, from, to, allowed);
      expect(covered(links)).toBe(true);
      expect(links.every(allowed)).toBe(true);
      // No smaller choice will do.
      const choices = upTo(2 ** usable.length).map((bits) => usable.filter((_, i) => (bits >> i) % 2 === 1));
      const fewest = Math.min(...choices.filter(covered).map(({ length }) => length));
      expect(links).toHaveLength(fewest);
    });
    expect(chains).toBeGreaterThan(ROUNDS / 20);
  });

  it("show that a taker must have found something", () => {
    let wrong = 0;
    rounds((random) => {
      const { items, until } = someItems(random);
      const takers = upTo(until.length).filter(() => random.chance(0.3));
      const bare = (taker: number): number[] =>
        upTo(items.size + 1).filter(
          (slot) =>
            slot > taker &&
            slot <= (until[taker] as number) &&
            !upTo(items.count).some((item) => covers(items, item, slot)),
        );
      const first = takers.find((taker) => bare(taker).length === 0);
      const found = wronglyEmpty(items, Int32Array.from(takers), until);
      expect(found?.taker).toBe(first);
      if (found === undefined) return;
      wrong++;
      for (let slot = found.taker + 1; slot <= (until[found.taker] as number); slot++)
        expect(found.links.some((item) => covers(items, item, slot))).toBe(true);
    });
    expect(wrong).toBeGreaterThan(ROUNDS / 10);
  });
});

describe("items", () => {
  it("keep their order in time when others are left out", () => {
    rounds((random) => {
      const { items } = someItems(random);
      const chosen = upTo(items.count).filter(() => random.chance(0.5));
      const some = restrict(items, chosen);
      const columns = ({ addFrom, addUntil, takeFrom, takeUntil }: Items, item: number) => ({
        from: [addFrom[item] as number, takeFrom[item] as number],
        until: [addUntil[item] as number, takeUntil[item] as number],
      });
      const order = (of: Items, numbers: readonly number[]): boolean[] =>
        numbers.flatMap((a) =>
          numbers.flatMap((b) =>
            columns(of, a).until.flatMap((until) => columns(of, b).from.map((from) => until <= from)),
          ),
        );
      expect(some.count).toBe(chosen.length);
      expect(order(some, upTo(chosen.length))).toEqual(order(items, chosen));
      expect(operationsOn(some, upTo(chosen.length))).toEqual(operationsOn(items, chosen));
    });
  });

  it("are taken too early only if the taker returned before the item was put in", () => {
    rounds((random) => {
      const { items, until } = someItems(random);
      const expected = upTo(items.count).find((item) => {
        const take = items.takes[item] as number;
        return take >= 0 && (until[take] as number) <= (items.adds[item] as number);
      });
      expect(takenTooEarly(items)).toBe(expected ?? -1);
    });
  });
});

describe("ranks", () => {
  it("contradict time if an operation of a higher rank returned before one of a lower rank was called", () => {
    let wrong = 0;
    rounds((random) => {
      const count = random.below(10);
      const until = untils(random, count);
      const ranks = Int32Array.from(upTo(count), (i) =>
        random.chance(0.2) ? -1 : Math.max(0, i + random.below(5) - 2),
      );
      const isWrong = (first: number, second: number): boolean =>
        (ranks[first] as number) >= 0 &&
        (ranks[first] as number) < (ranks[second] as number) &&
        (until[second] as number) <= first;
      const exists = upTo(count).some((a) => upTo(count).some((b) => isWrong(a, b)));
      const found = inversion(ranks, until, Math.max(0, ...ranks));
      expect(found !== undefined).toBe(exists);
      if (found === undefined) return;
      wrong++;
      expect(isWrong(found.first, found.second)).toBe(true);
    });
    expect(wrong).toBeGreaterThan(ROUNDS / 20);
  });
});

describe("a list that is made smaller", () => {
  it("cannot lose another item, and looks at no more items than it may", () => {
    rounds((random) => {
      const items = upTo(1 + random.below(20));
      const needed = items.filter(() => random.chance(0.2));
      let work = 0;
      const isBad = (some: readonly number[]): boolean => {
        work += some.length;
        return needed.every((item) => some.includes(item));
      };
      const least = shrink(items, isBad, 1_000_000);
      expect(least).toEqual(needed.length > 0 ? needed : [least[0]]);
      const all = work;
      const maxWork = random.below(all + 1);
      work = 0;
      const some = shrink(items, isBad, maxWork);
      expect(work).toBeLessThanOrEqual(maxWork);
      expect(needed.every((item) => some.includes(item))).toBe(true);
    });
    expect(shrink([1, 2, 3, 4], () => true, 2)).toEqual([3, 4]);
    expect(shrink([1, 2, 3, 4], () => true, 1)).toEqual([1, 2, 3, 4]);
  });
});

describe("time", () => {
  it("is the position of the first operation called after another returned", () => {
    rounds((random) => {
      let call = 0;
      const { ops } = history(
        upTo(random.below(20)).map((p) => {
          call += random.below(3);
          return random.chance(0.1) ? { p, f: "f", call } : { p, f: "f", call, ret: call + random.below(20) };
        }),
      );
      const expected = ops.map(({ returnNs }) => {
        const after = ops.findIndex(({ callNs }) => callNs > returnNs);
        return after < 0 ? ops.length : after;
      });
      const times = timesOf(ops);
      expect(times && [...untilsOf(times)]).toEqual(expected);
      if (ops.some(({ callNs }) => callNs !== ops[0]?.callNs)) expect(timesOf(ops.toReversed())).toBeUndefined();
    });
  });

  it("is bracketed where a process touches itself while others call", () => {
    const asked = (...sketches: readonly (readonly [p: number, call: number, ret: number])[]): number[][] => {
      const seen: number[][] = [];
      decideInTime(history(sketches.map(([p, call, ret]) => ({ p, f: "f", call, ret }))).ops, (until) => {
        seen.push([...until]);
        return { type: "linearizable", placed: 0 };
      });
      return seen;
    };
    expect(asked([0, 0, 5], [0, 6, 9])).toEqual([[1, 2]]);
    expect(asked([0, 0, 5], [0, 5, 9])).toEqual([[1, 2]]);
    expect(asked([0, 0, 5], [1, 5, 9])).toEqual([[2, 2]]);
    // The other one is called before, so that only the order of the process with itself is added.
    expect(asked([0, 0, 5], [1, 5, 9], [0, 5, 9])).toEqual([[2, 3, 3]]);
    // It is called after: the stricter order also says that it came after.
    expect(asked([0, 0, 5], [0, 5, 9], [1, 5, 9])).toEqual([
      [3, 3, 3],
      [1, 3, 3],
    ]);
    // Twice at one instant, the first time for no time at all.
    expect(asked([0, 0, 5], [0, 5, 5], [0, 5, 9])).toEqual([[1, 2, 3]]);
  });

  it("gives a decision only where both brackets agree on it", () => {
    const { ops } = history([
      { p: 0, f: "f", call: 0, ret: 5 },
      { p: 0, f: "f", call: 5, ret: 9 },
      { p: 1, f: "f", call: 5, ret: 9 },
    ]);
    const deciding = (loose: boolean, strict: boolean): string =>
      decideInTime(ops, (until) =>
        (until[0] === 3 ? loose : strict)
          ? { type: "linearizable", placed: 3 }
          : { type: "not-linearizable", culprits: [0] },
      ).type;
    expect([deciding(true, true), deciding(true, false), deciding(false, false)]).toEqual([
      "linearizable",
      "declined",
      "not-linearizable",
    ]);
  });
});

describe("numbers for values", () => {
  it("are the same for the same value, in order of first use", () => {
    const values: Json[] = [3, "3", -1, 0.5, null, 10 ** 12, [1], { a: [1], b: 2 }, true, "", 0, 23, 24, 25];
    const ids = new DistinctValues(2);
    for (const [i, value] of values.entries()) {
      expect(ids.size).toBe(i);
      expect(ids.id(value)).toBe(i);
    }
    expect(values.toReversed().map((value) => ids.id(value))).toEqual(upTo(values.length).reverse());
    expect(ids.id({ b: 2, a: [1] })).toBe(7);
    expect(ids.size).toBe(values.length);
  });
});
