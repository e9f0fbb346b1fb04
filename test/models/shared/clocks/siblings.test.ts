import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { NodeId } from "../../../../src/core/operation.ts";
import {
  compareVersions,
  contextOf,
  put,
  type Siblings,
  sync,
  type VersionVector,
} from "../../../../src/models/shared/clocks/siblings.ts";
import { NODES } from "./executions.ts";

/** A client reads at a node, or writes through one what it makes of what it read last; or a node sends its siblings. */
const steps = fc.array(
  fc.record({
    what: fc.constantFrom("read", "write", "write", "sync", "forget"),
    client: fc.nat({ max: 2 }),
    node: fc.constantFrom(...NODES),
    to: fc.constantFrom(...NODES),
  }),
  { maxLength: 30 },
);

/** The same by sets: of each write all writes that its writer knew, which is what it overwrites. */
class Model {
  readonly overwrites: Set<number>[] = [];
  readonly met = new Map<NodeId, Set<number>>(NODES.map((node) => [node, new Set()]));
  readonly read = new Map<number, Set<number>>();

  /** Of the writes that a node has met, those that no other of them overwrites. */
  siblings(node: NodeId): number[] {
    const met = [...(this.met.get(node) as Set<number>)];
    return met.filter((write) => !met.some((other) => this.overwrites[other]?.has(write)));
  }

  write(client: number, node: NodeId): number {
    const value = this.overwrites.push(new Set(this.read.get(client))) - 1;
    this.met.get(node)?.add(value);
    return value;
  }

  /** Who reads a write knows all that its writer knew, even if this node has not met it. */
  reads(client: number, node: NodeId): void {
    const met = [...(this.met.get(node) as Set<number>)];
    this.read.set(client, new Set(met.flatMap((write) => [write, ...(this.overwrites[write] ?? [])])));
  }
}

describe("siblings", () => {
  it("are the values that nobody has overwritten who knew them, and no other", () => {
    let most = 0;
    fc.assert(
      fc.property(steps, (taken) => {
        const model = new Model();
        const nodes = new Map<NodeId, Siblings>(NODES.map((node) => [node, []]));
        const writes = new Map<NodeId, number>();
        const contexts = new Map<number, VersionVector>();
        for (const { what, client, node, to } of taken) {
          const here = nodes.get(node) as Siblings;
          if (what === "read") {
            contexts.set(client, contextOf(here));
            model.reads(client, node);
          } else if (what === "forget") {
            contexts.delete(client);
            model.read.delete(client);
          } else if (what === "write") {
            const context = contexts.get(client) ?? {};
            const value = model.write(client, node);
            const { siblings, dot } = put(here, { node, writes: writes.get(node) ?? 0, context, value });
            writes.set(node, dot[1]);
            nodes.set(node, siblings);
          } else {
            nodes.set(to, sync(nodes.get(to) as Siblings, here));
            for (const write of model.met.get(node) ?? []) model.met.get(to)?.add(write);
          }
          for (const [id, siblings] of nodes) {
            most = Math.max(most, siblings.length);
            expect(siblings.map(({ value }) => value).sort()).toEqual(model.siblings(id).sort());
            for (const a of siblings)
              for (const b of siblings) expect(compareVersions(a, b)).toBe(a === b ? "identical" : "concurrent");
          }
        }
      }),
      { numRuns: 1_000 },
    );
    expect(most).toBeGreaterThan(3);
  });

  it("of nodes that meet are the same, whoever begins, and however often", () => {
    const at = (node: NodeId, count: number, context: VersionVector = {}): Siblings => [
      { dot: [node, count], context, value: `${node} ${count}` },
    ];
    const a = sync(at("n1", 1), at("n2", 1));
    const b = sync(at("n2", 2, { n1: 1, n2: 1 }), at("n3", 1));
    expect(sync(a, b)).toEqual(sync(b, a));
    expect(sync(sync(a, b), a)).toEqual(sync(a, b));
    expect(sync(a, b).map(({ value }) => value)).toEqual(["n2 2", "n3 1"]);
    expect(compareVersions(at("n1", 1)[0] as Siblings[number], at("n2", 2, { n1: 1 })[0] as Siblings[number])).toBe(
      "happens-before",
    );
  });

  it("are kept apart where two clients that read the same write through one node", () => {
    const first = put([], { node: "n1", writes: 0, context: {}, value: "a" });
    const context = contextOf(first.siblings);
    const second = put(first.siblings, { node: "n1", writes: 1, context, value: "b" });
    const third = put(second.siblings, { node: "n1", writes: 2, context, value: "c" });
    expect(third.siblings.map(({ value }) => value)).toEqual(["b", "c"]);
    const merged = put(third.siblings, { node: "n2", writes: 0, context: contextOf(third.siblings), value: "d" });
    expect(merged.siblings).toEqual([{ dot: ["n2", 1], context: { n1: 3 }, value: "d" }]);
  });
});
