import { expect, it } from "vitest";
import type { ClockFault } from "../../src/core/fault.ts";
import { onAll } from "./bed.ts";
import { HOUR_MS, NOISE_MS } from "./worlds.ts";

/** A clock fault, but for the nodes. */
type Skew = ClockFault extends infer F ? (F extends unknown ? Omit<F, "kind" | "nodes"> : never) : never;

onAll("with broken clocks", (bed) => {
  const bend = (skew: Skew) => bed.cluster.inject({ kind: "clock", nodes: ["n1"], ...skew });
  const ahead = () => bed.lab.aheadMs("n1", "n2");
  const isOff = (byMs: number) => (ms: number) => Math.abs(ms - byMs) < NOISE_MS;
  const mono = async () => (await bed.lab.ask<{ monoMs: number }>("n1", "clock")).monoMs;

  it("moves the wall clock, either way, and leaves the monotonic one alone", async () => {
    expect(await ahead()).toSatisfy(isOff(0));
    const [startMs, startNs] = [await mono(), bed.cluster.nowNs()];
    const forwards = await bend({ mode: "jump", offsetMs: HOUR_MS });
    expect(await ahead()).toSatisfy(isOff(HOUR_MS));
    const backwards = await bend({ mode: "jump", offsetMs: -1.5 * HOUR_MS });
    expect(await ahead()).toSatisfy(isOff(-0.5 * HOUR_MS));
    await forwards();
    expect(await ahead()).toSatisfy(isOff(-1.5 * HOUR_MS));
    const elapsedMs = (bed.cluster.nowNs() - startNs) / 1e6;
    expect(Math.abs((await mono()) - startMs - elapsedMs)).toBeLessThan(NOISE_MS);
    await backwards();
    expect(await ahead()).toSatisfy(isOff(0));
  });

  it("lets the wall clock drift, with timers that keep true time", async () => {
    const heal = await bend({ mode: "drift", rate: 1_000_000 });
    const [startMs, startNs] = [await mono(), bed.cluster.nowNs()];
    await bed.lab.ask("n1", "timer", "true", 100);
    const early = await bed.lab.until(ahead, (ms) => ms > 10 * NOISE_MS);
    await bed.lab.until(ahead, (ms) => ms > early + 10 * NOISE_MS);
    const [fired] = await bed.lab.until(
      () => bed.lab.ask<{ afterMs: number }[]>("n1", "fired"),
      (timers) => timers.length > 0,
    );
    expect(fired?.afterMs).toBeGreaterThanOrEqual(100);
    const elapsedMs = (bed.cluster.nowNs() - startNs) / 1e6;
    expect(Math.abs((await mono()) - startMs - elapsedMs)).toBeLessThan(NOISE_MS);
    await heal();
    expect(await ahead()).toSatisfy(isOff(0));
  });

  it("flips the wall clock to and fro", async () => {
    const heal = await bend({ mode: "strobe", offsetMs: HOUR_MS, periodMs: 150 });
    for (const byMs of [HOUR_MS, 0, HOUR_MS]) await bed.lab.until(ahead, isOff(byMs));
    await heal();
    expect(await ahead()).toSatisfy(isOff(0));
  });

  it("bends it through a crash", async () => {
    const heal = await bend({ mode: "jump", offsetMs: HOUR_MS });
    const restart = await bed.cluster.inject({ kind: "kill", nodes: ["n1"] });
    await restart();
    expect(await ahead()).toSatisfy(isOff(HOUR_MS));
    const again = await bed.cluster.inject({ kind: "kill", nodes: ["n1"] });
    await heal();
    await again();
    expect(await ahead()).toSatisfy(isOff(0));
  });
});
