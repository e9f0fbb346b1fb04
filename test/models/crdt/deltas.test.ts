import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Deltas } from "../../../src/models/crdt/deltas.ts";
import { joinAll, type Objects } from "../../../src/models/crdt/objects.ts";
import { DELTAS_KEPT } from "../../../src/models/crdt/settings.ts";
import type { Delta } from "../../../src/models/crdt/store.ts";

const PEERS = ["n2", "n3"];
const deltaOf = (number: number): Delta => ({
  number,
  objects: [[`k${number % 2}`, { type: "g-set", state: { [number]: number } }]],
});
const joined = (deltas: readonly Delta[]): Objects =>
  deltas.reduce<Objects>((sum, { objects }) => joinAll(sum, objects), []);

const steps = fc.array(
  fc.oneof(
    { weight: 40, arbitrary: fc.record({ what: fc.constant("add" as const) }) },
    {
      weight: 3,
      arbitrary: fc.record({
        what: fc.constant("ack" as const),
        peer: fc.constantFrom(...PEERS),
        back: fc.nat({ max: 60 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ what: fc.constant("restart" as const) }) },
  ),
  { minLength: 100, maxLength: 150 },
);

describe("delta-intervals (Almeida et al. 2018, Algorithm 2)", () => {
  it("are the join of all that their receiver has not acknowledged, or there is none", () => {
    const met = { interval: 0, forgotten: 0, whole: 0 };
    fc.assert(
      fc.property(steps, (taken) => {
        const all: Delta[] = [];
        let deltas = new Deltas(PEERS);
        let since = 0;
        const acknowledged = new Map(PEERS.map((peer) => [peer, 0]));
        for (const step of taken) {
          if (step.what === "add") {
            all.push(deltaOf(all.length + 1));
            deltas.add(all.at(-1) as Delta);
          } else if (step.what === "ack") {
            const number = Math.max(0, all.length - step.back);
            deltas.acknowledge(step.peer, number);
            acknowledged.set(step.peer, Math.max(number, acknowledged.get(step.peer) ?? 0));
          } else {
            deltas = new Deltas(PEERS);
            since = all.length;
            for (const peer of PEERS) acknowledged.set(peer, 0);
          }
          for (const [peer, after] of acknowledged) {
            expect(deltas.acknowledgedBy(peer)).toBe(after);
            if (after >= all.length) continue;
            const interval = deltas.since(after);
            // What it still has: all since it was started, but not too many.
            if (after < since || after < all.length - DELTAS_KEPT) {
              expect(interval).toBeUndefined();
              if (after < since) met.forgotten++;
              else met.whole++;
            } else {
              expect(interval).toEqual(joined(all.slice(after)));
              met.interval++;
            }
          }
        }
      }),
      { numRuns: 30 },
    );
    for (const times of Object.values(met)) expect(times).toBeGreaterThan(50);
  });
});
