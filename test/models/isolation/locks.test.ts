import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LockTable, type Mode } from "../../../src/models/isolation/locks.ts";

const KEYS = ["x", "y", "z"];
const TXNS = [1, 2, 3, 4, 5];

interface Wanted {
  readonly txn: number;
  readonly mode: Mode;
}

/** A lock table by its definition: who holds what, one queue a key, and everything found by looking at all of it. */
class Slow {
  readonly held = new Map<string, Map<number, Mode>>(KEYS.map((key) => [key, new Map()]));
  readonly queues = new Map<string, Wanted[]>(KEYS.map((key) => [key, []]));

  of(key: string): { held: Map<number, Mode>; queue: Wanted[] } {
    return { held: this.held.get(key) ?? new Map(), queue: this.queues.get(key) ?? [] };
  }

  waitsAt = (txn: number): string | undefined => KEYS.find((key) => this.of(key).queue.some((one) => one.txn === txn));

  blockers(txn: number): number[] {
    const key = this.waitsAt(txn);
    if (key === undefined) return [];
    const { held, queue } = this.of(key);
    const place = queue.findIndex((one) => one.txn === txn);
    const against = [...held].filter(
      ([other, mode]) => other !== txn && (mode === "exclusive" || queue[place]?.mode === "exclusive"),
    );
    return [...new Set([...against.map(([other]) => other), ...queue.slice(0, place).map((one) => one.txn)])].sort();
  }

  isDeadlocked(txn: number): boolean {
    let reached = this.blockers(txn);
    for (const _ of TXNS) reached = [...new Set([...reached, ...reached.flatMap((other) => this.blockers(other))])];
    return reached.includes(txn);
  }

  grant(): number[] {
    const granted: number[] = [];
    for (const key of KEYS) {
      const { held, queue } = this.of(key);
      while (queue[0] !== undefined && this.blockers(queue[0].txn).length === 0) {
        const { txn, mode } = queue.shift() as Wanted;
        held.set(txn, mode);
        granted.push(txn);
      }
    }
    return granted;
  }

  drop(txn: number): void {
    for (const key of KEYS) {
      const { held, queue } = this.of(key);
      held.delete(txn);
      this.queues.set(
        key,
        queue.filter((one) => one.txn !== txn),
      );
    }
  }
}

const steps = fc.array(
  fc.oneof(
    {
      weight: 9,
      arbitrary: fc.record({
        txn: fc.constantFrom(...TXNS),
        key: fc.constantFrom(...KEYS),
        mode: fc.constantFrom<Mode>("shared", "exclusive"),
      }),
    },
    { weight: 1, arbitrary: fc.record({ txn: fc.constantFrom(...TXNS) }) },
  ),
  { minLength: 15, maxLength: 40 },
);

describe("the lock table (Gray & Reuter 1993, §7.11, ch. 8)", () => {
  it("grants, queues and finds deadlocks as its definition does", () => {
    const seen = { granted: 0, waits: 0, deadlock: 0 };
    fc.assert(
      fc.property(steps, (run) => {
        const locks = new LockTable();
        const slow = new Slow();
        for (const step of run) {
          const { txn } = step;
          if (!("key" in step)) {
            slow.drop(txn);
            expect(locks.releaseAll(txn).sort()).toEqual(slow.grant().sort());
            continue;
          }
          if (slow.waitsAt(txn) !== undefined) continue;
          const { held, queue } = slow.of(step.key);
          const mine = held.get(txn);
          const answer = locks.acquire(txn, step.key, step.mode);
          seen[answer]++;
          if (mine === "exclusive" || mine === step.mode) {
            expect(answer).toBe("granted");
            continue;
          }
          if (mine === undefined) queue.push(step);
          else queue.unshift(step);
          if (slow.grant().includes(txn)) expect(answer).toBe("granted");
          else expect(answer).toBe(slow.isDeadlocked(txn) ? "deadlock" : "waits");
          if (answer !== "deadlock") continue;
          slow.queues.set(
            step.key,
            queue.filter((one) => one !== step),
          );
        }
        for (const txn of TXNS) {
          expect([...new Set(locks.blockersOf(txn))].sort()).toEqual(slow.blockers(txn));
          expect(slow.isDeadlocked(txn)).toBe(false);
        }
      }),
      { numRuns: 80 },
    );
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(10);
  });

  it("lets who holds a lock and wants more of it go before those who wait", () => {
    const locks = new LockTable();
    expect(locks.acquire(1, "x", "shared")).toBe("granted");
    expect(locks.acquire(2, "x", "shared")).toBe("granted");
    expect(locks.acquire(3, "x", "exclusive")).toBe("waits");
    expect(locks.acquire(1, "x", "exclusive")).toBe("waits");
    expect(locks.acquire(2, "x", "exclusive")).toBe("deadlock");
    expect(locks.releaseAll(2)).toEqual([1]);
    expect(locks.releaseAll(1)).toEqual([3]);
  });
});
