import { describe, expect, it } from "vitest";
import { Numbering } from "../../../checkers/transactions/numbering.ts";
import type { Json } from "../../../src/core/json.ts";
import { Random } from "../../../src/core/random.ts";
import { runs } from "../../support/runs.ts";

/** Of every sort that is kept in a way of its own, near the limits of that. */
function anyValue(random: Random): Json {
  switch (random.below(8)) {
    case 0:
    case 1:
    case 2:
      return random.below(200);
    case 3:
      return random.below(2 ** 20) * 2 ** random.below(16);
    case 4:
      return random.pick([-1, -0, 0.5, 2 ** 31 - 1, 2 ** 31, 2 ** 32, -(2 ** 31), 1e300]);
    case 5:
      return random.pick(["", "1", "[1]", "0 [1]", "\\0[1]", "null"]);
    case 6:
      return random.pick([null, true, false]);
    default:
      return random.pick<Json>([[1], [], ["1"], { a: 1, b: [2] }, { b: [2], a: 1 }, {}]);
  }
}

/** Two values have the same words if and only if they are equal as JSON. */
function inWords(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(inWords).join()}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const entries = Object.entries(value).map(([name, item]) => `${name}=${inWords(item ?? null)}`);
  return `{${entries.sort().join()}}`;
}

describe("numbers of pairs", () => {
  it("are the same for equal pairs, and lead back to them", () => {
    for (let seed = 0; seed < runs(500); seed++) {
      const random = new Random(seed, "numbering");
      const numbering = new Numbering(random.below(10));
      const known = new Map<string, number>();
      for (let i = 0; i < 300; i++) {
        const [group, value] = [random.below(seed % 4 === 0 ? 200 : 1 + (seed % 20)), anyValue(random)];
        const name = `${group}:${inWords(value)}`;
        const expected = known.get(name) ?? known.size;
        known.set(name, expected);
        const number = numbering.of(group, value);
        const back = inWords(numbering.valueOf(number));
        if (number !== expected || back !== inWords(value))
          expect.fail(`seed ${seed}: ${name} has number ${number} and not ${expected}, which is of ${back}`);
      }
      expect(numbering.count).toBe(known.size);
    }
  });
});
