import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { multiLeaderInvariants } from "../../../src/models/multi-leader/invariants.ts";
import type { TopologyName } from "../../../src/models/multi-leader/settings.ts";
import { topologyOf } from "../../../src/models/multi-leader/topology.ts";
import { chaos, Lab } from "./lab.ts";

const TOPOLOGIES: readonly TopologyName[] = ["all-to-all", "ring", "star"];

const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `n${i + 1}`);

describe.each(TOPOLOGIES)("%s", (name) => {
  it("has exactly one way for a write from its node to each other one", () => {
    for (let count = 2; count <= 7; count++) {
      const nodes = names(count);
      const topology = topologyOf(name, nodes);
      for (const origin of nodes) {
        const reached = [origin];
        for (const from of reached)
          for (const to of topology.neighbours(from)) if (topology.carries(from, to, origin)) reached.push(to);
        expect(reached.toSorted()).toEqual(nodes);
      }
    }
  });

  it.each(["crdt", "version-vectors"])("delivers every write everywhere, once in effect, under %s", (conflicts) => {
    fc.assert(
      fc.property(fc.constantFrom(2, 3, 5), chaos, (count, steps) => {
        const lab = new Lab(count, { topology: name, conflicts });
        const added: number[] = [];
        for (const step of steps)
          lab.take(step, (node) => {
            added.push(added.length + 1);
            expect(lab.ask(node, "add", "x", added.length)).toEqual({ type: "ok", value: null });
          });
        lab.heal();
        for (const node of lab.nodes) expect(lab.elements(node, "x")).toEqual(added);
        const taken = lab.traces.filter(([, event]) => event === "take");
        expect(taken).toHaveLength(added.length * count);
        const invariants = multiLeaderInvariants();
        for (const trace of lab.traces)
          for (const one of invariants) expect(one.onTrace(...trace)).not.toBeTypeOf("string");
      }),
      { numRuns: 25 },
    );
  });
});

describe("the order of causes", () => {
  /** n1 writes x; n2 has it and writes y; what n3 gets is the newest message first. */
  const overtaken = (topology: TopologyName): boolean[] => {
    const lab = new Lab(3, { topology, conflicts: "crdt" });
    lab.ask("n1", "write", "x", 1);
    const toSecond = lab.flights.findIndex(({ to }) => to === "n2");
    lab.deliver(toSecond);
    lab.ask("n2", "write", "y", 2);
    for (let at = lab.flights.length - 1; at >= 0; at--) if (lab.flights[at]?.to === "n3") lab.deliver(at);
    return ["x", "y"]
      .map((key) => lab.ask("n3", "read", key, null))
      .map((read) => read?.type === "ok" && read.value !== null);
  };

  it("is lost all-to-all, where a write overtakes its cause (Kleppmann 2017, ch. 5, figure 5-9)", () => {
    const lab = new Lab(3, { topology: "all-to-all", conflicts: "crdt" });
    lab.ask("n1", "write", "x", 1);
    lab.flights = lab.flights.filter(({ to }) => to === "n2");
    lab.deliver(0);
    lab.ask("n2", "write", "y", 2);
    lab.deliver(lab.flights.findIndex(({ to, message }) => to === "n3" && message.type === "writes"));
    expect([lab.ask("n3", "read", "x", null), lab.ask("n3", "read", "y", null)]).toEqual([
      { type: "ok", value: null },
      { type: "ok", value: 2 },
    ]);
  });

  it("is kept in a ring and in a star (Bravo et al., EuroSys 2017, §4)", () => {
    for (const topology of ["ring", "star"] as const) {
      const [cause, effect] = overtaken(topology);
      expect(cause || !effect).toBe(true);
    }
  });

  it("costs a ring and a star what a dead node would have to pass on", () => {
    for (const [topology, dead, cutOff] of [
      ["ring", "n2", "n3"],
      ["star", "n1", "n3"],
    ] as const) {
      const lab = new Lab(3, { topology, conflicts: "crdt" });
      const writer = topology === "ring" ? "n1" : "n2";
      lab.ask(writer, "write", "x", 1);
      const alive = ({ from, to }: { from: string; to: string }): boolean => from !== dead && to !== dead;
      for (let round = 0; round < 20; round++) {
        lab.fireTimers();
        lab.flights = lab.flights.filter(alive);
        while (lab.flights.length > 0) lab.deliver(0);
      }
      expect(lab.ask(cutOff, "read", "x", null)).toEqual({ type: "ok", value: null });
      lab.heal();
      expect(lab.ask(cutOff, "read", "x", null)).toEqual({ type: "ok", value: 1 });
    }
  });
});
