import { describe, expect, it } from "vitest";
import { bytes, doubles, ints, lending } from "../../../checkers/transactions/memory.ts";
import { Random } from "../../../src/core/random.ts";

/** From how many bytes on memory is lent and used again. */
const LARGE = 65_536;

type Column = Int32Array | Uint8Array | Float64Array;
const MAKERS: readonly [make: (length: number) => Column, itemBytes: number][] = [
  [ints, 4],
  [bytes, 1],
  [doubles, 8],
];

describe("columns that are lent", () => {
  /** Makes columns, at random on the way down and up again, and fills each with a number of its own. */
  function use(random: Random, depth: number, mark: { next: number }): void {
    const own: [Column, number][] = [];
    const make = (): void => {
      const [maker, itemBytes] = random.pick(MAKERS);
      const length = Math.floor((LARGE * random.pick([0.9, 1, 1.5, 2, 4])) / itemBytes) + random.pick([-1, 0, 1, 5]);
      const column = maker(length);
      expect(column.length).toBe(length);
      if (column.some((item) => item !== 0)) expect.fail(`a column of ${length} is not empty`);
      const number = 1 + (mark.next++ % 250);
      own.push([column.fill(number), number]);
    };
    lending(() => {
      for (let i = 0; i < 3; i++) {
        make();
        if (depth > 0 && random.chance(0.5)) use(random, depth - 1, mark);
      }
      for (const [column, number] of own)
        if (column.some((item) => item !== number)) expect.fail("a column was lent twice");
    });
  }

  it("are empty, and nobody else's as long as they are lent", () => {
    for (let seed = 0; seed < 5; seed++) use(new Random(seed, "memory"), 3, { next: seed });
  });

  it("are used again when they were given back, also after an error", () => {
    const bufferOf = (): ArrayBufferLike => lending(() => ints(LARGE)).buffer;
    const first = bufferOf();
    expect(bufferOf()).toBe(first);
    const failing = (): void =>
      lending(() => {
        expect(ints(LARGE).buffer).toBe(first);
        throw new Error("on purpose");
      });
    expect(failing).toThrow("on purpose");
    lending(() => {
      const inner = bufferOf();
      expect(inner).toBe(first);
      expect([ints(LARGE).buffer === first, ints(LARGE).buffer === first]).toEqual([true, false]);
      expect(ints(2 * LARGE).buffer).not.toBe(first);
    });
  });

  it("are one's own for good where nothing is lent", () => {
    const [one, other] = [ints(LARGE), ints(LARGE)];
    expect(one.buffer).not.toBe(other.buffer);
    lending(() => expect([one.buffer, other.buffer]).not.toContain(ints(LARGE).buffer));
  });

  it.each(MAKERS)("stand outside of the engine's accounts if they are large, %#", (make, itemBytes) => {
    const isOutside = (length: number): boolean => make(length).buffer instanceof SharedArrayBuffer;
    expect([isOutside(LARGE / itemBytes - 1), isOutside(LARGE / itemBytes)]).toEqual([false, true]);
  });
});
