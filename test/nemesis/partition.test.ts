import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DirectedLinks, PartitionFault } from "../../src/core/fault.ts";
import { bridge, majoritiesRing, oneWay, partitions, separate, withoutClients } from "../../src/nemesis/partition.ts";

const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `n${i + 1}`);
const hears = (drops: DirectedLinks, node: string, peer: string): boolean => !(drops[node] ?? []).includes(peer);
const heardBy = (drops: DirectedLinks, nodes: readonly string[], node: string): string[] =>
  nodes.filter((peer) => hears(drops, node, peer));

describe("partitions", () => {
  const sizes = fc.integer({ min: 2, max: 9 });

  it("separate groups hear themselves and nobody else", () => {
    const { drops } = separate("halves", [["n1", "n2"], ["n3"]]);
    expect(drops).toEqual({ n1: ["n3"], n2: ["n3"], n3: ["n1", "n2"] });
  });

  it("a bridge leaves one node that hears all, both ways", () => {
    const nodes = names(5);
    const { drops } = bridge(nodes);
    expect(heardBy(drops, nodes, "n3")).toEqual(nodes);
    expect(nodes.filter((node) => hears(drops, node, "n3"))).toEqual(nodes);
    expect(heardBy(drops, nodes, "n1")).toEqual(["n1", "n2", "n3"]);
  });

  it("in a majorities ring each hears a majority and itself, and no two the same one", () => {
    fc.assert(
      fc.property(sizes, (count) => {
        const nodes = names(count);
        const { drops } = majoritiesRing(nodes);
        const heard = nodes.map((node) => heardBy(drops, nodes, node));
        for (const [i, group] of heard.entries()) {
          expect(group).toHaveLength(Math.floor(count / 2) + 1);
          expect(group).toContain(nodes[i]);
        }
        if (count > 2) expect(new Set(heard.map((group) => group.join())).size).toBe(count);
      }),
    );
  });

  it("one way: the mute are not heard but hear", () => {
    expect(oneWay(["n1"], ["n2", "n3"]).drops).toEqual({ n2: ["n1"], n3: ["n1"] });
  });

  it("whatever is drawn cuts some link, never a node from itself, and names only nodes of the cluster", () => {
    const shapes = new Set<string>();
    fc.assert(
      fc.property(
        sizes.chain((count) => fc.record({ nodes: fc.constant(names(count)), aimed: partitions(names(count)) })),
        ({ nodes, aimed }) => {
          const { shape, drops } = aimed.fault as PartitionFault;
          shapes.add(shape);
          const cut = Object.entries(drops).flatMap(([node, peers]) => peers.map((peer) => [node, peer] as const));
          // A bridge needs a node on either side, a ring's neighbours must not be everybody.
          if (nodes.length > 2) expect(cut.length).toBeGreaterThan(0);
          for (const [node, peer] of cut) {
            expect(node).not.toBe(peer);
            expect(nodes).toEqual(expect.arrayContaining([node, peer]));
          }
          if (shape === "leader-with-minority") {
            const victim = aimed.aimedAtLeader as string;
            expect(heardBy(drops, nodes, victim).length).toBeLessThanOrEqual(Math.max(1, nodes.length / 2));
          }
        },
      ),
      { numRuns: 500 },
    );
    expect([...shapes].sort()).toEqual(
      [
        "bridge",
        "halves",
        "leader-alone",
        "leader-with-minority",
        "majorities-ring",
        "minority",
        "one-node",
        "one-way",
      ].sort(),
    );
  });
});

describe("withoutClients", () => {
  const cutOff = (fault: PartitionFault, nodes: readonly string[]): readonly string[] | undefined =>
    (withoutClients({ fault }, nodes).fault as PartitionFault).clients;

  it("cuts off whoever hears no majority", () => {
    const five = names(5);
    expect(cutOff(separate("minority", [five.slice(0, 2), five.slice(2)]), five)).toEqual(["n1", "n2"]);
    expect(cutOff(separate("leader-alone", [["n4"], ["n1", "n2", "n3", "n5"]]), five)).toEqual(["n4"]);
    // Half is no majority, on either side.
    const four = names(4);
    expect(cutOff(separate("halves", [four.slice(0, 2), four.slice(2)]), four)).toEqual(four);
    // The deaf hear all but one, the mute hears all.
    expect(cutOff(oneWay(["n1"], ["n2", "n3"]), names(3))).toBeUndefined();
    expect(cutOff(oneWay(["n1", "n2"], ["n3"]), names(3))).toEqual(["n3"]);
    // In these everybody hears a majority.
    expect(cutOff(bridge(five), five)).toBeUndefined();
    expect(cutOff(majoritiesRing(five), five)).toBeUndefined();
  });

  it("leaves clients to majorities, changes nothing else, and names no one where all hear one", () => {
    fc.assert(
      fc.property(
        fc
          .integer({ min: 2, max: 9 })
          .chain((count) => fc.record({ nodes: fc.constant(names(count)), aimed: partitions(names(count)) })),
        ({ nodes, aimed }) => {
          const { fault, ...rest } = withoutClients(aimed, nodes);
          const { clients, ...cut } = fault as PartitionFault;
          expect({ fault: cut, ...rest }).toEqual(aimed);
          const served = nodes.filter((node) => !clients?.includes(node));
          for (const node of nodes)
            expect(heardBy(cut.drops, nodes, node).length > nodes.length / 2).toBe(served.includes(node));
          expect(clients).not.toEqual([]);
        },
      ),
    );
  });

  it("leaves other faults alone", () => {
    const aimed = { fault: { kind: "kill", nodes: ["n1"] }, aimedAtLeader: "n1" } as const;
    expect(withoutClients(aimed, names(3))).toBe(aimed);
  });
});
