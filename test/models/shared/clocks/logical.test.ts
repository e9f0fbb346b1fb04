import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { NodeId } from "../../../../src/core/operation.ts";
import { compareLamport, LamportClock, type LamportStamp } from "../../../../src/models/shared/clocks/lamport.ts";
import {
  compareClocks,
  increment,
  merge,
  NO_EVENTS,
  type VectorClock,
} from "../../../../src/models/shared/clocks/vector-clock.ts";
import { executions, follow, happenedBefore, NODES } from "./executions.ts";

describe("vector clocks", () => {
  it("tell exactly what happened before what", () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(executions, (events) => {
        const before = happenedBefore(events);
        const clocks = follow<VectorClock>(events, NO_EVENTS, (known, { node }, sent = NO_EVENTS) =>
          increment(merge(known, sent), node),
        );
        for (const i of events.keys())
          for (const j of events.keys()) {
            const order = compareClocks(clocks[i] as VectorClock, clocks[j] as VectorClock);
            seen.add(order);
            expect(order).toBe(
              i === j
                ? "identical"
                : before[j]?.has(i)
                  ? "happens-before"
                  : before[i]?.has(j)
                    ? "happens-after"
                    : "concurrent",
            );
          }
      }),
      { numRuns: 500 },
    );
    expect(seen.size).toBe(4);
  });

  it("take a node that is not named for one without events", () => {
    expect(compareClocks({ n1: 0 }, {})).toBe("identical");
    expect(compareClocks({ n1: 1, n2: 0 }, { n1: 1 })).toBe("identical");
    expect(compareClocks({}, { n3: 1 })).toBe("happens-before");
    expect(compareClocks({ n1: 1 }, { n2: 1 })).toBe("concurrent");
    expect(merge({ n1: 3, n2: 1 }, { n2: 2, n3: 4 })).toEqual({ n1: 3, n2: 2, n3: 4 });
  });

  it("know no node by a name that every object has", () => {
    expect(increment({}, "constructor")).toEqual({ constructor: 1 });
    expect(compareClocks({}, { constructor: 1 } as unknown as VectorClock)).toBe("happens-before");
  });
});

describe("Lamport clocks", () => {
  it("give what happened before the smaller stamp, and no stamp twice", () => {
    fc.assert(
      fc.property(executions, (events) => {
        const clocks = new Map(NODES.map((node): [NodeId, LamportClock] => [node, new LamportClock(node)]));
        const stamps: LamportStamp[] = [];
        for (const { node, from } of events) {
          const clock = clocks.get(node) as LamportClock;
          stamps.push(from === undefined ? clock.tick() : clock.receive(stamps[from] as LamportStamp));
          expect(clock.now).toEqual(stamps.at(-1));
        }
        for (const [j, earlier] of happenedBefore(events).entries())
          for (const i of earlier)
            expect(compareLamport(stamps[i] as LamportStamp, stamps[j] as LamportStamp)).toBeLessThan(0);
        expect(new Set(stamps.map(String)).size).toBe(stamps.length);
        const sorted = [...stamps].sort(compareLamport);
        for (const [i, stamp] of sorted.slice(1).entries())
          expect(compareLamport(sorted[i] as LamportStamp, stamp)).toBeLessThan(0);
      }),
      { numRuns: 500 },
    );
  });

  it("go on from what the disk remembers", () => {
    const clock = new LamportClock("n2", 7);
    expect([clock.now, clock.tick(), clock.receive([3, "n1"]), clock.receive([12, "n1"])]).toEqual([
      [7, "n2"],
      [8, "n2"],
      [9, "n2"],
      [13, "n2"],
    ]);
    expect(compareLamport([13, "n2"], [13, "n2"])).toBe(0);
  });
});
