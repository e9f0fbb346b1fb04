import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findFaketime } from "../../../src/runtimes/process/faketime.ts";
import { Lab, startProbe } from "../../conformance/worlds.ts";
import { MAELSTROM, startProgram } from "./support.ts";

const library = await findFaketime();
if (library === undefined)
  console.warn("SKIPPED: libfaketime is not installed (Debian: apt install faketime); its tests do not run.");

const HOUR_MS = 3_600_000;
const near = (byMs: number) => (ms: number) => Math.abs(ms - byMs) < HOUR_MS / 6;

describe.skipIf(library === undefined)("clocks bent by libfaketime", () => {
  it("jump, flip and drift for a program that knows nothing of it, while its timers keep true time", async () => {
    const { cluster, lab } = await startProgram(MAELSTROM, { nodes: 2, faketime: true });
    expect(cluster.faults).toContain("clock");
    const ahead = async () => (await lab.ask<number>("n1", "clock")) - Date.now();
    const on = { kind: "clock", nodes: ["n1"] } as const;
    expect(await ahead()).toSatisfy(near(0));

    const jump = await cluster.inject({ ...on, mode: "jump", offsetMs: -2 * HOUR_MS });
    expect(await ahead()).toSatisfy(near(-2 * HOUR_MS));
    expect((await lab.ask<number>("n2", "clock")) - Date.now()).toSatisfy(near(0));
    const strobe = await cluster.inject({ ...on, mode: "strobe", offsetMs: HOUR_MS, periodMs: 100 });
    for (const byMs of [-HOUR_MS, -2 * HOUR_MS, -HOUR_MS]) await lab.until(ahead, near(byMs));
    await strobe();
    // A restart finds the clock as it was.
    await (await cluster.inject({ kind: "kill", nodes: ["n1"] }))();
    expect(await ahead()).toSatisfy(near(-2 * HOUR_MS));
    await jump();
    expect(await ahead()).toSatisfy(near(0));

    for (const rate of [0.01, 1_000_000]) {
      const drift = await cluster.inject({ ...on, mode: "drift", rate });
      // By the library's own rate this would take 100 times as long, or no time.
      expect(await lab.ask("n1", "wait", undefined, 100)).toSatisfy((ms: number) => ms >= 99 && ms < 8000);
      if (rate > 1) await lab.until(ahead, (ms) => ms > HOUR_MS);
      await drift();
      expect(await ahead()).toSatisfy(near(0));
    }
    expect(cluster.failures()).toEqual([]);
  });

  it("can be had for bundled nodes, too", async () => {
    const cluster = await startProbe({ nodes: 2 }, { faketime: true });
    const lab = new Lab(cluster);
    const heal = await cluster.inject({ kind: "clock", nodes: ["n1"], mode: "jump", offsetMs: 2 * HOUR_MS });
    expect(await lab.aheadMs("n1", "n2")).toSatisfy(near(2 * HOUR_MS));
    await heal();
    expect(await lab.aheadMs("n1", "n2")).toSatisfy(near(0));
    await cluster.stop();
  });

  it("are not promised for a program that does not load the library", async () => {
    const { cluster } = await startProgram(["env", "-u", "LD_PRELOAD", ...MAELSTROM], { faketime: true });
    expect(cluster.faults).not.toContain("clock");
  });

  it.runIf(existsSync("/dev/shm"))("leave nothing in shared memory", async () => {
    const { cluster, runDir } = await startProgram(MAELSTROM, { faketime: true });
    const pids: number[] = [];
    const note = (): void => {
      const { nodes } = JSON.parse(readFileSync(join(runDir, "processes.json"), "utf8"));
      pids.push(...nodes.map(({ pid }: { pid: number }) => pid));
    };
    note();
    await (await cluster.inject({ kind: "kill", nodes: ["n1"] }))();
    note();
    await cluster.stop();
    expect(new Set(pids).size).toBe(2);
    const left = readdirSync("/dev/shm").filter((name) => pids.some((pid) => name.endsWith(`_${pid}`)));
    expect(left).toEqual([]);
  });
});

describe("looking for libfaketime", () => {
  it("does not take a library that does not work for one that does", async () => {
    expect(await findFaketime("/nowhere/libfaketime.so")).toBeUndefined();
    await expect(startProgram(MAELSTROM, { faketime: "/nowhere/libfaketime.so" })).rejects.toThrow(
      "/nowhere/libfaketime.so is no libfaketime that works here",
    );
  });
});
