import { mkdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Fault } from "../../../src/core/fault.ts";
import type { CommandPlan, System } from "../../../src/core/system.ts";
import { type CommandsOptions, startCommands } from "../../../src/runtimes/process/commands.ts";
import { findFaketime } from "../../../src/runtimes/process/faketime.ts";
import { environmentOf, processIds } from "../../../src/runtimes/shared/real/procfs.ts";
import { defineSystem, type SystemDefinition } from "../../../src/systems/define.ts";
import { HOUR_MS, Lab, NOISE_MS, PATIENCE_MS, temporaryFolder } from "../../conformance/worlds.ts";
import { client, freePorts, http, kvSystem } from "./kv-system.ts";
import { comesTrue, hasProc, isAlive, program } from "./support.ts";

async function start(system: System, more: Partial<CommandsOptions> = {}) {
  const runDir = temporaryFolder();
  const cluster = await startCommands({ system, seed: 1, runDir, ...more });
  onTestFinished(() => cluster.stop());
  const recorded = (): Record<string, number> =>
    Object.fromEntries(
      JSON.parse(readFileSync(join(runDir, "processes.json"), "utf8")).nodes.map(
        ({ id, pid }: { id: string; pid: number }) => [id, pid],
      ),
    );
  return { cluster, runDir, pids: recorded, lab: new Lab(cluster) };
}

const commandsOf = ({ deployment }: System): readonly CommandPlan[] =>
  deployment.kind === "commands" ? deployment.commands : expect.fail("no commands");

const urlOf = (system: System, i: number): string => `http://127.0.0.1:${commandsOf(system)[i]?.port}`;

const TIMEOUT_NS = PATIENCE_MS * 1e6;

/** One operation in a session of its own. */
let nextProcess = 0;
async function outcome(
  cluster: Awaited<ReturnType<typeof startCommands>>,
  node: string,
  op: { f: string; input?: number | number[]; final?: true },
  timeoutNs = TIMEOUT_NS,
) {
  const session = cluster.open(nextProcess++, node);
  try {
    return await session.invoke({ key: "k0", input: null, ...op }, timeoutNs);
  } finally {
    session.close();
  }
}

describe("programs on this machine as an external system", () => {
  it("start, serve clients through the system's own, and end", async () => {
    const system = await kvSystem(3);
    const { cluster, runDir, pids } = await start(system);
    expect(cluster.nodes).toEqual(["n1", "n2", "n3"]);
    expect(await outcome(cluster, "n2", { f: "read" })).toEqual({ type: "ok", value: null });
    expect(await outcome(cluster, "n2", { f: "write", input: 1 })).toEqual({ type: "ok", value: null });
    expect(await outcome(cluster, "n3", { f: "cas", input: [1, 2] })).toEqual({ type: "ok", value: null });
    expect(await outcome(cluster, "n3", { f: "cas", input: [1, 3] })).toMatchObject({
      type: "fail",
      error: { name: "precondition-failed" },
    });
    expect(await outcome(cluster, "n1", { f: "read" })).toEqual({ type: "ok", value: 2 });
    // Only the primary has a copy of its own.
    expect(await outcome(cluster, "n1", { f: "read", final: true })).toEqual({ type: "ok", value: 2 });
    expect(await outcome(cluster, "n2", { f: "read", final: true })).toEqual({ type: "ok", value: null });

    expect(await comesTrue(() => cluster.leader() === "n1")).toBe(true);
    const ids = Object.values(pids());
    expect(ids).toHaveLength(3);
    await cluster.stop();
    expect(ids.filter(isAlive)).toEqual([]);
    expect(cluster.failures()).toEqual([]);
    expect(readFileSync(join(runDir, "nodes", "n1.log"), "utf8")).toMatch(
      / harness process \d+ started\n.* stdout serving at/,
    );
    expect(() => cluster.open(99, "n1")).toThrow("the cluster was stopped");
  });

  it("know who they are, and run where they should", async () => {
    const cwd = temporaryFolder();
    mkdirSync(join(cwd, "bin"));
    const [port = 0] = await freePorts(1);
    const system = defineSystem({
      name: "kv",
      nodes: [
        { command: [process.execPath, program("kv-server.mjs"), String(port)], port, cwd, env: { COLOUR: "red" } },
      ],
      client,
    });
    const here = process.cwd();
    const { runDir } = await start(system);
    expect(process.cwd()).toBe(here);
    expect(await http("GET", `${urlOf(system, 0)}/env`)).toMatchObject({
      cwd,
      COLOUR: "red",
      SPLITBRAIN_NODE: "n1",
      SPLITBRAIN_DATA: join(runDir, "data", "n1"),
      SPLITBRAIN_RESTARTS: "0",
    });
  });

  it("are killed, and restarted on their data", async () => {
    const system = await kvSystem(2);
    const { cluster, pids } = await start(system);
    await outcome(cluster, "n1", { f: "write", input: 5 });
    const before = pids();
    expect(await comesTrue(() => cluster.leader() === "n1")).toBe(true);
    const heal = await cluster.inject({ kind: "kill", nodes: ["n1"] });
    expect(isAlive(before.n1 ?? 0)).toBe(false);
    expect(cluster.leader()).toBeUndefined();
    expect((await outcome(cluster, "n1", { f: "read" })).type).toBe("fail");
    expect((await outcome(cluster, "n1", { f: "write", input: 6 })).type).toBe("info");
    await heal();
    expect(pids().n1).not.toBe(before.n1);
    expect(pids().n2).toBe(before.n2);
    expect(await outcome(cluster, "n1", { f: "read" })).toEqual({ type: "ok", value: 5 });
    expect(cluster.failures()).toEqual([]);
  });

  it("are paused, and go on", async () => {
    const system = await kvSystem(2);
    const { cluster } = await start(system);
    const heal = await cluster.inject({ kind: "pause", nodes: ["n1"] });
    expect(await outcome(cluster, "n1", { f: "write", input: 1 }, 200e6)).toEqual({
      type: "info",
      error: { name: "timeout" },
    });
    await heal();
    expect(await outcome(cluster, "n1", { f: "write", input: 2 })).toEqual({ type: "ok", value: null });
  });

  it("cannot be parted, and it is said why", async () => {
    const { cluster } = await start(await kvSystem(2));
    const drops = { n1: ["n2"], n2: ["n1"] };
    const partition: Fault = { kind: "partition", shape: "halves", drops };
    await expect(cluster.inject(partition)).rejects.toThrow(
      "partition: processes on one machine talk to each other directly; give containers to cut their links",
    );
    await expect(cluster.inject({ kind: "kill", nodes: ["n9"] })).rejects.toThrow('kill: there is no node "n9"');
    expect([...cluster.faults]).toEqual(["pause", "kill"]);
    expect([...cluster.refusals.keys()].sort()).toEqual(["client-pause", "clock", "disk", "link", "partition"]);
  });

  it("that die by themselves are told of, with their last lines", async () => {
    const { cluster, pids } = await start(await kvSystem(1));
    process.kill(pids().n1 ?? 0, "SIGTERM");
    expect(await comesTrue(() => cluster.failures().length === 1)).toBe(true);
    expect(String(cluster.failures()[0])).toMatch(
      /^n1, .* was ended by SIGTERM by itself\. Its last lines: serving at/,
    );
  });

  it("have their clocks bent", async ({ skip }) => {
    if ((await findFaketime()) === undefined) skip("libfaketime is not installed");
    const system = await kvSystem(1);
    const { cluster } = await start(system, { faketime: true });
    expect(cluster.faults.has("clock")).toBe(true);
    const offMs = async (): Promise<number> => Number(await http("GET", `${urlOf(system, 0)}/clock`)) - Date.now();
    const heal = await cluster.inject({ kind: "clock", nodes: ["n1"], mode: "jump", offsetMs: HOUR_MS });
    expect(Math.abs((await offMs()) - HOUR_MS)).toBeLessThan(NOISE_MS);
    await heal();
    expect(Math.abs(await offMs())).toBeLessThan(NOISE_MS);
  });
});

