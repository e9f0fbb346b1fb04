import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { NodeId } from "../../../src/core/operation.ts";
import type { Write } from "../../../src/models/causal/messages.ts";
import { Store } from "../../../src/models/causal/store.ts";
import { compareLamport } from "../../../src/models/shared/clocks/lamport.ts";
import type { VersionVector } from "../../../src/models/shared/clocks/siblings.ts";
import { covers, eventsOf, increment, merge } from "../../../src/models/shared/clocks/vector-clock.ts";
import { SimDisk } from "../../../src/runtimes/sim/disk.ts";

const NODES: readonly NodeId[] = ["n1", "n2", "n3"];
const KEYS = ["x", "y"];

const disk = (): SimDisk => new SimDisk(false, () => undefined);

/** All writes of a run, by the node that took them; each depends on some of those made before it, and on what these depend on. */
interface Made {
  readonly origin: NodeId;
  readonly write: Write;
}

const runs: fc.Arbitrary<readonly Made[]> = fc
  .array(
    fc.record({
      origin: fc.constantFrom(...NODES),
      key: fc.constantFrom(...KEYS),
      causes: fc.array(fc.nat(), { maxLength: 2 }),
    }),
    { maxLength: 14 },
  )
  .map((steps) => {
    const made: Made[] = [];
    const dots: VersionVector[] = [];
    let counts: VersionVector = {};
    for (const [i, { origin, key, causes }] of steps.entries()) {
      const before = i === 0 ? [] : causes.map((cause) => cause % i);
      const dependencies = before.reduce<VersionVector>(
        (known, cause) => merge(merge(known, made[cause]?.write.dependencies ?? {}), dots[cause] ?? {}),
        {},
      );
      counts = increment(counts, origin);
      dots.push({ [origin]: eventsOf(counts, origin) });
      const latest = Math.max(0, ...before.map((cause) => made[cause]?.write.stamp[0] ?? 0));
      // A node's own writes have rising stamps, too.
      const own = made.findLast((one) => one.origin === origin)?.write.stamp[0] ?? 0;
      made.push({ origin, write: { key, value: i, dependencies, stamp: [Math.max(latest, own) + 1, origin] } });
    }
    return made;
  });

/** The order in which the writes of each origin, one after the other, reach a node. */
const shuffled = (made: readonly Made[], picks: readonly number[]): Made[] => {
  const queues = new Map(NODES.map((node) => [node, made.filter(({ origin }) => origin === node)]));
  return made.flatMap((_, i) => {
    const open = NODES.filter((node) => (queues.get(node)?.length ?? 0) > 0);
    const next = queues.get(open[(picks[i] ?? 0) % Math.max(1, open.length)] as NodeId)?.shift();
    return next === undefined ? [] : [next];
  });
};

describe("a node's store", () => {
  it("shows only what all causes of are shown, the latest of each key, and in the end the same whatever came first", () => {
    let held = 0;
    fc.assert(
      fc.property(runs, fc.array(fc.nat(), { maxLength: 14 }), fc.nat(), (made, picks, crashAt) => {
        const kept = disk();
        let store = new Store({ disk: kept, nodes: NODES });
        for (const [i, { origin, write }] of shuffled(made, picks).entries()) {
          store.add(origin, write);
          store.apply();
          // A restart finds on disk what the store had.
          if (i === crashAt % Math.max(1, made.length)) {
            const { applied, latest } = store;
            store = new Store({ disk: kept, nodes: NODES });
            expect([store.applied, store.latest]).toEqual([applied, latest]);
          }
          const isApplied = (one: Made): boolean => {
            const number = made.filter(({ origin: node }) => node === one.origin).indexOf(one) + 1;
            return covers(store.applied, { [one.origin]: number });
          };
          const applied = made.filter(isApplied);
          if (applied.length < i + 1) held++;
          for (const one of applied) expect(covers(store.applied, one.write.dependencies)).toBe(true);
          for (const key of KEYS) {
            const ofKey = applied.filter((one) => one.write.key === key).map((one) => one.write);
            const latest = ofKey.reduce<Write | undefined>(
              (best, one) => (best !== undefined && compareLamport(best.stamp, one.stamp) > 0 ? best : one),
              undefined,
            );
            expect(store.shown(key)?.write).toEqual(latest);
          }
        }
        const all = new Store({ disk: disk(), nodes: NODES });
        for (const { origin, write } of made) all.add(origin, write);
        all.apply();
        expect(store.applied).toEqual(all.applied);
        for (const key of KEYS) expect(store.shown(key)).toEqual(all.shown(key));
        for (const { origin } of made)
          expect(eventsOf(store.applied, origin)).toBe(made.filter((one) => one.origin === origin).length);
      }),
      { numRuns: 500 },
    );
    expect(held).toBeGreaterThan(100);
  });

  it("tells the writes of a node that follow a number, a few at a time", () => {
    const store = new Store({ disk: disk(), nodes: NODES });
    const write = (value: number): Write => ({ key: "x", value, dependencies: {}, stamp: [value, "n1"] });
    for (const value of [1, 2, 3, 4]) store.add("n1", write(value));
    expect(store.writesOf("n1", 1, 2).map(({ value }) => value)).toEqual([2, 3]);
    expect([store.count("n1"), store.count("n2"), store.applied]).toEqual([4, 0, {}]);
    expect(() => store.count("n9")).toThrow("there is no node n9");
  });
});
