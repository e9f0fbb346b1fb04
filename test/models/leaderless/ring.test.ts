import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Ring } from "../../../src/models/leaderless/ring.ts";

const nodesUpTo = (count: number): string[] => Array.from({ length: count }, (_, i) => `n${i + 1}`);
const clusters = fc.integer({ min: 1, max: 9 }).map(nodesUpTo);

describe("the ring (Dynamo, §4.2-4.3)", () => {
  it("gives every key N distinct nodes, the first of a walk that meets all", () => {
    fc.assert(
      fc.property(clusters, fc.nat({ max: 8 }), fc.string(), (nodes, less, key) => {
        const copies = Math.max(1, nodes.length - less);
        const ring = new Ring(nodes, copies);
        const range = ring.rangeOf(key);
        expect([...ring.walk(range)].sort()).toEqual([...nodes].sort());
        expect(ring.homes(range)).toEqual(ring.walk(range).slice(0, copies));
        expect(new Set(ring.homes(range)).size).toBe(copies);
      }),
    );
  });

  it("moves only what a new node takes over: without it every walk is as it was before", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 9 }), fc.array(fc.string(), { minLength: 1 }), (count, keys) => {
        const newcomer = `n${count}`;
        const [before, after] = [new Ring(nodesUpTo(count - 1), 3), new Ring(nodesUpTo(count), 3)];
        for (const key of keys) {
          const walk = after.walk(after.rangeOf(key)).filter((node) => node !== newcomer);
          expect(walk).toEqual(before.walk(before.rangeOf(key)));
        }
      }),
    );
  });

  it.each([3, 4, 5, 7])(
    "spreads keys over %i nodes: none has less than a third of its share, nor twice as much",
    (count) => {
      const ring = new Ring(nodesUpTo(count), 2);
      const load = new Map(nodesUpTo(count).map((node) => [node, 0]));
      const keys = 5000;
      for (let i = 0; i < keys; i++)
        for (const home of ring.homes(ring.rangeOf(`k${i}`))) load.set(home, (load.get(home) ?? 0) + 1);
      const share = (2 * keys) / count;
      for (const keysOfNode of load.values()) {
        expect(keysOfNode).toBeGreaterThan(share / 3);
        expect(keysOfNode).toBeLessThan(share * 2);
      }
    },
  );
});
