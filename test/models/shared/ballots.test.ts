import * as fc from "fast-check";
import { expect, test } from "vitest";
import { ballotAbove } from "../../../src/models/shared/ballots.ts";
import { majorityOf } from "../../../src/models/shared/majority.ts";

const clusters = fc.integer({ min: 1, max: 7 }).map((count) => Array.from({ length: count }, (_, i) => `n${i + 1}`));

test("ballots rise, and no two nodes ever choose the same (Paxos Made Simple, §2.5)", () => {
  fc.assert(
    fc.property(clusters, fc.nat({ max: 1000 }), fc.nat({ max: 1000 }), (nodes, one, other) => {
      for (const id of nodes) {
        const mine = ballotAbove(one, { id, nodes });
        expect(mine).toBeGreaterThan(one);
        for (const peer of nodes) if (peer !== id) expect(ballotAbove(other, { id: peer, nodes })).not.toBe(mine);
      }
    }),
  );
});

test("any two majorities share a node, and none is larger than it must be", () => {
  for (let nodes = 1; nodes <= 9; nodes++) {
    expect(2 * majorityOf(nodes)).toBeGreaterThan(nodes);
    expect(2 * (majorityOf(nodes) - 1)).toBeLessThanOrEqual(nodes);
  }
});
