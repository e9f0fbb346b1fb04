import { describe, expect, it } from "vitest";
import {
  checkSwitch,
  FLIPS_OFF,
  FLIPS_ON,
  MAYBE_OFF,
  MAYBE_ON,
  SEES_OFF,
  SEES_ON,
  type Stuck,
  TURNS_OFF,
  TURNS_ON,
} from "../../../../checkers/linearizability/algorithms/shared/switch.ts";
import { SwitchStates } from "../../../../checkers/linearizability/algorithms/shared/switch-states.ts";
import { Random } from "../../../../src/core/random.ts";
import { runs } from "../../../support/runs.ts";

/** What an operation does, and the position of the first one called after it returned. */
type Op = readonly [kind: number, until: number];

/** The operations are called one after the other. */
const judged = (...ops: readonly Op[]): Stuck | "crowded" | undefined =>
  checkSwitch(
    Int32Array.from(ops.keys()),
    Uint8Array.from(ops, ([kind]) => kind),
    Int32Array.from(ops, ([, until]) => until),
  );

/** Each returns before the next one is called. */
const inTurn = (...kinds: readonly number[]): readonly Op[] => kinds.map((kind, i) => [kind, i + 1]);

const isMaybe = (kind: number): boolean => kind === MAYBE_OFF || kind === MAYBE_ON;

/** Of an operation that need not have happened. */
const NEVER = 99;

/** Tries all orders. */
function isPossible(ops: readonly Op[]): boolean {
  const seen = new Set<number>();
  const goOn = (placed: number, on: number): boolean => {
    const isPlaced = (i: number): boolean => ((placed >> i) & 1) === 1;
    if (ops.every(([, until], i) => isPlaced(i) || until === NEVER)) return true;
    if (seen.has(2 * placed + on)) return false;
    seen.add(2 * placed + on);
    return ops.some(([kind], i) => {
      if (isPlaced(i) || ops.some(([, until], j) => until <= i && !isPlaced(j))) return false;
      const way = kind & 1;
      if ((kind === SEES_OFF || kind === SEES_ON) && on !== way) return false;
      if ((kind === FLIPS_OFF || kind === FLIPS_ON) && on === way) return false;
      return goOn(placed | (1 << i), way);
    });
  };
  return goOn(0, 0);
}

