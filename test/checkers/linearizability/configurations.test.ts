import { describe, expect, it } from "vitest";
import { Configurations } from "../../../checkers/linearizability/configurations.ts";
import { has, insert, members, remove, wordsFor } from "../../../checkers/linearizability/masks.ts";
import { Random } from "../../../src/core/random.ts";
import { runs } from "../../support/runs.ts";

interface Configuration {
  readonly state: number;
  readonly owed: readonly number[];
  readonly spent: readonly number[];
}

const isWithin = (a: readonly number[], b: readonly number[]): boolean => a.every((member) => b.includes(member));
const isBetter = (a: Configuration, b: Configuration, thrifty: boolean): boolean =>
  a.state === b.state &&
  isWithin(a.owed, b.owed) &&
  (thrifty ? a.spent.length <= b.spent.length : isWithin(a.spent, b.spent));

function setsOf({ owed, spent }: Configuration, width: number): Int32Array {
  const sets = new Int32Array(2 * width);
  for (const slot of owed) insert(sets, 0, slot);
  for (const slot of spent) insert(sets, width, slot);
  return sets;
}

/** The rows alive, in an order of their own. */
function alive(set: Configurations): Configuration[] {
  const slots = Array.from({ length: 32 * set.width }, (_, slot) => slot);
  return Array.from({ length: set.length }, (_, i) => i).flatMap((i) => {
    if (set.state(i) < 0) return [];
    const at = set.setsAt(i);
    const owed = slots.filter((slot) => has(set.rows, at, slot));
    return [{ state: set.state(i), owed, spent: slots.filter((slot) => has(set.rows, at + set.width, slot)) }];
  });
}

const sorted = (list: readonly Configuration[]): string[] => list.map((one) => JSON.stringify(one)).sort();

/** Slots on both sides of where one word ends and the next one begins. */
const SLOTS = [0, 1, 30, 31, 32, 33, 63];

function draw(random: Random, width: number): Configuration {
  const slots = SLOTS.filter((slot) => slot < 32 * width);
  const owed = slots.filter(() => random.chance(0.3));
  return { state: random.below(3), owed, spent: slots.filter((slot) => !owed.includes(slot) && random.chance(0.4)) };
}

const shapes = [1, 2].flatMap((width) => [false, true].map((thrifty) => ({ width, thrifty })));

describe.each(shapes)("a set of configurations of width $width, thrifty: $thrifty", ({ width, thrifty }) => {
  it("keeps those that no other one dominates, the first of equal ones", () => {
    const set = new Configurations(width, thrifty);
    expect([set.size, set.length, set.lossy]).toEqual([0, 0, false]);
    for (let run = 0; run < runs(1_000) / 20; run++) {
      const random = new Random(run, "configurations");
      set.clear();
      set.lossy = false;
      let kept: Configuration[] = [];
      let isLossy = false;
      for (let left = random.below(40); left > 0; left--) {
        const one = draw(random, width);
        const isNew = !kept.some((other) => isBetter(other, one, thrifty));
        const superfluous = isNew ? kept.filter((other) => isBetter(one, other, thrifty)) : [];
        if (!isNew && !kept.some((other) => isBetter(other, one, false))) isLossy = true;
        if (superfluous.some((other) => !isBetter(one, other, false))) isLossy = true;
        expect(set.add(one.state, setsOf(one, width))).toBe(isNew);
        if (isNew) kept = [...kept.filter((other) => !superfluous.includes(other)), one];
        expect(set.size).toBe(kept.length);
      }
      expect(sorted(alive(set)), `run ${run}`).toEqual(sorted(kept));
      // What dominates in number alone may also do so by its members.
      if (isLossy) expect(set.lossy, `run ${run}`).toBe(true);
      if (!thrifty) expect(set.lossy).toBe(false);
    }
  });

  it("knows the best of them: in each state those that owe and have spent the least", () => {
    for (let run = 0; run < runs(1_000) / 20; run++) {
      const random = new Random(run, "best");
      const set = new Configurations(width, thrifty);
      for (let left = random.below(60); left > 0; left--) {
        const one = draw(random, width);
        set.add(one.state, setsOf(one, width));
      }
      const all = alive(set);
      const limit = 3 + random.below(6);
      const best = new Configurations(width, thrifty);
      if (all.length === 0) continue;
      set.best(limit, best);
      const taken = alive(best);
      const score = ({ owed, spent }: Configuration): number => owed.length + spent.length;
      const states = [...new Set(all.map(({ state }) => state))];
      const quota = Math.ceil(limit / states.length);
      expect(best.size).toBe(taken.length);
      expect(sorted(all)).toEqual(expect.arrayContaining(sorted(taken)));
      for (const state of states) {
        const scores = (list: readonly Configuration[]): number[] =>
          list
            .filter((one) => one.state === state)
            .map(score)
            .sort((a, b) => a - b);
        expect(scores(taken), `run ${run}, state ${state}`).toEqual(scores(all).slice(0, quota));
      }
      // It goes on as a set of its own.
      for (const one of taken) expect(best.add(one.state, setsOf(one, width))).toBe(false);
    }
  });
});

describe("the best of configurations in many states", () => {
  it("are about as many as asked for", () => {
    const set = new Configurations(1, false);
    for (let state = 1; state <= 100; state++)
      for (const slot of [1, 2]) set.add(state, setsOf({ state, owed: [slot], spent: [] }, 1));
    for (const [limit, most] of [
      [10, 20],
      [16, 32],
      [100, 200],
      [1_000, 200],
    ] as const) {
      const best = new Configurations(1, false);
      set.best(limit, best);
      expect([limit, best.size]).toEqual([limit, most]);
    }
  });
});

describe("sets of small integers in words", () => {
  it("do what sets do, each beside the next one", () => {
    const random = new Random(1, "masks");
    const words = new Int32Array(9);
    const sets = [0, 1, 2].map(() => new Set<number>());
    for (let i = 0; i < 500; i++) {
      const which = random.below(3);
      const member = random.below(96);
      const set = sets[which] as Set<number>;
      if (random.chance(0.6)) {
        insert(words, 3 * which, member);
        set.add(member);
      } else {
        remove(words, 3 * which, member);
        set.delete(member);
      }
      for (const [at, one] of sets.entries()) expect(has(words, 3 * at, member)).toBe(one.has(member));
    }
    for (const [at, one] of sets.entries())
      expect(words.subarray(3 * at, 3 * at + 3).reduce((sum, bits) => sum + members(bits), 0)).toBe(one.size);
    expect([0, -1, 1, 0x80000000 | 0, 0x7fffffff].map(members)).toEqual([0, 32, 1, 1, 31]);
    expect([0, 1, 31, 32, 33, 64, 65].map(wordsFor)).toEqual([1, 1, 1, 1, 2, 2, 3]);
  });
});
