import * as fc from "fast-check";
import { expect, it } from "vitest";
import {
  type CausalContext,
  contextWith,
  coversContext,
  hasSeen,
  nextDot,
  unite,
} from "../../../src/models/crdt/types/causal-context.ts";
import type { Dot } from "../../../src/models/shared/clocks/siblings.ts";

const dot: fc.Arbitrary<Dot> = fc.tuple(fc.constantFrom("n1", "n2"), fc.integer({ min: 1, max: 6 }));
const dots = fc.array(dot, { maxLength: 10 });
const ALL = ["n1", "n2"].flatMap((node) => [1, 2, 3, 4, 5, 6, 7].map((count): Dot => [node, count]));
const seenBy = (context: CausalContext): string[] => ALL.filter((one) => hasSeen(context, one)).map(String);

it("a causal context is a set of dots, however it is kept (Almeida et al. 2018)", () => {
  fc.assert(
    fc.property(dots, dots, (some, others) => {
      const [a, b] = [contextWith(some), contextWith(others)];
      const [setA, setB] = [new Set(some.map(String)), new Set(others.map(String))];
      expect(new Set(seenBy(a))).toEqual(setA);
      expect(new Set(seenBy(unite(a, b)))).toEqual(new Set([...setA, ...setB]));
      expect(coversContext(a, b)).toBe([...setB].every((one) => setA.has(one)));
      expect(unite(a, b)).toEqual(contextWith([...others, ...some, ...others]));
      // One number for each node is all that is kept of what has no gaps.
      for (const [node, count] of a.cloud)
        expect(hasSeen(a, [node, count - 1]) && count === a.vector[node]).toBe(false);
    }),
    { numRuns: 300 },
  );
});

it("a node's next dot is behind all of its own", () => {
  expect(nextDot(contextWith([]), "n1")).toEqual(["n1", 1]);
  expect(
    nextDot(
      contextWith([
        ["n1", 2],
        ["n2", 1],
        ["n1", 1],
      ]),
      "n1",
    ),
  ).toEqual(["n1", 3]);
});
