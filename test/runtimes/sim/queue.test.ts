import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EventQueue, type Happening } from "../../../src/runtimes/sim/queue.ts";

describe("the event queue", () => {
  it("gives events by instant, then by sequence number, as a sorted list would", () => {
    const step = fc.oneof(
      { weight: 3, arbitrary: fc.record({ atNs: fc.nat(20) }) },
      { weight: 1, arbitrary: fc.record({ atNs: fc.nat(20), reserved: fc.constant(true) }) },
      { weight: 2, arbitrary: fc.constant("pop" as const) },
      { weight: 1, arbitrary: fc.constant("reserve" as const) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const queue = new EventQueue();
        const reserved: number[] = [];
        const sorted: { atNs: number; sequence: number; what: Happening }[] = [];
        let next = 0;
        for (const step of steps) {
          if (step === "reserve") {
            reserved.push(queue.reserve());
            next++;
          } else if (step === "pop") {
            sorted.sort((a, b) => a.atNs - b.atNs || a.sequence - b.sequence);
            const first = sorted.shift();
            expect(queue.pop()).toBe(first?.what);
            if (first) expect([queue.poppedAtNs, queue.poppedSequence]).toEqual([first.atNs, first.sequence]);
          } else {
            const what: Happening = { happen: () => undefined };
            const place = "reserved" in step ? reserved.pop() : undefined;
            queue.push(step.atNs, what, place);
            sorted.push({ atNs: step.atNs, sequence: place ?? next++, what });
          }
          expect(queue.size).toBe(sorted.length);
        }
      }),
    );
  });

  it("grows, and is empty after it was cleared", () => {
    const queue = new EventQueue();
    const seen: number[] = [];
    for (let i = 0; i < 5000; i++) queue.push((i * 7919) % 5003, { happen: () => seen.push(queue.poppedAtNs) });
    for (let what = queue.pop(); what; what = queue.pop()) what.happen(queue.poppedSequence);
    expect(seen.length).toBe(5000);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    queue.push(1, { happen: () => undefined });
    queue.clear();
    expect(queue.pop()).toBeUndefined();
  });
});
