import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Heal } from "../../../src/core/cluster.ts";
import { FAULT_KINDS, type Fault } from "../../../src/core/fault.ts";
import { EPOCH_MS } from "../../../src/runtimes/sim/index.ts";
import { watch } from "./toy.ts";

const NODES = ["n1", "n2", "n3"];
const nodes = fc.subarray(NODES, { minLength: 1 });
const links = fc.record(
  { n1: fc.subarray(NODES), n2: fc.subarray(NODES), n3: fc.subarray(NODES) },
  { requiredKeys: [] },
);
const chance = fc.constantFrom(0, 0.3, 1);

const anyFault: fc.Arbitrary<Fault> = fc.oneof(
  fc.record({ kind: fc.constant("partition" as const), shape: fc.constant("any"), drops: links }),
  fc.record({ kind: fc.constant("pause" as const), nodes }),
  fc.record({ kind: fc.constant("kill" as const), nodes }),
  fc.record({ kind: fc.constant("clock" as const), mode: fc.constant("jump" as const), nodes, offsetMs: fc.integer() }),
  fc.record({
    kind: fc.constant("clock" as const),
    mode: fc.constant("drift" as const),
    nodes,
    rate: fc.constantFrom(0, 0.5, 2),
  }),
  fc.record(
    {
      kind: fc.constant("link" as const),
      links,
      quality: fc.record({ loss: chance, duplicate: chance, reorder: chance }, { requiredKeys: [] }),
    },
    { requiredKeys: ["kind", "quality"] },
  ) as fc.Arbitrary<Fault>,
  fc.record({ kind: fc.constant("disk" as const), nodes, stallMs: fc.nat(1000) }),
);

describe("faults of all kinds", () => {
  it("begun and healed in any order leave a whole network, true clocks and running nodes", async () => {
    const kinds = new Set<string>();
    // Each step begins the fault given, or heals one that is in force.
    const step = fc.oneof(anyFault, fc.nat());
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 15 }), fc.nat(), async (steps, seed) => {
        const { cluster, ask, get, sleepMs, details } = watch({ seed });
        const inForce: Heal[] = [];
        const load = (async () => {
          for (let i = 0; i < 15; i++)
            await ask(`n${(i % 3) + 1}`, i % 2 ? "ping" : "increment", `n${((i + 1) % 3) + 1}`, null, 5);
        })();
        for (const what of steps) {
          if (typeof what === "number") await inForce.splice(what % Math.max(1, inForce.length), 1)[0]?.();
          else {
            kinds.add(what.kind);
            inForce.push(await cluster.inject(what));
          }
          await sleepMs(3);
        }
        // The rest, from both ends.
        while (inForce.length > 0) await (inForce.length % 2 ? inForce.pop() : inForce.shift())?.();
        await load;
        await sleepMs(100);

        for (const from of NODES) {
          const { wallMs } = (await get(from, "clock")) as { wallMs: number };
          expect(Math.abs(wallMs - EPOCH_MS - cluster.nowNs() / 1e6)).toBeLessThan(2.01);
          expect((await ask(from, "increment", "", true, 10)).type).toBe("ok");
          for (const to of NODES) {
            if (to === from) continue;
            const before = details("got", to).length;
            await get(from, "flood", to, 20);
            await sleepMs(2);
            expect(details("got", to).length).toBe(before + 20);
          }
        }
        expect(cluster.failures()).toEqual([]);
        await cluster.stop();
      }),
      { numRuns: 150 },
    );
    expect([...kinds].sort()).toEqual([...FAULT_KINDS].sort());
  });

  it.each<[string, Fault, RegExp]>([
    ["an unknown node", { kind: "kill", nodes: ["n1", "n7"] }, /kill: there is no node "n7"; the nodes are n1, n2, n3/],
    ["an unknown peer", { kind: "partition", shape: "x", drops: { n1: ["c0"] } }, /partition: there is no node "c0"/],
    ["an impossible chance", { kind: "link", quality: { loss: 2 } }, /link: loss is a probability, from 0 to 1, not 2/],
    [
      "an impossible delay",
      { kind: "link", quality: { delay: { kind: "uniform", minMs: 3, maxMs: 2 } } },
      /uniform delay: minMs is above maxMs/,
    ],
    [
      "no period",
      { kind: "clock", mode: "strobe", nodes: ["n1"], offsetMs: 1, periodMs: 0 },
      /periodMs must be above 0/,
    ],
    ["no rate", { kind: "clock", mode: "drift", nodes: ["n1"], rate: Number.NaN }, /a drift needs a finite rate/],
    ["a negative stall", { kind: "disk", nodes: ["n1"], stallMs: -1 }, /disk: stallMs must be a number from 0/],
  ])("are refused with advice if they have %s", async (_what, fault, expected) => {
    const { cluster, ask } = watch();
    await expect(cluster.inject(fault)).rejects.toThrow(expected);
    expect((await ask("n1", "echo")).type).toBe("ok");
    await cluster.stop();
  });
});
