import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ClockFault } from "../../../src/core/fault.ts";
import { EPOCH_MS } from "../../../src/runtimes/sim/index.ts";
import { type Watched, watch } from "./toy.ts";

const steady = { network: { delay: { kind: "constant", ms: 0 } } } as const;

/** How far the wall clock is from the true one, and the monotonic clock from where it should be, milliseconds. */
async function reader({ cluster, get }: Watched, node = "n1"): Promise<() => Promise<{ wall: number; mono: number }>> {
  const read = async (): Promise<{ wall: number; mono: number }> => {
    const { wallMs, monoMs } = (await get(node, "clock")) as { wallMs: number; monoMs: number };
    const nowMs = cluster.nowNs() / 1e6;
    return { wall: wallMs - EPOCH_MS - nowMs, mono: monoMs - nowMs };
  };
  const { mono } = await read();
  return async () => {
    const now = await read();
    // To 0.01 ms: a clock in milliseconds since 1970 has no more than 0.0003 ms.
    const round = (ms: number): number => Math.round(ms * 100) / 100 + 0;
    return { wall: round(now.wall), mono: round(now.mono - mono) };
  };
}

const skewAfter = (fault: ClockFault, elapsedMs: number): number => {
  if (fault.mode === "jump") return fault.offsetMs;
  if (fault.mode === "drift") return elapsedMs * fault.rate - elapsedMs;
  return Math.floor(elapsedMs / fault.periodMs) % 2 === 0 ? fault.offsetMs : 0;
};

describe("a clock", () => {
  it("is true unless a fault is in force", async () => {
    const watched = watch(steady);
    const read = await reader(watched);
    await watched.sleepMs(12_345.678);
    expect(await read()).toEqual({ wall: 0, mono: 0 });
    await watched.cluster.stop();
  });

  it("has an origin of its monotonic time that says nothing: another on each node and after each start", async () => {
    const { cluster, get } = watch(steady);
    const mono = async (node: string): Promise<number> =>
      ((await get(node, "clock")) as { monoMs: number }).monoMs - cluster.nowNs() / 1e6;
    const before = [await mono("n1"), await mono("n2"), await mono("n3")];
    expect(new Set(before).size).toBe(3);
    await (await cluster.inject({ kind: "kill", nodes: ["n1"] }))();
    expect(await mono("n1")).not.toBe(before[0]);
    await cluster.stop();
  });

  it("jumps, forwards and backwards, on the nodes named, and is true again after", async () => {
    const watched = watch(steady);
    const [read, other] = [await reader(watched), await reader(watched, "n2")];
    const heal = await watched.cluster.inject({ kind: "clock", mode: "jump", nodes: ["n1"], offsetMs: 5000 });
    await watched.sleepMs(777);
    expect(await read()).toEqual({ wall: 5000, mono: 0 });
    expect(await other()).toEqual({ wall: 0, mono: 0 });
    const back = await watched.cluster.inject({ kind: "clock", mode: "jump", nodes: ["n1"], offsetMs: -7000 });
    expect(await read()).toEqual({ wall: -2000, mono: 0 });
    await heal();
    expect(await read()).toEqual({ wall: -7000, mono: 0 });
    await back();
    expect(await read()).toEqual({ wall: 0, mono: 0 });
    await watched.cluster.stop();
  });

  it("strobes between its offset and the truth", async () => {
    const watched = watch(steady);
    const read = await reader(watched);
    await watched.sleepMs(35);
    await watched.cluster.inject({ kind: "clock", mode: "strobe", nodes: ["n1"], offsetMs: 200, periodMs: 10 });
    const seen: number[] = [];
    for (let i = 0; i < 8; i++) {
      seen.push((await read()).wall);
      await watched.sleepMs(5);
    }
    expect(seen).toEqual([200, 200, 0, 0, 200, 200, 0, 0]);
    await watched.cluster.stop();
  });

  it("drifts from the instant of the fault on, and not before", async () => {
    const watched = watch(steady);
    const read = await reader(watched);
    await watched.sleepMs(1000);
    const heal = await watched.cluster.inject({ kind: "clock", mode: "drift", nodes: ["n1"], rate: 0.5 });
    await watched.sleepMs(1000);
    expect(await read()).toEqual({ wall: -500, mono: 0 });
    await watched.sleepMs(1000);
    expect(await read()).toEqual({ wall: -1000, mono: 0 });
    await heal();
    expect(await read()).toEqual({ wall: 0, mono: 0 });
    await watched.cluster.stop();
  });

  it("adds up faults of any kind, begun at any time and ended in any order", async () => {
    const where = { kind: fc.constant("clock" as const), nodes: fc.constant(["n1"]) };
    const fault: fc.Arbitrary<ClockFault> = fc.oneof(
      fc.record({ ...where, mode: fc.constant("jump" as const), offsetMs: fc.integer({ min: -9999, max: 9999 }) }),
      fc.record({
        ...where,
        mode: fc.constant("drift" as const),
        rate: fc.integer({ min: 0, max: 300 }).map((n) => n / 100),
      }),
      fc.record({
        ...where,
        mode: fc.constant("strobe" as const),
        offsetMs: fc.integer({ min: -999, max: 999 }),
        periodMs: fc.integer({ min: 1, max: 50 }),
      }),
    );
    const plan = fc.array(fc.record({ fault, atMs: fc.nat(100), forMs: fc.integer({ min: 1, max: 100 }) }), {
      maxLength: 4,
    });
    await fc.assert(
      fc.asyncProperty(plan, async (faults) => {
        const watched = watch({ ...steady, nodes: 1 });
        const { cluster, sleepMs } = watched;
        const read = await reader(watched);
        const done = faults.map(async ({ fault, atMs, forMs }) => {
          await cluster.sleepUntilNs(atMs * 1e6);
          const heal = await cluster.inject(fault);
          await cluster.sleepUntilNs((atMs + forMs) * 1e6);
          await heal();
        });
        await sleepMs(0.5); // So that nothing is read at the very instant of a change.
        for (let atMs = 0.5; atMs < 220; atMs += 20) {
          const expected = faults
            .filter((planned) => planned.atMs < atMs && atMs < planned.atMs + planned.forMs)
            .reduce((sum, planned) => sum + skewAfter(planned.fault, atMs - planned.atMs), 0);
          const { wall, mono } = await read();
          expect(Math.abs(wall - expected)).toBeLessThan(0.02);
          expect(mono).toBe(0);
          await sleepMs(20);
        }
        await Promise.all(done);
        await cluster.stop();
      }),
      { numRuns: 60 },
    );
  });
});
