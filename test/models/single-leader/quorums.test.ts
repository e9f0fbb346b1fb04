import { describe, expect, test } from "vitest";
import { copiesNeeded, electionQuorum, nextEpochOf, ownerOf } from "../../../src/models/single-leader/quorums.ts";

const SIZES = [1, 2, 3, 4, 5, 6, 7];

/** All sets of `size` nodes out of `n`, as bit masks. */
function subsets(n: number, size: number): number[] {
  const masks: number[] = [];
  for (let mask = 0; mask < 1 << n; mask++) if (mask.toString(2).replaceAll("0", "").length === size) masks.push(mask);
  return masks;
}

describe("quorums (Howard, Malkhi & Spiegelman, Flexible Paxos, OPODIS 2016, §4)", () => {
  for (const replication of ["semi-sync", "sync"] as const)
    test(`${replication}: whoever elects a leader includes a node of every acknowledgement`, () => {
      for (const n of SIZES) {
        const elections = subsets(n, electionQuorum(replication, n));
        expect(elections).not.toEqual([]);
        for (const acknowledgement of subsets(n, copiesNeeded(replication, n)))
          for (const election of elections) expect(election & acknowledgement).not.toBe(0);
      }
    });

  test("the quorums are as small as they can be: with one node less an acknowledged write could be missed", () => {
    for (const replication of ["semi-sync", "sync"] as const)
      for (const n of SIZES) expect(electionQuorum(replication, n) - 1 + copiesNeeded(replication, n)).toBe(n);
  });

  test("async: a majority elects, so any two elections share a node, and a minority may be down", () => {
    for (const n of SIZES) {
      const elections = subsets(n, electionQuorum("async", n));
      for (const one of elections) for (const other of elections) expect(one & other).not.toBe(0);
      expect(copiesNeeded("async", n)).toBe(1);
    }
    expect(electionQuorum("async", 5)).toBe(3);
  });
});

describe("epochs", () => {
  test("every epoch has one owner, and owners take turns", () => {
    const nodes = ["n1", "n2", "n3"];
    expect([1, 2, 3, 4, 5].map((epoch) => ownerOf(epoch, nodes))).toEqual(["n1", "n2", "n3", "n1", "n2"]);
    expect(() => ownerOf(0, nodes)).toThrow("epochs count from 1");
  });

  test("the next epoch of a node is later, its own, and the first such", () => {
    for (const n of SIZES) {
      const nodes = Array.from({ length: n }, (_, i) => `n${i + 1}`);
      for (let epoch = 1; epoch < 20; epoch++)
        for (const node of nodes) {
          const next = nextEpochOf(node, epoch, nodes);
          expect(next).toBeGreaterThan(epoch);
          expect(next - epoch).toBeLessThanOrEqual(n);
          expect(ownerOf(next, nodes)).toBe(node);
        }
    }
  });
});
