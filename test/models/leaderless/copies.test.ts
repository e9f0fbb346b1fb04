import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Copy,
  compareStamps,
  covers,
  digestOfCopy,
  elementsOf,
  mergeCopies,
  seenIn,
  siblingsOf,
  valueShown,
} from "../../../src/models/leaderless/copies.ts";
import { put } from "../../../src/models/shared/clocks/siblings.ts";

const NODES = ["n1", "n2", "n3"];
const stamped: fc.Arbitrary<Copy> = fc
  .tuple(fc.nat({ max: 3 }), fc.constantFrom("n1/1", "n2/1"), fc.nat({ max: 3 }))
  .map((stamp) => ({ stamp, value: stamp.join() }));

/** Copies of three nodes that write, and now and then hear of each other. */
const siblings: fc.Arbitrary<readonly Copy[]> = fc
  .array(fc.record({ node: fc.nat({ max: 2 }), from: fc.nat({ max: 2 }), writes: fc.boolean() }), { maxLength: 12 })
  .map((steps) => {
    const copies: Copy[] = NODES.map(() => []);
    for (const [i, { node, from, writes }] of steps.entries()) {
      const here = siblingsOf(copies[node]);
      copies[node] = writes
        ? put(here, { node: NODES[node] ?? "", writes: 0, context: seenIn(copies[from === node ? node : 9]), value: i })
            .siblings
        : mergeCopies(here, copies[from] ?? []);
    }
    return copies;
  });

const triples = fc.oneof(fc.tuple(stamped, stamped, stamped), siblings);

describe("copies of a key", () => {
  it("are merged in any order and any number of times to the same (eventual consistency rests on that)", () => {
    fc.assert(
      fc.property(triples, ([a, b, c]) => {
        if (a === undefined || b === undefined || c === undefined) return;
        const name = digestOfCopy(mergeCopies(mergeCopies(a, b), c));
        expect(digestOfCopy(mergeCopies(a, mergeCopies(b, c)))).toBe(name);
        expect(digestOfCopy(mergeCopies(c, mergeCopies(b, a)))).toBe(name);
        expect(digestOfCopy(mergeCopies(a, a))).toBe(digestOfCopy(a));
      }),
      { numRuns: 500 },
    );
  });

  it("cover what merging would add nothing of", () => {
    fc.assert(
      fc.property(triples, ([a, b]) => {
        if (a === undefined || b === undefined) return;
        expect(covers(a, b)).toBe(digestOfCopy(mergeCopies(a, b)) === digestOfCopy(a));
        expect(covers(a, undefined)).toBe(true);
        expect(covers(undefined, a)).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it("are ordered by time, then by writer, then by number", () => {
    expect(compareStamps([2, "a", 1], [1, "b", 9])).toBeGreaterThan(0);
    expect(compareStamps([1, "a", 9], [1, "b", 1])).toBeLessThan(0);
    expect(compareStamps([1, "a", 2], [1, "a", 1])).toBeGreaterThan(0);
    expect(compareStamps([1, "a", 2], [1, "a", 2])).toBe(0);
  });

  it("read as the union of siblings that are sets (Dynamo, §4.4), and as one of others", () => {
    const cart: Copy = [
      { dot: ["n1", 1], context: {}, value: [1, 2] },
      { dot: ["n2", 1], context: {}, value: [2, 3] },
    ];
    expect(valueShown(cart)).toEqual([1, 2, 3]);
    expect(elementsOf(undefined)).toEqual([]);
    const registers: Copy = [
      { dot: ["n1", 1], context: { n3: 2 }, value: "knows of two" },
      { dot: ["n2", 2], context: {}, value: "knows of one" },
    ];
    expect(valueShown(registers)).toBe("knows of two");
    expect(valueShown({ stamp: [1, "n1/1", 1], value: 7 })).toBe(7);
    expect(valueShown(undefined)).toBe(null);
  });
});
