import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { describe, expect, it, onTestFinished } from "vitest";
import { findLeftovers, killLeftovers, nodeEntry } from "../../../src/runtimes/process/index.ts";
import { commandOf, processIds } from "../../../src/runtimes/shared/real/procfs.ts";
import { startProbe, temporaryFolder } from "../../conformance/worlds.ts";
import { comesTrue, hasProc, isAlive, MAELSTROM, program } from "./support.ts";

const RUNTIME = fileURLToPath(new URL("../../../dist/src/runtimes/process/index.js", import.meta.url));
const PROBE = [process.execPath, nodeEntry(), fileURLToPath(new URL("../../conformance/probe.mjs", import.meta.url))];

/** A harness in a process of its own, with three nodes, the first of them paused. */
async function startHarness(command: readonly string[]) {
  const runDir = temporaryFolder();
  const harness = execa(process.execPath, [program("harness.mjs"), RUNTIME, runDir, ...command], { reject: false });
  onTestFinished(() => void harness.kill("SIGKILL"));
  const started = await Promise.race([
    new Promise<string>((resolve) => harness.stdout.once("data", (chunk) => resolve(String(chunk)))),
    harness.then(({ stderr }) => expect.fail(`the harness died: ${stderr}`)),
  ]);
  const { children } = JSON.parse(started) as { children: number[] };
  const record = JSON.parse(readFileSync(join(runDir, "processes.json"), "utf8")) as {
    harnessPid: number;
    token: string;
    nodes: { id: string; pid: number }[];
  };
  expect(record.harnessPid).toBe(harness.pid);
  expect(record.nodes.map(({ id }) => id)).toEqual(["n1", "n2", "n3"]);
  const pids = [...record.nodes.map(({ pid }) => pid), ...children];
  expect(pids.filter(isAlive)).toEqual(pids);
  return { harness, pids, token: record.token, runDir };
}

const allGone = (pids: readonly number[]) => comesTrue(() => !pids.some(isAlive));

describe("what a harness leaves behind", () => {
  it.each(["SIGKILL", "SIGINT"] as const)(
    "is nothing after %s: no node, paused or not, and no guard",
    async (signal) => {
      const { harness, pids, token } = await startHarness(PROBE);
      const guard = processIds().filter((pid) => commandOf(pid).includes(`splitbrain-guard ${token}`));
      if (hasProc) expect(guard.length).toBeGreaterThan(0);
      harness.kill(signal);
      expect(await allGone([...pids, ...guard])).toBe(true);
    },
  );

  it("is nothing if it just ends, and no child of a node either", async () => {
    const { harness, pids } = await startHarness(MAELSTROM);
    expect(pids.length).toBe(4);
    harness.stdin.write("end\n");
    expect(await allGone(pids)).toBe(true);
  });

  it.runIf(hasProc)("is found and ended by doctor's means, should the guard have been killed as well", async () => {
    const { harness, pids, token, runDir } = await startHarness(MAELSTROM);
    const own = async () => (await findLeftovers()).filter((leftover) => leftover.token === token);
    expect(await own()).toEqual([]);
    for (const pid of processIds())
      if (commandOf(pid).includes(`splitbrain-guard ${token}`)) process.kill(pid, "SIGKILL");
    harness.kill("SIGKILL");
    await harness;
    // The paused node and the detached child cannot notice that their harness is gone.
    const left = await own();
    expect(left.map(({ pid }) => pid)).toEqual(expect.arrayContaining([pids[0], pids[3]]));
    expect(left.find(({ pid }) => pid === pids[0])).toMatchObject({
      token,
      runDir,
      command: expect.stringContaining("maelstrom.mjs"),
    });
    expect((await killLeftovers(left)).length).toBeGreaterThanOrEqual(2);
    expect(await allGone(pids)).toBe(true);
    expect(await own()).toEqual([]);
    expect(await killLeftovers(left)).toEqual([]);
  });

  it("is nothing after a stop", async () => {
    const runDir = temporaryFolder();
    const cluster = await startProbe({}, { runDir });
    const { nodes } = JSON.parse(readFileSync(join(runDir, "processes.json"), "utf8"));
    const pids: number[] = nodes.map(({ pid }: { pid: number }) => pid);
    expect(pids.every(isAlive)).toBe(true);
    await cluster.inject({ kind: "pause", nodes: ["n2"] });
    await cluster.stop();
    expect(pids.some(isAlive)).toBe(false);
    expect(JSON.parse(readFileSync(join(runDir, "processes.json"), "utf8"))).toMatchObject({ nodes: [] });
  });
});
