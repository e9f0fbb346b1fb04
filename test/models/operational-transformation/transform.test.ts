import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { NodeId } from "../../../src/core/operation.ts";
import {
  applied,
  type Edit,
  type Text,
  type TextOperation,
} from "../../../src/models/operational-transformation/operations.ts";
import { rebase } from "../../../src/models/operational-transformation/rebase.ts";
import { type Transform, transformation } from "../../../src/models/operational-transformation/transform.ts";

const correct = transformation();

const edit = (site: NodeId, op: TextOperation, key = "k"): Edit => ({ site, number: 1, key, op });

const textOf = (length: number): Text => Array.from({ length }, (_, i) => i);

/** All operations on a text of this length; inserts of one and of two characters, which are the site's own. */
const operationsOn = (length: number, site: NodeId): TextOperation[] => [
  { f: "nothing" },
  ...[1, 2].flatMap((count) =>
    Array.from({ length: length + 1 }, (_, at): TextOperation => {
      const characters = Array.from({ length: count }, (__, i) => `${site}${i}`);
      return { f: "insert", at, characters };
    }),
  ),
  ...Array.from({ length }, (_, at): TextOperation => ({ f: "delete", at })),
];

/** All pairs of operations of two sites on texts of at most three characters. */
const PAIRS = [0, 1, 2, 3].flatMap((length) =>
  operationsOn(length, "a").flatMap((one) =>
    operationsOn(length, "b").map((other) => ({ text: textOf(length), a: edit("a", one), b: edit("b", other) })),
  ),
);

/** Ressel et al., CSCW 1996, transformation property 1. */
const hasTp1 = (transform: Transform, text: Text, a: Edit, b: Edit): boolean => {
  const aFirst = applied(applied(text, a.op), transform(b, a).op);
  const bFirst = applied(applied(text, b.op), transform(a, b).op);
  return JSON.stringify(aFirst) === JSON.stringify(bFirst);
};

const operations = (length: number, site: NodeId): fc.Arbitrary<TextOperation> =>
  fc.oneof(
    fc.record({
      f: fc.constant("insert" as const),
      at: fc.nat({ max: length }),
      characters: fc.array(fc.nat(), { minLength: 1, maxLength: 4 }).map((all) => all.map((_, i) => `${site}${i}`)),
    }),
    ...(length > 0 ? [fc.record({ f: fc.constant("delete" as const), at: fc.nat({ max: length - 1 }) })] : []),
  );

describe("the transformation", () => {
  it("has TP1 for all pairs of operations on texts of at most three characters", () => {
    expect(PAIRS.length).toBeGreaterThan(250);
    expect(PAIRS.filter(({ text, a, b }) => !hasTp1(correct, text, a, b))).toEqual([]);
  });

  it.each(["tie-not-broken", "off-by-one"] as const)("has it no more with the bug %s", (bug) => {
    const broken = PAIRS.filter(({ text, a, b }) => !hasTp1(transformation(bug), text, a, b));
    expect(broken.length).toBeGreaterThan(0);
    // The bug shows where the two meet, and nowhere else.
    for (const { a, b } of broken) expect(a.op).toHaveProperty("at", b.op.f === "nothing" ? undefined : b.op.at);
  });

  it("has TP1 on longer texts", () => {
    const pairs = fc
      .nat({ max: 30 })
      .chain((length) => fc.tuple(fc.constant(length), operations(length, "a"), operations(length, "b")));
    fc.assert(
      fc.property(pairs, ([length, one, other]) => hasTp1(correct, textOf(length), edit("a", one), edit("b", other))),
      { numRuns: 500 },
    );
  });

  it("keeps what the user meant: the same character goes, and what was typed stands where it stood among the others", () => {
    for (const { text, a, b } of PAIRS) {
      const alone = applied(text, a.op);
      const together = applied(applied(text, b.op), correct(a, b).op);
      const ofB = new Set(b.op.f === "insert" ? b.op.characters : []);
      const gone = b.op.f === "delete" ? text[b.op.at] : undefined;
      expect(together.filter((character) => !ofB.has(character))).toEqual(alone.filter((one) => one !== gone));
    }
  });

  it("leaves edits of other documents as they are", () => {
    const b = edit("b", { f: "insert", at: 0, characters: ["x"] }, "other");
    for (const { a } of PAIRS) expect(correct(a, b)).toEqual(a);
  });

  it("does not have TP2, which is why all edits go through one server (Ressel et al. 1996)", () => {
    const text = textOf(3);
    const [as, bs, cs] = ["a", "b", "c"].map((site) => operationsOn(3, site).map((op) => edit(site, op))) as Edit[][];
    const puzzles = (as ?? []).flatMap((a) =>
      (bs ?? []).flatMap((b) =>
        (cs ?? []).filter((c) => {
          const overA = correct(correct(c, a), correct(b, a)).op;
          const overB = correct(correct(c, b), correct(a, b)).op;
          const both = applied(applied(text, a.op), correct(b, a).op);
          return JSON.stringify(applied(both, overA)) !== JSON.stringify(applied(both, overB));
        }),
      ),
    );
    expect(puzzles.length).toBeGreaterThan(0);
  });
});

