import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { filledDisks, slowDisks } from "../../src/nemesis/disk.ts";

const NODES = ["n1", "n2", "n3", "n4", "n5"];
const draw = (arbitrary: ReturnType<typeof filledDisks>) => fc.sample(arbitrary, { seed: 7, numRuns: 300 });

describe("full disks", () => {
  it("are those of one node, the leader, a minority, a majority, or all", () => {
    const seen = new Set<string>();
    for (const { fault, aimedAtLeader } of draw(filledDisks(NODES))) {
      if (fault.kind !== "disk" || !("full" in fault)) return expect.fail("another fault");
      expect(fault).toEqual({ kind: "disk", nodes: fault.nodes, full: true });
      expect(new Set(fault.nodes).size).toBe(fault.nodes.length);
      seen.add(aimedAtLeader === undefined ? `${fault.nodes.length}` : "leader");
    }
    expect([...seen].sort()).toEqual(["1", "2", "3", "5", "leader"]);
  });

  it("are not slow, and slow ones not full", () => {
    for (const { fault } of draw(filledDisks(NODES))) expect(fault).not.toHaveProperty("stallMs");
    for (const { fault } of draw(slowDisks(NODES))) expect(fault).not.toHaveProperty("full");
  });
});
