import { expect, it } from "vitest";
import { intervalsMeet, statesGrow } from "../../../src/models/crdt/invariants.ts";

it("states grow: nothing that a node has seen is forgotten, in restarts neither", () => {
  const one = statesGrow();
  const trace = (node: string, state: Record<string, number>) =>
    one.onTrace(node, "state", { key: "k", object: { type: "g-counter", state } });
  expect(trace("n1", { n1: 2 })).toBeUndefined();
  expect(trace("n2", { n1: 1 })).toBeUndefined();
  expect(trace("n1", { n1: 2, n2: 1 })).toBe(true);
  expect(trace("n1", { n1: 1, n2: 3 })).toBe("n1 went back from 3 to 4 of k, or forgot what it had seen");
  expect(one.onTrace("n1", "interval", { from: "n2", after: 0, upTo: 1 })).toBeUndefined();
});

it("intervals meet: what comes before a delta-interval is there", () => {
  const one = intervalsMeet();
  const trace = (node: string, after: number, upTo: number) =>
    one.onTrace(node, "interval", { from: "n1", after, upTo });
  expect(trace("n2", 0, 4)).toBeUndefined();
  expect(trace("n2", 4, 6)).toBe(true);
  expect(trace("n2", 2, 5)).toBe(true);
  expect(trace("n2", 6, 7)).toBe(true);
  expect(trace("n2", 8, 9)).toBe("n2 joined deltas of n1 behind 8, but has only the first 7");
  expect(trace("n3", 1, 2)).toContain("only the first 0");
});