describe("a switch", () => {
  it.each<[title: string, ops: readonly Op[], expected: Stuck | undefined]>([
    ["without operations", [], undefined],
    ["is off at first", inTurn(SEES_OFF), undefined],
    ["is not on at first", inTurn(SEES_ON), { at: 0, since: 0, on: 0 }],
    ["can be turned the way it is", inTurn(TURNS_OFF, TURNS_ON, TURNS_ON, SEES_ON), undefined],
    ["can be flipped on", inTurn(FLIPS_ON, SEES_ON), undefined],
    ["can be flipped off again", inTurn(FLIPS_ON, FLIPS_OFF, SEES_OFF), undefined],
    ["cannot be flipped off at first", inTurn(FLIPS_OFF), { at: 0, since: 0, on: 0 }],
    ["cannot be flipped on twice", inTurn(FLIPS_ON, FLIPS_ON), { at: 1, since: 1, on: 1 }],
    ["cannot be flipped on if it was turned on", inTurn(TURNS_ON, SEES_ON, FLIPS_ON), { at: 2, since: 2, on: 1 }],
    ["is off when it was turned off", inTurn(TURNS_ON, TURNS_OFF, SEES_ON), { at: 2, since: 2, on: 0 }],
    ["is still on while it is turned off", [...inTurn(TURNS_ON), [TURNS_OFF, 9], [SEES_ON, 3]], undefined],
    [
      "goes wrong in the part since nothing was pending",
      [...inTurn(TURNS_ON), [TURNS_ON, 3], [SEES_ON, 3], [SEES_OFF, 4]],
      { at: 3, since: 3, on: 1 },
    ],
    [
      "goes wrong in the part in which something was pending",
      [...inTurn(TURNS_ON), [SEES_ON, 4], [SEES_OFF, 3], [SEES_ON, 4]],
      { at: 2, since: 1, on: 1 },
    ],
    ["goes wrong at the end", [...inTurn(TURNS_ON), [SEES_OFF, 3], [TURNS_ON, 3]], { at: 1, since: 1, on: 1 }],
    ["may have been turned on at any time", [[MAYBE_ON, 9], ...inTurn(0, 0, 0, SEES_ON).slice(1)], undefined],
    [
      "may have been turned on only once",
      [
        [MAYBE_ON, 9],
        [SEES_ON, 2],
        [TURNS_OFF, 3],
        [SEES_ON, 4],
      ],
      {
        ...{ at: 3, since: 3, on: 0 },
      },
    ],
    ["was not turned on before the call", [...inTurn(SEES_ON), [MAYBE_ON, 9]], { at: 0, since: 0, on: 0 }],
    [
      "goes wrong in the part since it was certainly so, whatever may still take effect",
      [
        [FLIPS_ON, 1],
        [MAYBE_OFF, 9],
        [TURNS_ON, 9],
        [FLIPS_ON, 4],
        [SEES_OFF, 5],
        [SEES_OFF, 6],
      ],
      { at: 4, since: 2, on: 1 },
    ],
    [
      "can be turned late by one that found it so before",
      [...inTurn(TURNS_ON), [TURNS_ON, 9], [SEES_ON, 3], [TURNS_OFF, 4], [SEES_ON, 5]],
      undefined,
    ],
    [
      "cannot be turned late by one that returned before",
      [...inTurn(TURNS_ON), [TURNS_ON, 3], [SEES_ON, 3], [TURNS_OFF, 4], [SEES_ON, 5]],
      { at: 4, since: 4, on: 0 },
    ],
    [
      "is turned first by what returns first",
      [
        [TURNS_ON, 9],
        [TURNS_ON, 4],
        [SEES_ON, 3],
        [TURNS_OFF, 4],
        [SEES_OFF, 5],
        [SEES_ON, 6],
      ],
      undefined,
    ],
    [
      "is turned once by each",
      [
        [TURNS_ON, 9],
        [TURNS_ON, 4],
        [SEES_ON, 3],
        [TURNS_OFF, 4],
        [SEES_ON, 5],
        [TURNS_OFF, 6],
        [SEES_ON, 7],
      ],
      { at: 6, since: 0, on: 0 },
    ],
  ])("%s", (_, ops, expected) => {
    expect(judged(...ops)).toEqual(expected);
  });

  it("is judged as all orders say", () => {
    const tally = { possible: 0, stuck: 0 };
    const mixes = [
      [0, 1, 2, 3, 4, 5, 6, 7],
      [SEES_OFF, SEES_ON, TURNS_OFF, TURNS_ON, MAYBE_OFF, MAYBE_ON],
      [SEES_OFF, SEES_ON, FLIPS_OFF, FLIPS_ON, TURNS_OFF, TURNS_ON],
      [FLIPS_OFF, FLIPS_ON, TURNS_OFF, TURNS_ON, TURNS_OFF, TURNS_ON, MAYBE_OFF, MAYBE_ON],
    ];
    for (let seed = 0; seed < 4 * runs(3_000); seed++) {
      const random = new Random(seed);
      const mix = mixes[seed % mixes.length] as number[];
      const count = 2 + random.below(9);
      const longest = 1 + random.below(count + 3);
      const ops = Array.from({ length: count }, (_, i): Op => {
        const kind = mix[random.below(mix.length)] as number;
        return [kind, isMaybe(kind) ? NEVER : Math.min(count, i + 1 + random.below(longest))];
      });
      const result = judged(...ops);
      expect(result === undefined, `seed ${seed}: ${JSON.stringify(ops)}`).toBe(isPossible(ops));
      tally[result === undefined ? "possible" : "stuck"]++;
      if (result === undefined || result === "crowded") continue;
      const { at, since, on } = result;
      const end = ops[at]?.[1] as number;
      // What was called before it returned shows that it is impossible, and not what was called before that.
      expect(isPossible(ops.slice(0, end)), `seed ${seed}`).toBe(false);
      expect(isPossible(ops.map(([kind, until]) => [kind, until < end ? until : NEVER])), `seed ${seed}`).toBe(true);
      const before = ops.slice(0, since);
      expect(before.filter(([kind, until]) => until > since && !isMaybe(kind))).toEqual([]);
      const canSee = (way: number): boolean => isPossible([...before, [SEES_OFF + way, since + 1]]);
      expect(canSee(on), `seed ${seed}`).toBe(true);
      if (!before.some(([kind]) => isMaybe(kind))) expect(canSee(1 - on), `seed ${seed}`).toBe(false);
    }
    expect(tally.possible).toBeGreaterThan(runs(3_000));
    expect(tally.stuck).toBeGreaterThan(runs(3_000) / 2);
  });
});