describe("programs that do not come up", () => {
  const defined = async (command: string[], more: Partial<SystemDefinition> = {}): Promise<System> => {
    const [port = 0] = await freePorts(1);
    return defineSystem({ name: "kv", nodes: [{ command, port }], client, ...more });
  };

  async function complaint(system: System, more: Partial<CommandsOptions> = {}): Promise<string> {
    const runDir = temporaryFolder();
    const error = await startCommands({ system, seed: 1, runDir, ...more }).then(
      () => expect.fail("it started"),
      (reason: unknown) => reason as Error,
    );
    expect(["StartFailure", "ConfigError"]).toContain(error.name);
    if (hasProc) expect(processIds().filter((pid) => environmentOf(pid, "SPLITBRAIN_RUN_DIR") === runDir)).toEqual([]);
    return error.message;
  }

  it("are missing", async () => {
    expect(await complaint(await defined(["no-such-program-anywhere"]))).toMatch(
      /^Node n1 could not be started: there is no program "no-such-program-anywhere" on the PATH\./,
    );
    const cwd = temporaryFolder();
    const [port = 0] = await freePorts(1);
    const there = defineSystem({ name: "kv", nodes: [{ command: ["./kv"], port, cwd }], client });
    expect(await complaint(there)).toBe(
      `Node n1 could not be started: there is no file "./kv". Check the path; it is relative to "${cwd}".`,
    );
  });

  it("exit at once", async () => {
    const command = [process.execPath, "-e", `console.log("starting"); console.error("no licence"); process.exit(3)`];
    expect(await complaint(await defined(command))).toMatch(
      /^Node n1 \(.*\) exited with code 3 before it was ready\. Run the same command by hand to see why\.\nIts last lines:\n/,
    );
  });

  it("never become ready", async () => {
    const idle = [process.execPath, "-e", "setInterval(() => {}, 1000)"];
    expect(await complaint(await defined(idle), { startTimeoutMs: 500 })).toMatch(
      /^Node n1 \(.*\) was not ready within 0\.5 s\. Does it serve clients at 127\.0\.0\.1:\d+\?$/,
    );
    const sick = await kvSystem(1, {
      ready: () => {
        throw new Error("no quorum");
      },
    });
    expect(await complaint(sick, { startTimeoutMs: 500 })).toMatch(/was not ready within 0\.5 s \(no quorum\)\./);
  });

  it("find another program at their port", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    onTestFinished(() => void server.close());
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as { port: number };
    const system = defineSystem({ name: "kv", nodes: [{ command: ["kv"], port }], client });
    expect(await complaint(system)).toBe(
      `Node n1 cannot be started: another program serves 127.0.0.1:${port} already. End it, or give another port.`,
    );
  });

  it("cannot be set up", async () => {
    expect(await complaint(await kvSystem(1, { workloads: ["append"], client: () => ({ read: () => 1 }) }))).toBe(
      "system.client: has no append, which the workload append needs; add it, or see system.workloads",
    );
    const hanging = await kvSystem(1, { setup: () => new Promise(() => undefined) });
    expect(await complaint(hanging, { startTimeoutMs: 3_000 })).toBe("kv could not be set up: no answer within 3 s");
  });
});
