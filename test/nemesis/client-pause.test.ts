import { describe, expect, it } from "vitest";
import { parseFaults } from "../../src/cli/values.ts";
import { FAULT_KINDS } from "../../src/core/fault.ts";
import { resolveAim } from "../../src/nemesis/aim.ts";
import { planFaults } from "../../src/nemesis/plan.ts";

const NODES = ["n1", "n2", "n3", "n4", "n5"];

describe("pauses of clients", () => {
  it("strike the clients at one node, at several and at all, and nobody aims them at who leads", () => {
    const sizes = new Set<number>();
    for (let seed = 0; seed < 30; seed++)
      for (const { fault, aimedAtLeader } of planFaults({
        seed,
        kinds: ["client-pause"],
        nodes: NODES,
        timeMs: 60_000,
      })) {
        if (fault.kind !== "client-pause") return expect.fail("another fault");
        expect(NODES).toEqual(expect.arrayContaining([...fault.nodes]));
        expect(aimedAtLeader).toBeUndefined();
        sizes.add(fault.nodes.length);
      }
    expect([...sizes].sort()).toEqual([1, 2, 3, 4, 5]);
    const fault = { kind: "client-pause", nodes: ["n1"] } as const;
    expect(resolveAim({ fault, aimedAtLeader: "n1" }, "n2")).toBe(fault);
  });

  it("are asked for by name, and leave the other faults of a seed as they were", () => {
    expect(parseFaults("all")).toEqual(FAULT_KINDS);
    expect(parseFaults("all,client-pause")).toEqual([...FAULT_KINDS, "client-pause"]);
    expect(parseFaults("kill,client-pause,kill")).toEqual(["kill", "client-pause"]);
    const plan = (kinds: string) => planFaults({ seed: 4, kinds: parseFaults(kinds), nodes: NODES, timeMs: 60_000 });
    expect(plan("all,client-pause").filter(({ fault }) => fault.kind !== "client-pause")).toEqual(plan("all"));
  });
});
