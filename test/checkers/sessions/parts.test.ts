import { describe, expect, it } from "vitest";
import { Sums } from "../../../checkers/sessions/sums.ts";
import { SwapOrder } from "../../../checkers/sessions/swap-order.ts";
import { Deadline } from "../../../checkers/shared/deadline.ts";
import { indexHistory, type KeyIndex } from "../../../checkers/shared/history-index.ts";
import { DEFAULT_BUDGET } from "../../../src/core/checker.ts";
import type { Json } from "../../../src/core/json.ts";
import { Random } from "../../../src/core/random.ts";
import { runs } from "../../support/runs.ts";
import { sequence } from "../shared/tiny.ts";

const deadline = new Deadline(DEFAULT_BUDGET);

describe("sums of increments", () => {
  const sumsOf = (numbers: readonly number[]): Set<number> => {
    const sums = new Set([0]);
    for (const number of numbers) for (const sum of [...sums]) sums.add(sum + number);
    return sums;
  };

  it("are those of some of the numbers that are there", () => {
    for (let seed = 0; seed < runs(300); seed++) {
      const random = new Random(seed);
      const here = Array.from({ length: random.below(8) }, () => random.pick([0, 1, 2, 3, 5, 8, 8]));
      const taken: number[] = [];
      const sums = new Sums(here);
      for (let i = 0; i < 6; i++) {
        if (here.length > 0 && random.chance(0.5)) {
          const [number = 0] = here.splice(random.below(here.length), 1);
          taken.push(number);
          sums.take(number);
        } else if (taken.length > 0 && random.chance(0.5)) {
          const number = taken.pop() ?? 0;
          here.push(number);
          sums.take(number, -1);
        }
        const possible = sumsOf(here);
        for (let target = -1; target <= 45; target++)
          if (sums.canSum(target, deadline) !== possible.has(target)) expect.fail(`${target} of ${here}, seed ${seed}`);
      }
      const target = random.below(20);
      const total = here.reduce((sum, number) => sum + number, 0);
      const isTaken = sums.takeGreedily(target);
      if (isTaken) expect(sumsOf(here)).toContain(target);
      expect(sums.canSum(isTaken ? total - target : total, deadline)).toBe(true);
      expect(sums.canSum(total - (isTaken ? target : 0) + 1, deadline)).toBe(false);
    }
  });

  it("take the largest first", () => {
    const sums = new Sums([5, 3, 3, 2]);
    expect(sums.takeGreedily(6)).toBe(false);
    expect(sums.takeGreedily(8)).toBe(true);
    expect(sums.takeGreedily(8)).toBe(false);
    expect(sums.canSum(5, deadline)).toBe(true);
    expect(sums.canSum(6, deadline)).toBe(false);
  });

  it("are told without a table where that is plain, and given up where it would be too large", () => {
    const sums = new Sums([11_000_000, 11_000_000, 9_000_000]);
    expect(sums.canSum(31_000_000, deadline)).toBe(true);
    expect(sums.canSum(22_000_000, deadline)).toBe(true);
    expect(sums.canSum(32_000_000, deadline)).toBe(false);
    expect(sums.canSum(1.5, deadline)).toBe(false);
    expect(() => sums.canSum(18_000_000, deadline)).toThrow("sums up to 18000000 are too many to try");
  });
});

/** The key of a register to which these compare-and-sets were done, `null` for plain writes. */
function keyOf(writes: readonly (readonly [from: Json | undefined, to: number])[]): KeyIndex {
  const history = sequence(
    writes.map(([from, to], p) => {
      const rest = from === undefined ? { f: "write", input: to } : { f: "cas", input: [from, to] };
      return { p, key: "x", ret: 1, ...rest };
    }),
  );
  const index = indexHistory(history, "register");
  const key = "keys" in index ? index.keys[0] : undefined;
  return key ?? expect.fail("every value is written once");
}

describe("the order of swaps", () => {
  it("is that of the chains which lead from one value to another, unless they go in a circle", () => {
    let circles = 0;
    for (let seed = 0; seed < runs(300); seed++) {
      const random = new Random(seed);
      const count = 2 + random.below(7);
      const from = Array.from({ length: count }, () =>
        random.pick<Json | undefined>([undefined, null, 99, random.below(count), random.below(count)]),
      );
      const key = keyOf(random.shuffle(from.map((value, to) => [value, to] as const)));
      const order = new SwapOrder(key);
      const id = (value: number): number => key.values.indexOf(value);
      /** What a value was made from, nearest first; `undefined` if that goes in a circle. */
      const chain = (value: number): number[] | undefined => {
        const values: number[] = [];
        for (let at = from[value]; typeof at === "number" && at < count; at = from[at]) {
          if (values.includes(at) || at === value) return undefined;
          values.push(at);
        }
        return values;
      };
      for (let later = 0; later < count; later++) {
        const before = chain(later);
        if (before === undefined) circles++;
        for (let earlier = 0; earlier < count; earlier++)
          expect(order.isBefore(id(earlier), id(later)), `seed ${seed}`).toBe(before?.includes(earlier) ?? false);
        for (const earlier of before ?? []) {
          const swaps = order.swaps(id(earlier), id(later)).map(({ op }) => (op.input as Json[])[1]);
          expect(swaps).toEqual([later, ...(before ?? [])].slice(0, (before ?? []).indexOf(earlier) + 1).reverse());
        }
      }
      const given = Array.from({ length: count }, (_, value) => value).filter(() => random.chance(0.6));
      const nearest = given.flatMap((later) => {
        const earlier = chain(later)?.find((value) => given.includes(value));
        return earlier === undefined ? [] : [[id(earlier), id(later)]];
      });
      const byText = (pairs: readonly (readonly number[])[]): string[] => pairs.map(String).sort();
      expect(byText(order.nearest(random.shuffle(given).map(id))), `seed ${seed}`).toEqual(byText(nearest));
    }
    expect(circles).toBeGreaterThan(runs(300) / 10);
  });
});