describe("rebasing a queue", () => {
  /** A text, an edit of the server's on it, and a queue of a site's edits on it, each on top of the one before. */
  const worlds = fc
    .tuple(fc.nat({ max: 8 }), fc.array(fc.nat({ max: 1000 }), { maxLength: 6 }), fc.nat({ max: 1000 }))
    .map(([length, picks, pick]) => {
      const text = textOf(length);
      let mine: Text = text;
      const queue = picks.map((drawn, i): Edit => {
        const all = operationsOn(mine.length, `b${i}.`);
        const op = all[drawn % all.length] ?? { f: "nothing" };
        mine = applied(mine, op);
        return { site: "b", number: i + 1, key: "k", op };
      });
      const all = operationsOn(length, "a");
      return { text, mine, queue, revision: edit("a", all[pick % all.length] ?? { f: "nothing" }) };
    });

  const isSquare = (
    transform: Transform,
    { text, mine, queue, revision }: typeof worlds extends fc.Arbitrary<infer W> ? W : never,
  ) => {
    const rebased = rebase(transform, revision, queue);
    const server = rebased.queue.reduce((shown, { op }) => applied(shown, op), applied(text, revision.op));
    const site = applied(mine, rebased.revision?.op ?? { f: "nothing" });
    return JSON.stringify(server) === JSON.stringify(site);
  };

  it("leads to one text on both ways round, however long the queue is", () => {
    fc.assert(
      fc.property(worlds, (world) => isSquare(correct, world)),
      { numRuns: 500 },
    );
    for (const bug of ["tie-not-broken", "off-by-one"] as const)
      expect(() =>
        fc.assert(
          fc.property(worlds, (world) => isSquare(transformation(bug), world)),
          { numRuns: 500, seed: 1 },
        ),
      ).toThrow("Property failed");
  });

  it("is the same for a revision after the other as for each edit of the queue by itself", () => {
    fc.assert(
      fc.property(worlds, fc.nat({ max: 6 }), ({ queue, revision }, cut) => {
        const whole = rebase(correct, revision, queue);
        const head = rebase(correct, revision, queue.slice(0, cut));
        const tail = rebase(correct, head.revision ?? revision, queue.slice(cut));
        expect([...head.queue, ...tail.queue]).toEqual(whole.queue);
        expect(tail.revision).toEqual(whole.revision);
      }),
      { numRuns: 300 },
    );
  });

  it("takes an edit out of the queue that comes back, and changes nothing", () => {
    const queue = [1, 2].map((number): Edit => ({ site: "b", number, key: "k", op: { f: "delete", at: number } }));
    const back: Edit = { site: "b", number: 1, key: "k", op: { f: "delete", at: 1 } };
    expect(rebase(correct, back, queue)).toEqual({ revision: undefined, queue: queue.slice(1) });
  });
});
