import { describe, expect, it } from "vitest";
import { drawDelayNs } from "../../src/core/delay.ts";
import { Random } from "../../src/core/random.ts";

const mean = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0) / numbers.length;
const draw = <T>(count: number, one: () => T): T[] => Array.from({ length: count }, one);

describe("Random", () => {
  it("gives these very numbers for this seed, on every engine", () => {
    const random = new Random(42, "network");
    expect(draw(4, () => random.uint32())).toEqual(PINNED);
  });

  it("gives other numbers for another seed or stream", () => {
    const first = (seed: number, name: string): number => new Random(seed, name).uint32();
    const all = [first(1, ""), first(2, ""), first(1, "a"), first(1, "b"), first(2 ** 40 + 1, ""), first(-1, "")];
    expect(new Set(all).size).toBe(all.length);
  });

  it("is uniform", () => {
    const random = new Random(7);
    const buckets = new Array<number>(10).fill(0);
    for (const bucket of draw(100_000, () => random.below(10))) buckets[bucket] = (buckets[bucket] ?? 0) + 1;
    expect(Math.min(...buckets)).toBeGreaterThan(9_500);
    expect(Math.max(...buckets)).toBeLessThan(10_500);
    const units = draw(100_000, () => random.unit());
    expect(mean(units)).toBeCloseTo(0.5, 2);
    expect(Math.min(...units)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...units)).toBeLessThan(1);
  });

  it("draws exponentials with mean and variance 1 (von Neumann 1951)", () => {
    const random = new Random(3);
    const drawn = draw(200_000, () => random.exponential());
    expect(mean(drawn)).toBeCloseTo(1, 1);
    expect(mean(drawn.map((x) => (x - 1) ** 2))).toBeCloseTo(1, 1);
    // Half of all are below ln 2.
    expect(drawn.filter((x) => x < Math.LN2).length / drawn.length).toBeCloseTo(0.5, 2);
  });

  it("shuffles into every order equally often", () => {
    const random = new Random(11);
    const counts = new Map<string, number>();
    for (let i = 0; i < 24_000; i++) {
      const order = random.shuffle(["a", "b", "c", "d"]).join("");
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    expect(Math.min(...counts.values())).toBeGreaterThan(850);
    expect(Math.max(...counts.values())).toBeLessThan(1150);
  });

  it("refuses to pick from nothing", () => {
    expect(() => new Random(1).pick([])).toThrow(RangeError);
  });
});

describe("drawDelayNs", () => {
  const sample = (delay: Parameters<typeof drawDelayNs>[0]): number[] => {
    const random = new Random(5);
    return draw(50_000, () => drawDelayNs(delay, random) / 1e6);
  };

  it("is constant, uniform, exponential or long-tailed as asked", () => {
    expect(new Set(sample({ kind: "constant", ms: 2.5 }))).toEqual(new Set([2.5]));
    const uniform = sample({ kind: "uniform", minMs: 1, maxMs: 3 });
    expect(mean(uniform)).toBeCloseTo(2, 1);
    expect(Math.min(...uniform)).toBeGreaterThanOrEqual(1);
    expect(Math.max(...uniform)).toBeLessThanOrEqual(3);
    expect(mean(sample({ kind: "exponential", meanMs: 4 }))).toBeCloseTo(4, 0);
    const tail = sample({ kind: "long-tail", minMs: 1, maxMs: 500 });
    expect(Math.min(...tail)).toBeGreaterThanOrEqual(1);
    expect(Math.max(...tail)).toBeLessThanOrEqual(500);
    // Pareto with exponent 2: P(X > 10) = 1/100.
    expect(tail.filter((ms) => ms > 10).length / tail.length).toBeCloseTo(0.01, 2);
  });

  it("gives whole nanoseconds", () => {
    const random = new Random(9);
    const delays = draw(1000, () => drawDelayNs({ kind: "exponential", meanMs: 1 }, random));
    expect(delays.every(Number.isInteger)).toBe(true);
  });
});

const PINNED: number[] = [3398071724, 2784222252, 2716609338, 608268597];