describe("a switch with operations of others between its own", () => {
  it("counts as those returned that did so before the next of its own was called", () => {
    const at = (kinds: readonly number[], positions: readonly number[], untils: readonly number[]) => {
      const until = new Int32Array(20);
      for (const [i, position] of positions.entries()) until[position] = untils[i] as number;
      return checkSwitch(Int32Array.from(positions), Uint8Array.from(kinds), until);
    };
    expect(at([TURNS_ON, SEES_OFF], [2, 7], [7, 9])).toEqual({ at: 1, since: 1, on: 1 });
    expect(at([TURNS_ON, SEES_OFF], [2, 7], [4, 9])).toEqual({ at: 1, since: 1, on: 1 });
    expect(at([TURNS_ON, SEES_OFF], [2, 7], [8, 9])).toBeUndefined();
  });
});

describe("a switch with much pending at once", () => {
  const many = (count: number, kind: number): readonly Op[] => Array.from({ length: count }, () => [kind, NEVER]);

  it("is judged up to thirty operations", () => {
    expect(judged(...many(30, TURNS_ON))).toBeUndefined();
    expect(judged(...many(31, TURNS_ON))).toBe("crowded");
    expect(judged(...many(29, TURNS_OFF), [SEES_ON, 30])).toEqual({ at: 29, since: 0, on: 0 });
    expect(judged(...many(30, TURNS_ON), [MAYBE_ON, NEVER], [MAYBE_OFF, NEVER])).toBeUndefined();
  });

  it("has place again for as many as returned", () => {
    const some = many(30, TURNS_ON).map(([kind], i): Op => [kind, i < 5 ? 30 : NEVER]);
    expect(judged(...some, ...many(5, TURNS_OFF))).toBeUndefined();
    expect(judged(...some, ...many(6, TURNS_OFF))).toBe("crowded");
  });

  /** Flips that may have happened or not whenever the switch was seen the other way, so often. */
  const flips = (on: number, off: number, times: number): readonly Op[] => {
    const pending = [...many(on, FLIPS_ON), ...many(off, FLIPS_OFF), ...many(20, MAYBE_ON), ...many(20, MAYBE_OFF)];
    const seen = Array.from({ length: times }, (_, i): Op => [i % 2 === 0 ? SEES_ON : SEES_OFF, 41 + on + off + i]);
    return [...pending, ...seen].map(([kind, until]) => [kind, until]);
  };

  it("is not judged where too many different things may have happened", () => {
    const some = flips(14, 14, 29);
    expect(judged(...some)).toBeUndefined();
    // It was on before, and may be the one that turned it on.
    expect(judged(...some, [TURNS_ON, some.length + 1])).toBe("crowded");
  });
});

