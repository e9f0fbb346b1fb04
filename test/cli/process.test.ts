import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { RunVerdict } from "../../src/core/verdict.ts";
import { CLI, eventually, splitbrain } from "../support/cli.ts";

let cwd: string;
beforeEach(() => {
  cwd = realpathSync(mkdtempSync(join(tmpdir(), "splitbrain-process-")));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

const NODE = fileURLToPath(new URL("../../dist/src/cli/node.js", import.meta.url));
const LATEST = ".splitbrain/runs/latest";

/** What is left in an engine is not asked for here. */
const NO_ENGINE = { DOCKER_HOST: "unix:///nonexistent.sock" };

/** What `doctor` says is left running of runs whose harness is gone. */
async function leftovers(): Promise<unknown[]> {
  const { stdout } = await splitbrain(["doctor", "--json"], cwd, NO_ENGINE);
  return (JSON.parse(stdout) as { leftovers: unknown[] }).leftovers;
}

const completions = (): number => {
  const file = join(cwd, LATEST, "history.jsonl");
  return existsSync(file)
    ? readFileSync(file, "utf8")
        .split("\n")
        .filter((line) => line.startsWith('{"type":"ok"')).length
    : 0;
};

/** A long run of processes with everything that can be left behind. */
function longRun() {
  const args = [
    CLI,
    "run",
    "raft",
    "--runtime",
    "process",
    "--nemesis",
    "partition,pause,kill",
    "--nemesis-interval",
    "500ms",
    "--time",
    "60s",
  ];
  return execa(process.execPath, args, { cwd, reject: false, stdin: "ignore" });
}

describe("run as processes", () => {
  it("holds what the simulator holds, and leaves nothing running", async () => {
    const args = ["run", "raft", "--runtime", "process", "--nemesis", "partition,pause,kill", "--time", "6s", "--json"];
    const { exitCode, stdout, stderr } = await splitbrain(args, cwd);
    const verdict = JSON.parse(stdout) as RunVerdict;
    expect({ exitCode, verdict: verdict.verdict }, stderr).toEqual({ exitCode: 0, verdict: "valid" });
    expect(verdict.models.find(({ model }) => model === "linearizable")?.checked).toBeGreaterThan(50);
    expect(await leftovers()).toEqual([]);
  });

  it("tests any program that speaks the protocol", async () => {
    const program = [
      "--bin",
      process.execPath,
      "--nodes",
      "3",
      "--nemesis",
      "kill",
      "--time",
      "4s",
      "--json",
      "--",
      NODE,
      "raft",
    ];
    const { exitCode, stdout, stderr } = await splitbrain(["run", ...program], cwd);
    expect({ exitCode, verdict: (JSON.parse(stdout) as RunVerdict).verdict }, stderr).toEqual({
      exitCode: 0,
      verdict: "valid",
    });
  });
});

describe("a run that is stopped", () => {
  it("by Ctrl-C stops all nodes, keeps the history and exits 130", async () => {
    const running = longRun();
    await eventually("the run", () => completions() > 20);
    running.kill("SIGINT");
    const { exitCode, stderr } = await running;
    expect(exitCode, stderr).toBe(130);
    expect(stderr).toMatch(/every fault is healed and every node stopped\. The history is kept: npx splitbrain check/);
    expect(await leftovers()).toEqual([]);
    expect((await splitbrain(["check", LATEST], cwd)).stdout).toMatch(/linearizable +held +promised/);
  });

  it("by kill -9 loses nothing recorded and leaves nothing running", async () => {
    const running = longRun();
    await eventually("the run", () => completions() > 20);
    running.kill("SIGKILL");
    await running;
    const recorded = completions();
    await eventually("the guard's work", async () => (await leftovers()).length === 0);

    const { exitCode, stdout } = await splitbrain(["check", LATEST, "--json"], cwd);
    const verdict = JSON.parse(stdout) as RunVerdict;
    expect(verdict.operations.ok).toBe(recorded);
    expect(verdict.models.find(({ model }) => model === "linearizable")).toMatchObject({ verdict: "valid" });
    // Nobody read the copies at the end, so not all that was promised can be judged.
    expect({ exitCode, verdict: verdict.verdict }).toEqual({ exitCode: 2, verdict: "unknown" });
    expect((await splitbrain(["doctor"], cwd, NO_ENGINE)).stdout).toMatch(/Nothing is left by earlier runs/);
  });
});
