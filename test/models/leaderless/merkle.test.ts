import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { below, MerkleTree, NOTHING } from "../../../src/models/leaderless/merkle.ts";

const contents = fc.dictionary(fc.string({ maxLength: 3 }), fc.nat({ max: 2 }), { maxKeys: 60 });
/** Enough keys for several levels. */
const many = (count: number): [string, number][] => Array.from({ length: count }, (_, i) => [`k${i}`, i]);

const treeOf = (entries: Iterable<readonly [string, number]>): MerkleTree => {
  const tree = new MerkleTree();
  for (const [key, digest] of entries) tree.set(key, digest);
  return tree;
};

/** Goes down where digests differ, and collects the keys whose digests do. */
function differing(a: MerkleTree, b: MerkleTree, path = ""): string[] {
  if (a.digest(path) === b.digest(path)) return [];
  const [one, other] = [a.describe(path), b.describe(path)];
  if ("branches" in one && "branches" in other) return one.branches.flatMap((_, i) => differing(a, b, below(path, i)));
  const [mine, theirs] = [new Map(a.keys(path)), new Map(b.keys(path))];
  return [...new Set([...mine.keys(), ...theirs.keys()])].filter((key) => mine.get(key) !== theirs.get(key));
}

describe("a Merkle tree (Dynamo, §4.7)", () => {
  it("leads to exactly the keys in which two nodes differ", () => {
    fc.assert(
      fc.property(contents, contents, fc.nat({ max: 300 }), (one, other, shared) => {
        const a = new Map([...many(shared), ...Object.entries(one)]);
        const b = new Map([...many(shared), ...Object.entries(other)]);
        const expected = [...new Set([...a.keys(), ...b.keys()])].filter((key) => a.get(key) !== b.get(key));
        expect(differing(treeOf(a), treeOf(b)).sort()).toEqual(expected.sort());
      }),
    );
  });

  it("is the same for the same contents, in whatever order and however often they came", () => {
    fc.assert(
      fc.property(fc.nat({ max: 120 }), fc.infiniteStream(fc.nat()), (count, picks) => {
        const entries = many(count);
        const shuffled = [...entries];
        for (const entry of entries) {
          const at = (picks.next().value as number) % Math.max(1, shuffled.length);
          shuffled.splice(at, 0, [entry[0], entry[1] + 1]);
        }
        expect(treeOf([...shuffled, ...entries]).root).toBe(treeOf(entries).root);
      }),
    );
    expect(treeOf([]).root).toBe(NOTHING);
  });

  it("tells all keys below a place, and no others", () => {
    const tree = treeOf(many(200));
    const described = tree.describe("");
    expect("branches" in described && described.branches.length).toBe(16);
    const parts = Array.from({ length: 16 }, (_, i) => tree.keys(below("", i)));
    expect(parts.flat().sort()).toEqual([...tree.keys("")].sort());
    expect(tree.keys("")).toHaveLength(200);
  });
});
