import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunVerdict } from "../../src/core/verdict.ts";
import { MODELS } from "../../src/models/index.ts";
import { WORKLOADS } from "../../workloads/index.ts";
import { splitbrain } from "../support/cli.ts";

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), "splitbrain-run-"));
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

async function json(...args: string[]): Promise<{ exitCode: number | undefined; verdict: RunVerdict; stderr: string }> {
  const { exitCode, stdout, stderr } = await splitbrain([...args, "--json"], cwd);
  expect(stdout, stderr).toMatch(/^\{/);
  return { exitCode, verdict: JSON.parse(stdout) as RunVerdict, stderr };
}

const modelOf = ({ models }: RunVerdict, name: string) => models.find(({ model }) => model === name);
const read = (runDir: string | null, file: string): Buffer => readFileSync(join(cwd, runDir ?? "", file));
/** The replay command as it was printed, without `npx splitbrain`. */
const replayOf = ({ replay }: RunVerdict): string[] => (replay ?? "").split(" ").slice(2);

describe("run in the simulator", () => {
  it("finds the correct model linearizable under all faults, and leaves a whole run folder", async () => {
    const { exitCode, verdict } = await json("run", "raft", "--nodes", "5", "--nemesis", "all", "--time", "20s");
    expect(exitCode).toBe(0);
    expect(verdict).toMatchObject({ schema: "splitbrain.verdict/1", verdict: "valid" });
    expect(modelOf(verdict, "linearizable")).toMatchObject({ verdict: "valid", promised: true });
    expect(modelOf(verdict, "linearizable")?.checked).toBeGreaterThan(1000);
    // The five of Figure 3. Those of configurations have nothing to judge where the voters never change.
    expect(verdict.invariants.map((invariant) => [invariant.verdict, invariant.checked > 0])).toEqual([
      ...Array.from({ length: 5 }, () => ["valid", true]),
      ...Array.from({ length: 2 }, () => ["unknown", false]),
    ]);
    expect(readdirSync(join(cwd, verdict.runDir ?? "")).sort()).toEqual(
      ["history.jsonl", "messages.jsonl", "nodes", "report.html", "scenario.json", "verdict.json"].sort(),
    );
    expect(JSON.parse(read(verdict.runDir, "verdict.json").toString())).toEqual(verdict);
  });

  it("replays to the byte, messages included", async () => {
    const { verdict } = await json(
      "run",
      "raft",
      "--seed",
      "9",
      "--nemesis",
      "all",
      "--time",
      "10s",
      "--config",
      "lease",
    );
    const again = await json(...replayOf(verdict));
    expect(again.verdict.runDir).not.toBe(verdict.runDir);
    expect(again.stderr).toMatch(/the same to the byte/);
    for (const file of ["history.jsonl", "messages.jsonl", "scenario.json"])
      expect(read(again.verdict.runDir, file).equals(read(verdict.runDir, file)), file).toBe(true);
  });

  it("searches for a bug, explains it, and the replay shows it again", async () => {
    const { exitCode, verdict } = await json("run", "raft", "--bug", "ack-before-majority");
    expect({ exitCode, verdict: verdict.verdict }).toEqual({ exitCode: 1, verdict: "invalid" });
    const broken = verdict.models.flatMap((model) => (model.promised ? model.anomalies : []));
    expect(broken.length).toBeGreaterThan(0);
    const again = await json(...replayOf(verdict));
    expect(again.exitCode).toBe(1);
    expect(read(again.verdict.runDir, "history.jsonl").equals(read(verdict.runDir, "history.jsonl"))).toBe(true);
  });

  it("what a weak configuration does not promise is allowed, unless it is expected", async () => {
    const weak = ["run", "single-leader", "--config", "async,any-replica"];
    const allowed = await json(...weak);
    expect(allowed.exitCode).toBe(0);
    for (const model of ["linearizable", "read-your-writes", "monotonic-reads"])
      expect(modelOf(allowed.verdict, model), model).toMatchObject({ verdict: "invalid", promised: false });
    const expected = await json(...weak, "--expect", "linearizable");
    expect(expected.exitCode).toBe(1);
    expect(modelOf(expected.verdict, "linearizable")).toMatchObject({ verdict: "invalid", promised: true });
  });

  it("counts all seeds of a search", async () => {
    const { verdict, exitCode } = await json("run", "single-leader", "--seeds", "3", "--time", "5s");
    expect(exitCode).toBe(0);
    expect(verdict.seeds).toEqual({ first: 1, run: 3, invalid: [], unknown: [] });
    expect(modelOf(verdict, "linearizable")?.checked).toBeGreaterThan(400);
  });

  it("prints the verdict for people, ending in the command that shows it again", async () => {
    const { stdout, stderr } = await splitbrain(["run", "single-leader", "--config", "async,any-replica"], cwd);
    expect(stdout).toMatch(/^single-leader async,any-replica,none,in-order, append, 3 nodes, sim, seed 1: VALID/);
    expect(stdout).toMatch(/read-your-writes +broken +allowed/);
    expect(stdout).toMatch(/monotonic-writes +held +promised/);
    expect(stdout).toMatch(/◀ here/);
    expect(stdout.trim().split("\n").at(-1)).toMatch(/npx splitbrain replay \.splitbrain\/runs\/\S+$/);
    expect(stdout + stderr).not.toContain("\u001b");
  });
});

describe("list", () => {
  it("names every system with its configurations and bugs, as text and as JSON", async () => {
    const { stdout } = await splitbrain(["list"], cwd);
    const { stdout: listed } = await splitbrain(["list", "--json"], cwd);
    const { systems, workloads } = JSON.parse(listed) as {
      systems: { name: string; bugs: object }[];
      workloads: { name: string }[];
    };
    expect(systems.map(({ name }) => name)).toEqual(Object.keys(MODELS));
    for (const { name, bugs } of systems)
      for (const word of [name, ...Object.keys(bugs)]) expect(stdout).toContain(word);
    expect(workloads.map(({ name }) => name)).toEqual(Object.keys(WORKLOADS));
  });
});
