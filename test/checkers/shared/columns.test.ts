import { describe, expect, it } from "vitest";
import { countIn, deltaIn, isChange } from "../../../checkers/shared/deltas.ts";
import { IntColumn } from "../../../checkers/shared/growing.ts";
import { PairTable } from "../../../checkers/shared/pair-table.ts";
import { commonPrefix, Positions } from "../../../checkers/shared/positions.ts";
import type { Json } from "../../../src/core/json.ts";
import type { Operation } from "../../../src/core/operation.ts";
import { Random } from "../../../src/core/random.ts";
import { history, type Sketch } from "../../support/histories.ts";

describe("numbers of pairs of an object and a value", () => {
  it("are those of their first use, however many there are", () => {
    for (let seed = 0; seed < 20; seed++) {
      const random = new Random(seed, "pairs");
      const table = new PairTable();
      const known = new Map<string, number>();
      const scale = random.pick([1, 0.5, 2 ** 20, 2 ** 31, 1e-9]);
      for (let i = 0; i < 4000; i++) {
        const owner = random.below(1 + (seed % 5) * 100);
        const number = (random.below(2000) - 1000) * scale;
        const value: Json = random.chance(0.9) ? number : random.pick<Json>([`${number}`, null, [number], true]);
        // JSON knows no -0.
        const name = `${owner}:${JSON.stringify(value)}`;
        const expected = known.get(name) ?? known.size;
        known.set(name, expected);
        if (table.id(owner, value) !== expected) expect.fail(`seed ${seed}: ${name} is not ${expected}`);
      }
      expect(table.size).toBe(known.size);
    }
  });
});

describe("a column that grows", () => {
  it("has what was pushed and set, however small it began", () => {
    for (const capacity of [1, 2, 5, undefined]) {
      const column = new IntColumn(capacity);
      const expected: number[] = [];
      for (let i = 0; i < 3000; i++) {
        column.push(7 * i);
        expected.push(7 * i);
        if (i % 3 === 0) {
          column.set(i >> 1, -1 - i);
          expected[i >> 1] = -1 - i;
        }
      }
      expect(column.length).toBe(3000);
      expect([...column.values]).toEqual(expected);
      expect(expected.filter((value, i) => column.at(i) !== value)).toEqual([]);
    }
  });
});

describe("positions in a list", () => {
  const SIZE = 6;
  const lists = Array.from({ length: 300 }, (_, seed) => {
    const random = new Random(seed, "positions");
    return Int32Array.from({ length: random.below(8) }, () => random.below(SIZE));
  });

  it("are where a value occurs first in the list that was loaded last", () => {
    const positions = new Positions({
      name: "x",
      values: [...Array(SIZE).keys()],
      writers: [],
      failed: new Map(),
      accesses: [],
    });
    const found = (): number[] => Array.from({ length: SIZE }, (_, value) => positions.of(value));
    for (const list of lists) {
      positions.load(list);
      expect(found()).toEqual(Array.from({ length: SIZE }, (_, value) => list.indexOf(value)));
    }
  });

  it("are the same in two lists as far as their common beginning goes", () => {
    for (const [i, list] of lists.entries()) {
      const other = lists[(i + 1) % lists.length] ?? list;
      for (const [a, b] of [
        [list, other],
        [list, Int32Array.from([...list, 0])],
        [Int32Array.from([...list, ...other]), list],
      ] as const) {
        const common = commonPrefix(a, b);
        expect([...a.subarray(0, common)]).toEqual([...b.subarray(0, common)]);
        expect(common === a.length || common === b.length || a[common] !== b[common]).toBe(true);
      }
    }
  });
});

describe("changes of a counter", () => {
  const op = (sketch: Partial<Sketch>): Operation => {
    const [first] = history([{ p: 3, f: "add", call: 0, ret: 1, ...sketch }]).ops;
    if (first === undefined) throw new Error("one operation");
    return first;
  };

  it("are by how much it goes up or down", () => {
    const by = (f: string, input: Json): number => deltaIn(op({ f, input }));
    expect([by("add", 3), by("add", -3), by("increment", 3), by("decrement", 3)]).toEqual([3, -3, 3, -3]);
    expect([by("increment", null), by("decrement", null)]).toEqual([1, -1]);
    expect(["add", "increment", "decrement", "read", "write"].map(isChange)).toEqual([true, true, true, false, false]);
  });

  it("are integers, and so is what is read", () => {
    expect(() => deltaIn(op({ f: "read" }))).toThrow(/a counter knows read, add, increment, decrement, but not read/);
    expect(() => deltaIn(op({ f: "add", input: null }))).toThrow(/the input of an add must be an integer/);
    for (const input of [0.5, "1", 2 ** 53])
      expect(() => deltaIn(op({ f: "increment", input }))).toThrow(/the input of increment must be an integer/);
    expect(countIn(op({ f: "read", ok: -4 }))).toBe(-4);
    expect(() => countIn(op({ f: "read", ok: 0.5 }))).toThrow(/a read of a counter must yield an integer/);
    expect(() => countIn(op({ f: "read", fail: "gone" }))).toThrow(/a read of a counter must yield an integer/);
  });
});
