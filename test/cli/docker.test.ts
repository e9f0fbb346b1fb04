import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { RunVerdict } from "../../src/core/verdict.ts";
import { etcd } from "../../src/systems/etcd/index.ts";
import { CLI, eventually, splitbrain } from "../support/cli.ts";
import { missingDocker } from "../support/docker.ts";

// Real clusters on a machine that has other things to do.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const missing = await missingDocker();
const docker = async (...args: readonly string[]): Promise<string> => (await execa("docker", args)).stdout.trim();

let cwd: string;
beforeAll(() => {
  cwd = realpathSync(mkdtempSync(join(tmpdir(), "splitbrain-docker-")));
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

/** Everything in the engine that a run in this test's folder has made. */
async function remains(): Promise<string[]> {
  const format = (more: string): string[] => ["--filter", "label=splitbrain.run", "--format", more];
  const all = await Promise.all([
    docker("ps", "-a", ...format('{{.Names}} {{.Label "splitbrain.folder"}}')),
    docker("network", "ls", ...format('{{.Name}} {{.Label "splitbrain.folder"}}')),
    docker("volume", "ls", ...format('{{.Name}} {{.Label "splitbrain.folder"}}')),
  ]);
  return all.flatMap((text) => text.split("\n")).filter((line) => runs.some((run) => line.endsWith(` ${run}`)));
}
/** The folders of runs that this file has started. */
const runs: string[] = [];

async function json(
  args: readonly string[],
): Promise<{ exitCode: number | undefined; verdict: RunVerdict; stderr: string }> {
  const { exitCode, stdout, stderr } = await splitbrain([...args, "--json"], cwd);
  expect(stdout, stderr).toMatch(/^\{/);
  const verdict = JSON.parse(stdout) as RunVerdict;
  runs.push(verdict.runDir ?? "");
  return { exitCode, verdict, stderr };
}

/** Lines of a type in the history of the run that was started last. */
const lines = (type: string): number => {
  const file = join(cwd, ".splitbrain/runs/latest/history.jsonl");
  return existsSync(file) ? readFileSync(file, "utf8").split(`{"type":"${type}"`).length - 1 : 0;
};

const faultInForce = (): boolean => lines("fault") > lines("heal") && lines("ok") > 5;

/** Starts a run, waits until a fault is in force, and sends the signal. */
async function stopInMidFault(
  args: readonly string[],
  signal: "SIGKILL" | "SIGINT",
  inForce: () => boolean | Promise<boolean> = faultInForce,
) {
  const started = Date.now();
  const running = execa(process.execPath, [CLI, "run", ...args, "--time", "90s"], {
    cwd,
    reject: false,
    stdin: "ignore",
  });
  await eventually(
    "a run of its own",
    () => {
      const latest = join(cwd, ".splitbrain/runs/latest");
      return existsSync(latest) && Date.parse(stampOf(realpathSync(latest))) >= started - 1000;
    },
    60_000,
  );
  runs.push(join(".splitbrain/runs", realpathSync(join(cwd, ".splitbrain/runs/latest")).split("/").at(-1) ?? ""));
  await eventually("a fault in force", inForce, 60_000);
  running.kill(signal);
  return running;
}

/** `…/20261124T170344Z-raft-register-1` to an ISO time. */
const stampOf = (dir: string): string =>
  (dir.split("/").at(-1) ?? "").replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z.*$/, "$1-$2-$3T$4:$5:$6Z");

describe.skipIf(missing !== undefined)("run in Docker", () => {
  it("holds what the simulator holds under faults that are seen to strike; two runs do not disturb each other", async () => {
    const args = ["run", "raft", "--runtime", "docker", "--time", "12s", "--nemesis-interval", "1s"];
    const [all, other] = await Promise.all([
      json([...args, "--nemesis", "partition,pause,kill,clock", "--memory", "300", "--cpus", "0.9"]),
      json([...args, "--nemesis", "partition", "--seed", "2", "--cut-clients"]),
    ]);
    for (const { exitCode, verdict, stderr } of [all, other]) {
      expect({ exitCode, verdict: verdict.verdict }, stderr).toEqual({ exitCode: 0, verdict: "valid" });
      expect(verdict.models.find(({ model }) => model === "linearizable")?.checked).toBeGreaterThan(10);
      for (const { kind, struck, confirmed } of verdict.faults)
        expect({ kind, confirmed }, stderr).toEqual({ kind, confirmed: struck });
    }
    expect(all.verdict.faults.map(({ kind }) => kind)).toEqual(["clock", "kill", "partition", "pause"]);
    expect(await remains()).toEqual([]);
  });

  it("by Ctrl-C heals and removes everything, keeps the history and exits 130", async () => {
    const { exitCode, stderr } = await stopInMidFault(
      ["raft", "--runtime", "docker", "--nemesis", "pause", "--nemesis-interval", "1s"],
      "SIGINT",
    );
    expect(exitCode, String(stderr)).toBe(130);
    expect(stderr).toMatch(/The history is kept: npx splitbrain check/);
    expect(await remains()).toEqual([]);
    expect((await splitbrain(["check", "latest"], cwd)).stdout).toMatch(/linearizable +held +promised/);
  });

  it("by kill -9 leaves what doctor names and removes, and nothing else is touched", async () => {
    const innocent = await docker("run", "-d", "--network", "none", "debian:bookworm-slim", "sleep", "300");
    try {
      await stopInMidFault(
        ["raft", "--runtime", "docker", "--nemesis", "partition", "--nemesis-interval", "1s"],
        "SIGKILL",
      );
      const left = await remains();
      expect(left.length).toBeGreaterThanOrEqual(3 + 1 + 3);
      const named = await splitbrain(["doctor"], cwd);
      // Every start of a run removes what dead ones left, those of other tests too: what is still there must have been named.
      const still = await remains();
      for (const line of still) expect(named.stdout).toContain(line.split(" ")[0]);
      expect(named.exitCode).toBe(named.stdout.includes("left: ") ? 1 : 0);
      if (still.length > 0) expect(named.stdout).toContain("npx splitbrain doctor --clean");
      expect((await splitbrain(["doctor", "--clean"], cwd)).exitCode).toBe(0);
      expect(await remains()).toEqual([]);
      expect(await docker("inspect", "-f", "{{.State.Running}}", innocent)).toBe("true");
      expect((await splitbrain(["check", "latest"], cwd)).stdout).toMatch(/linearizable +held/);
    } finally {
      await docker("rm", "-f", innocent);
    }
  });

  it("bends the clock of a real service, and fills the disk of another that gets over it", async () => {
    const [bent, full] = await Promise.all([
      json(["run", "redis-sentinel", "--nemesis", "clock", "--time", "8s", "--settle", "1s"]),
      json(["run", "etcd", "--nemesis", "disk", "--nemesis-interval", "2s", "--time", "12s"]),
    ]);
    for (const { verdict, stderr } of [bent, full]) {
      expect(verdict.faults.length, stderr).toBe(1);
      for (const { kind, struck, confirmed } of verdict.faults)
        expect({ kind, confirmed }, stderr).toEqual({ kind, confirmed: struck });
    }
    // Redis with Sentinel promises nothing while clocks lie.
    expect(bent.exitCode).toBe(2);
    expect({ exitCode: full.exitCode, verdict: full.verdict.verdict }).toEqual({ exitCode: 0, verdict: "valid" });
    expect(await remains()).toEqual([]);
  });

  it("refuses what cannot be done, by name and with the reason", async () => {
    const refused = async (...args: string[]): Promise<string> => {
      const { exitCode, stdout, stderr } = await splitbrain(["run", ...args, "--time", "5s"], cwd);
      expect({ exitCode, stdout }, stderr).toEqual({ exitCode: 254, stdout: "" });
      return stderr.split("\n").find((line) => line.startsWith("splitbrain: ")) ?? stderr;
    };
    const [clock, containers, project, image] = await Promise.all([
      refused("etcd", "--nemesis", "clock"),
      refused("etcd", "--containers", "nobody-here,no-one"),
      refused("etcd", "--compose-project", "nobody-here"),
      refused("etcd", "--image", "debian:bookworm-slim"),
    ]);
    expect(clock).toMatch(/cannot do clock faults .*etcd is a Go program/);
    expect(containers).toMatch(/There is no container "nobody-here"/);
    expect(project).toMatch(/compose project "nobody-here"/);
    expect(image).toMatch(/etcd.*(not found|no such file|cannot be started)/i);
    expect(await remains()).toEqual([]);
  });
});

describe.skipIf(missing !== undefined)("attached to containers of others", () => {
  const project = `sbtest${process.pid}`;
  const name = (i: number): string => `${project}-e${i}`;
  const all = [1, 2, 3].map(name);

  beforeAll(async () => {
    const { deployment } = etcd;
    if (deployment.kind !== "containers") throw new Error("etcd comes as containers");
    const plan = Object.values(deployment.plan([{ id: "n1", address: "" }], { reads: "linearizable-reads" }))[0]?.[0];
    await execa("docker", ["build", "-t", plan?.image.tag ?? "", "-"], {
      input: plan?.image.dockerfile ?? "",
      env: { DOCKER_BUILDKIT: "0" },
    });
    await docker("network", "create", "--subnet", "198.19.251.0/24", project);
    const members = all.map((one) => `${one}=http://${one}:2380`).join(",");
    for (const [i, one] of all.entries()) {
      const urls = (kind: string, port: number): string[] => [`--${kind}`, `http://${one}:${port}`];
      await docker(
        ...["run", "-d", "--name", one, "--network", project, "-p", "127.0.0.1::2379"],
        ...["--label", `com.docker.compose.project=${project}`, "--label", `com.docker.compose.service=e${i + 1}`],
        ...[plan?.image.tag ?? "", "etcd", "--name", one, "--initial-cluster", members],
        ...["--listen-client-urls", "http://0.0.0.0:2379", "--listen-peer-urls", "http://0.0.0.0:2380"],
        ...urls("advertise-client-urls", 2379),
        ...urls("initial-advertise-peer-urls", 2380),
      );
    }
  });
  afterAll(async () => {
    await execa("docker", ["rm", "-f", "-v", ...all], { reject: false });
    await execa("docker", ["network", "rm", project], { reject: false });
  });

  const states = (): Promise<string> =>
    docker("inspect", "-f", "{{.Name}} {{.Id}} {{.State.Status}} {{.State.Pid}} {{.State.StartedAt}}", ...all);

  it("breaks and heals them, and leaves them as they were", async () => {
    const before = await states();
    const { exitCode, verdict, stderr } = await json(["run", "etcd", "--compose-project", project, "--time", "10s"]);
    expect({ exitCode, verdict: verdict.verdict }, stderr).toEqual({ exitCode: 0, verdict: "valid" });
    expect(verdict.faults.map(({ kind }) => kind)).toEqual(["partition", "pause"]);
    for (const { kind, struck, confirmed } of verdict.faults)
      expect({ kind, confirmed }, stderr).toEqual({ kind, confirmed: struck });
    expect(await states()).toBe(before);
    expect(await remains()).toEqual([]);
  });

  it("kills them only if told to, and starts them again, in a partition that lasts", async () => {
    const flags = ["--nemesis", "partition,kill", "--nemesis-interval", "1s", "--time", "15s"];
    const { exitCode, verdict, stderr } = await json(["run", "etcd", "--containers", all.join(","), ...flags]);
    expect({ exitCode, verdict: verdict.verdict }, stderr).toEqual({ exitCode: 0, verdict: "valid" });
    expect(verdict.faults.map(({ kind }) => kind)).toEqual(["kill", "partition"]);
    expect((await states()).match(/running/g)).toHaveLength(3);
    expect(await remains()).toEqual([]);
  });

  it("by kill -9 leaves them frozen, and doctor --clean thaws them", async () => {
    // One that is frozen for a while: the shortest pauses would be over before the signal is there.
    const paused = async (): Promise<boolean> => /paused/.test(await states());
    const lasting = async (): Promise<boolean> => {
      if (!(await paused())) return false;
      await new Promise((resolve) => setTimeout(resolve, 500));
      return paused();
    };
    await stopInMidFault(["etcd", "--containers", all.join(","), "--nemesis", "pause"], "SIGKILL", lasting);
    const frozen = (await states()).match(/paused/g)?.length ?? 0;
    expect(frozen).toBeGreaterThan(0);
    const { stdout } = await splitbrain(["doctor"], cwd);
    expect(stdout.match(/left: container sbtest\S+ \(paused by the run/g)).toHaveLength(frozen);
    await splitbrain(["doctor", "--clean"], cwd);
    expect((await states()).match(/running/g)).toHaveLength(3);
    expect(await remains()).toEqual([]);
  });
});
