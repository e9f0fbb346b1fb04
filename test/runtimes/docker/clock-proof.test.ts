import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { proveClock } from "../../../src/runtimes/docker/proofs.ts";

/** A drift of a tenth from the start on, that the node sees so much later; never, without a number. */
async function proveDrift(lagMs?: number): Promise<string> {
  const startMs = performance.now();
  const drift = (lag: number): number => Math.max(0, performance.now() - startMs - lag) / 10;
  const proof = proveClock({
    node: "n1",
    look: async () => Date.now() + (lagMs === undefined ? 0 : drift(lagMs)),
    baselineMs: 0,
    expectedMs: () => drift(0),
  }).catch((error: Error) => error.message);
  await vi.advanceTimersByTimeAsync(20_000);
  return proof;
}

describe("proof that a clock fault took", () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it("takes a drift that the node sees at once, or three seconds late", async () => {
    expect(await proveDrift(0)).toBe("n1's own clock is off by 20 ms");
    expect(await proveDrift(3_000)).toMatch(/^n1's own clock is off by 1\d ms$/);
  });

  it("refuses a clock that never changes", async () => {
    expect(await proveDrift()).toMatch(
      /^the clock fault did not take: n1's own clock is off by 0 ms, and should be by 1\d\d\d ms$/,
    );
  });

  it("refuses a clock that changes much too late", async () => {
    expect(await proveDrift(12_000)).toMatch(/^the clock fault did not take/);
  });
});
