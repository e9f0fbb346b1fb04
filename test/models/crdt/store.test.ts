import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random } from "../../../src/core/random.ts";
import { joinAll, type Objects } from "../../../src/models/crdt/objects.ts";
import { LOG_LENGTH } from "../../../src/models/crdt/settings.ts";
import { type Delta, Store } from "../../../src/models/crdt/store.ts";
import { SimDisk } from "../../../src/runtimes/sim/disk.ts";

const disk = (): SimDisk => new SimDisk(true, () => undefined);
const on = (kept: SimDisk): Store => new Store({ id: "n1", disk: kept, trace: () => undefined });

const counterAt = (key: string, count: number): Objects => [
  [key, { type: "g-counter", state: { n1: count } }],
  ["sum", { type: "g-counter", state: { n1: count } }],
];

/** In any order, so that one key's order tells nothing. */
const byKey = (objects: Objects): Record<string, unknown> => Object.fromEntries(objects);

describe("a node's store", () => {
  it("has after a crash the join of the first deltas, whole ones, and at least those that were synced", () => {
    let torn = 0;
    const steps = fc.array(fc.constantFrom("join", "join", "join", "sync", "crash"), { minLength: 10, maxLength: 40 });
    fc.assert(
      fc.property(steps, fc.nat(), (taken, seed) => {
        const kept = disk();
        const random = new Random(seed);
        let store = on(kept);
        let joined: Delta[] = [];
        let synced = 0;
        for (const [i, step] of taken.entries()) {
          if (step === "join") joined.push(store.join(counterAt(`k${i % 3}`, i + 1)) as Delta);
          if (step === "sync") {
            kept.sync();
            kept.synced();
            synced = store.number;
          }
          if (step !== "crash") continue;
          // In the middle of a sync, which keeps some of what it was to keep.
          kept.sync();
          kept.crash(random);
          const before = store.number;
          store = on(kept);
          expect(store.number).toBeGreaterThanOrEqual(synced);
          if (store.number > synced && store.number < before) torn++;
          joined = joined.slice(0, store.number);
          synced = store.number;
          const all = joined.reduce<Objects>((sum, { objects }) => joinAll(sum, objects), []);
          expect(byKey(store.all())).toEqual(byKey(all));
        }
      }),
      { numRuns: 200 },
    );
    expect(torn).toBeGreaterThan(20);
  });

  it("goes on from a snapshot, with its numbers and its stamps", () => {
    const kept = disk();
    const store = on(kept);
    for (let i = 1; i <= LOG_LENGTH + 5; i++) store.join(counterAt("k", i));
    store.join([["r", { type: "lww-register", state: { value: "x", stamp: [70, "n2"] } }]]);
    expect(kept.records("deltas").length).toBeLessThan(10);
    const again = on(kept);
    expect([again.number, byKey(again.all())]).toEqual([store.number, byKey(store.all())]);
    expect(again.stamp()[0]).toBeGreaterThan(70);
  });

  it("takes only what is new", () => {
    const store = on(disk());
    const [one, sum] = counterAt("k", 1);
    expect(store.join(counterAt("k", 1))).toEqual({ number: 1, objects: [one, sum] });
    expect(store.join(counterAt("k", 1))).toBeUndefined();
    expect(store.join([...counterAt("other", 1)])?.objects.map(([key]) => key)).toEqual(["other"]);
    expect(store.number).toBe(2);
  });

  it("comes to the same type everywhere, if two nodes took a new object for two", () => {
    const set: Objects = [["k", { type: "g-set", state: { 1: 1 } }]];
    const counter: Objects = [["k", { type: "g-counter", state: { n1: 1 } }]];
    expect(joinAll(set, counter)).toEqual(joinAll(counter, set));
    const store = on(disk());
    expect([store.join(set), store.join(counter), store.join(set)].map((delta) => delta !== undefined)).toEqual([
      true,
      false,
      false,
    ]);
  });
});
