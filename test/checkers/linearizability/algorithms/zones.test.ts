import { describe, expect, it } from "vitest";
import { orderTouching, type Spans, spansOf } from "../../../../checkers/linearizability/algorithms/spans.ts";
import { findContradiction } from "../../../../checkers/linearizability/algorithms/zones.ts";
import { Random } from "../../../../src/core/random.ts";
import { history, type Sketch } from "../../../support/histories.ts";
import { runs } from "../../../support/runs.ts";

describe("zones", () => {
  it("contradict each other exactly if some two blocks must each come before the other", () => {
    const tally = { forward: 0, backward: 0, none: 0 };
    for (let seed = 0; seed < runs(20_000); seed++) {
      const random = new Random(seed);
      const count = random.below(7);
      const bounds = Array.from({ length: count }, () => {
        if (random.chance(0.15)) return { first: Number.POSITIVE_INFINITY, last: random.below(12) };
        const first = random.below(12);
        return { first, last: random.chance(0.6) ? first - random.below(4) : first + 1 + random.below(4) };
      });
      const mustPrecede = (a: number, b: number): boolean => (bounds[a]?.first ?? 0) < (bounds[b]?.last ?? 0);
      const numbers = bounds.map((_, b) => b);
      const exists = numbers.some((a) => numbers.some((b) => a < b && mustPrecede(a, b) && mustPrecede(b, a)));
      const found = findContradiction({
        firstReturn: Float64Array.from(bounds, ({ first }) => first),
        lastCall: Float64Array.from(bounds, ({ last }) => last),
      });
      expect(found !== undefined, `seed ${seed}`).toBe(exists);
      if (found === undefined) tally.none++;
      else {
        const [a, b] = found;
        expect(a, `seed ${seed}`).not.toBe(b);
        expect([mustPrecede(a, b), mustPrecede(b, a)], `seed ${seed}: ${a} and ${b}`).toEqual([true, true]);
        tally[mustPrecede(b, b) ? "forward" : "backward"]++;
      }
    }
    for (const times of Object.values(tally)) expect(times).toBeGreaterThan(runs(20_000) / 40);
  });
});

describe("spans in which operations of a process that touch are in order", () => {
  const ofTouching = (sketches: readonly Sketch[]): ReturnType<typeof orderTouching> => {
    const { ops } = history(sketches);
    return orderTouching(spansOf(ops), ops);
  };
  const read = (p: number, call: number, ret?: number): Sketch => ({
    p,
    f: "read",
    call,
    ...(ret === undefined ? {} : { ret }),
  });

  it("are needed only if some touch", () => {
    expect(ofTouching([read(0, 0, 10), read(0, 11, 20), read(1, 10, 11), read(2, 20)])).toBeUndefined();
    expect(ofTouching([read(0, 0, 10), read(0, 10, 20)])).toBeDefined();
  });

  it.each([-1, 0, 63, 64, 200, (1 << 20) - 1, 1 << 20, 2 ** 40])("know process %d by its number", (p) => {
    expect(ofTouching([read(p, 0, 10), read(p, 10, 20)])?.exact).toBe(true);
    // Of three operations the first and the last are not one after the other.
    expect(ofTouching([read(p, 0, 10), read(p + 1, 0, 20), read(p, 12, 20)])).toBeUndefined();
  });

  it("say what they must, and no more where they are exact", () => {
    const tally = { exact: 0, inexact: 0, none: 0 };
    for (let seed = 0; seed < runs(20_000); seed++) {
      const random = new Random(seed);
      const clocks = new Map<number, number>();
      const sketches = Array.from({ length: 2 + random.below(8) }, () => {
        const p = [0, 1, -7, 1 << 21][random.below(seed % 2 === 0 ? 2 : 4)] ?? 0;
        const call = (clocks.get(p) ?? random.below(4)) + (random.chance(0.7) ? 0 : random.below(3));
        const ret = random.chance(0.1) ? undefined : call + random.below(3);
        clocks.set(p, ret ?? Number.POSITIVE_INFINITY);
        return read(p, call, ret);
      }).filter(({ call }) => call < Number.POSITIVE_INFINITY);
      const { ops } = history(sketches);
      const spans = spansOf(ops);
      const ordered = orderTouching(spans, ops);
      const processes = ops.map(({ process }) => process);
      const numbers = [...spans.calls.keys()];
      const precedes = ({ calls, returns }: Spans, a: number, b: number): boolean =>
        (returns[a] ?? 0) < (calls[b] ?? 0);
      const touch = (a: number, b: number): boolean =>
        a < b && processes[a] === processes[b] && spans.returns[a] === spans.calls[b];
      const pairs = numbers.flatMap((a) => numbers.map((b) => [a, b] as const)).filter(([a, b]) => a !== b);
      /** The instants at which processes touch themselves, each with those processes. */
      const instants = new Map<number, Set<number>>();
      for (const [a, b] of pairs)
        if (touch(a, b)) {
          const at = spans.calls[b] as number;
          instants.set(at, (instants.get(at) ?? new Set()).add(processes[b] as number));
        }
      expect(ordered !== undefined, `seed ${seed}`).toBe(instants.size > 0);
      if (ordered === undefined) {
        tally.none++;
        continue;
      }
      const isExact = [...instants.values()].every(({ size }) => size === 1);
      expect(ordered.exact, `seed ${seed}`).toBe(isExact);
      tally[isExact ? "exact" : "inexact"]++;
      const { calls, returns } = ordered.spans;
      const isWrong = (i: number): boolean =>
        (returns[i] ?? 0) <= (calls[i] ?? 0) || (returns[i] === Infinity) !== (spans.returns[i] === Infinity);
      const isWrongPair = ([a, b]: readonly [number, number]): boolean => {
        const must = precedes(spans, a, b) || touch(a, b);
        const says = precedes(ordered.spans, a, b);
        // What is added is about instants at which others touch too.
        return isExact || must ? says !== must : says && spans.returns[a] !== spans.calls[b];
      };
      expect([numbers.filter(isWrong), pairs.filter(isWrongPair)], `seed ${seed}`).toEqual([[], []]);
    }
    for (const times of Object.values(tally)) expect(times).toBeGreaterThan(runs(20_000) / 40);
  });
});