describe("configurations of a switch", () => {
  type Row = readonly [on: number, owed: number, left: number, usedOff: number, usedOn: number];
  const rowsOf = (states: SwitchStates): Row[] =>
    Array.from({ length: states.length }, (_, row) => [
      states.on(row),
      states.owed(row),
      states.left(row),
      states.used(row, 0),
      states.used(row, 1),
    ]);
  const filled = (rows: readonly Row[], flips = 0): SwitchStates => {
    const states = new SwitchStates();
    for (const [on, owed, left, usedOff, usedOn] of rows) states.add(on, owed, left, usedOff, usedOn, flips);
    return states;
  };

  const first: Row = [1, 0b0110, 0b1100, 2, 3];

  it.each<[title: string, second: Row]>([
    ["itself", first],
    ["one that owes more", [1, 0b0111, 0b1100, 2, 3]],
    ["one of which less is left", [1, 0b0110, 0b0100, 2, 3]],
    ["one that has used more to turn off", [1, 0b0110, 0b1100, 3, 3]],
    ["one that has used more to turn on", [1, 0b0110, 0b1100, 2, 4]],
  ])("cover %s", (_, second) => {
    expect(rowsOf(filled([first, second]))).toEqual([first]);
  });

  it.each<[title: string, second: Row]>([
    ["one that is the other way", [0, 0b0110, 0b1100, 2, 3]],
    ["one that owes less", [1, 0b0010, 0b1100, 2, 3]],
    ["one of which more is left", [1, 0b0110, 0b1101, 2, 3]],
    ["one that has used less to turn off", [1, 0b0110, 0b1100, 1, 3]],
    ["one that has used less to turn on", [1, 0b0110, 0b1100, 2, 2]],
    ["one that is better in this and worse in that", [1, 0b0010, 0b0100, 3, 2]],
  ])("do not cover %s", (_, second) => {
    expect(rowsOf(filled([first, second]))).toEqual([first, second]);
  });

  it("do not cover others that owe other flips, for these are chances too", () => {
    const more: Row = [1, 0b0111, 0b1100, 2, 3];
    expect(rowsOf(filled([first, more], 0b0001))).toEqual([first, more]);
    expect(rowsOf(filled([first, more], 0b0110))).toEqual([first]);
  });

  it("are covered by any one that is there, and stay when a better one comes", () => {
    const [a, b]: readonly Row[] = [
      [0, 1, 0, 0, 0],
      [1, 1, 0, 0, 0],
    ] as readonly Row[];
    const better: Row = [1, 0, 0, 0, 0];
    expect(rowsOf(filled([a as Row, b as Row, b as Row, better, b as Row]))).toEqual([a, b, better]);
  });

  it("are as many as need be", () => {
    const rows = Array.from({ length: 100 }, (_, i): Row => [i % 2, 1 << (i % 7), i, 100 - i, i]);
    expect(rowsOf(filled(rows))).toEqual(rows);
  });

  it("owe and have left what is pending from now on, until it is forgotten", () => {
    const states = filled([[0, 1, 0, 5, 6], first]);
    states.extend(0, 0b10, 0b11);
    expect(rowsOf(states)).toEqual([[0, 0b11, 0b11, 5, 6], first]);
    states.forget(0, 0b01);
    states.forget(1, 0b1000);
    expect(rowsOf(states)).toEqual([
      [0, 0b11, 0b10, 5, 6],
      [1, 0b0110, 0b0100, 2, 3],
    ]);
  });

  it("are added from the last to the first, without what is not pending any more", () => {
    const states = filled([[0, 0, 0, 9, 9]]);
    const others = filled([
      [1, 0b01, 0b11, 0, 1],
      [1, 0b00, 0b01, 0, 1],
      [0, 0b01, 0b01, 9, 9],
    ]);
    states.addAll(others, 0b10, 0);
    expect(rowsOf(states)).toEqual([
      [0, 0, 0, 9, 9],
      [0, 1, 1, 9, 9],
      [1, 0, 1, 0, 1],
    ]);
    states.addAll(others, 0b10, 0b01);
    expect(rowsOf(states)).toHaveLength(4);
  });
});
