import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MODELS } from "../../src/models/index.ts";
import { SYSTEMS } from "../../src/systems/index.ts";
import { WORKLOADS } from "../../workloads/index.ts";
import { splitbrainHere } from "../support/cli.ts";

/** Nothing here may need an engine: there is none. */
const NO_ENGINE = { DOCKER_HOST: "unix:///nonexistent.sock" };
const NO_ENGINE_ANSWERS =
  "No Docker engine answers at unix:///nonexistent.sock (DOCKER_HOST): connect ENOENT /nonexistent.sock. Start one, or name one that runs with DOCKER_HOST.";

const KNOWN_SYSTEMS = [...Object.keys(MODELS), ...Object.keys(SYSTEMS)].join(", ");
const KNOWN_WORKLOADS = Object.keys(WORKLOADS).join(", ");

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), "splitbrain-target-"));
  const define = (name: string, nodes: string): void =>
    writeFileSync(
      join(cwd, name),
      `export default { system: { name: "my-kv", nodes: ${nodes}, client: () => ({}) } };\n`,
    );
  define("attached.mjs", `["a", "b", "c"].map((container) => ({ container, port: 7001 }))`);
  define("commands.mjs", `[7001, 7002].map((port) => ({ command: ["./my-kv"], port }))`);
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

/** Exit 254, nothing on standard output, and on standard error one line, which is returned without the program's name. */
async function mistake(args: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await splitbrainHere(["run", ...args], cwd, NO_ENGINE);
  expect({ exitCode, stdout }, stderr).toEqual({ exitCode: 254, stdout: "" });
  expect(stderr).toMatch(/^splitbrain: .*$/);
  return stderr.replace(/^splitbrain: /, "");
}

describe("targets that are wrong", () => {
  it.each<[string, string]>([
    ["etc", `There is no system "etc". Did you mean "etcd"? Known: ${KNOWN_SYSTEMS}.`],
    ["redis-sentinle", `There is no system "redis-sentinle". Did you mean "redis-sentinel"? Known: ${KNOWN_SYSTEMS}.`],
    ["etcd --workload apend", `There is no workload "apend". Did you mean "append"? Known: ${KNOWN_WORKLOADS}.`],
    ["etcd --bug x", 'There is no bug of etcd "x". There are none.'],

    ["--config nowhere.mjs", "There is no file nowhere.mjs. Check the path, or write one; see the README."],
    ["raft --config attached.mjs", "raft and --config attached.mjs both name a system; give one of them."],
    ["--config attached.mjs --config commands.mjs", "--config attached.mjs and --config commands.mjs: give one file."],
    ["--config attached.mjs --config quorum", 'There is no configuration value of my-kv "quorum". There are none.'],
    ["--config attached.mjs --bug x", "--bug belongs to bundled models; leave it out."],
    ["--bin ./n --config log", "--config does not go with --bin: a program takes its arguments after --."],
    ["--bin ./n --config attached.mjs", "--config does not go with --bin: a program takes its arguments after --."],

    [
      "raft --containers a,b",
      "--containers is for external systems; raft is a bundled model, whose nodes splitbrain starts itself. Leave it out.",
    ],
    [
      "raft --compose-project shop",
      "--compose-project is for external systems; raft is a bundled model, whose nodes splitbrain starts itself. Leave it out.",
    ],
    [
      "--bin ./n --containers a,b",
      "--containers does not go with --bin: such a program runs as processes of this machine. Give one of them.",
    ],
    [
      "--bin ./n --compose-project shop",
      "--compose-project does not go with --bin: such a program runs as processes of this machine. Give one of them.",
    ],
    [
      "etcd --containers a,b --compose-project shop",
      "--containers and --compose-project both name containers; give one of them.",
    ],
    ["etcd --containers a,,b", '--containers "a,,b": write names or ids with commas between them.'],

    ["etcd --runtime sim", "etcd runs in containers; leave --runtime out, or give --runtime docker."],
    [
      "--config attached.mjs --runtime process",
      "my-kv runs in containers; leave --runtime out, or give --runtime docker.",
    ],
    [
      "--config commands.mjs --runtime docker",
      "my-kv runs as processes of this machine; leave --runtime out, or give --runtime process.",
    ],
    ["etcd --runtime dockre", 'There is no runtime "dockre". Did you mean "docker"? Known: sim, process, docker.'],
    [
      "--bin ./n --runtime docker",
      "--bin and --runtime docker contradict each other: such a program runs as processes of this machine. Give --runtime process.",
    ],

    [
      "--config attached.mjs --nodes 5",
      "--nodes 5: the nodes of this system are named one by one, and there are 3; leave --nodes out.",
    ],
    [
      "--config commands.mjs --nodes 5",
      "--nodes 5: the nodes of this system are named one by one, and there are 2; leave --nodes out.",
    ],
    [
      "etcd --containers a,b --nodes 3",
      "--nodes 3: the nodes of this system are named one by one, and there are 2; leave --nodes out.",
    ],
  ])("run %s", async (args, said) => {
    expect(await mistake(args.split(" "))).toBe(said);
  });
});

describe("what is only for containers", () => {
  it.each<[string, string]>([
    [
      "raft --image x",
      "--image is for external systems; leave it out (the variable SPLITBRAIN_NODE_IMAGE names the base image of bundled nodes).",
    ],
    [
      "raft --runtime docker --image x",
      "--image is for external systems; leave it out (the variable SPLITBRAIN_NODE_IMAGE names the base image of bundled nodes).",
    ],
    [
      "--bin ./n --image x",
      "--image is for containers that splitbrain makes, but these nodes are processes; leave it out.",
    ],
    [
      "--config attached.mjs --image x",
      "--image is for containers that splitbrain makes, but these nodes run already; leave it out.",
    ],
    [
      "raft --memory 64",
      "--memory is for containers that splitbrain makes, but these nodes are simulated; leave it out, or give --runtime docker.",
    ],
    [
      "raft --runtime process --cpus 1",
      "--cpus is for containers that splitbrain makes, but these nodes are processes; leave it out, or give --runtime docker.",
    ],
    [
      "etcd --containers a,b,c --cpus 1",
      "--cpus is for containers that splitbrain makes, but these nodes run already; leave it out.",
    ],
    [
      "--config commands.mjs --memory 64",
      "--memory is for containers that splitbrain makes, but these nodes are processes; leave it out.",
    ],
    ["etcd --memory 5", '--memory "5" is out of range; give a whole number from 6 to 1000000.'],
    ["etcd --memory 64.5", '--memory "64.5" is out of range; give a whole number from 6 to 1000000.'],
    ["etcd --cpus 0", '--cpus "0" is out of range; give a number above 0, at most 1024.'],
    ["etcd --cpus two", '--cpus "two" is out of range; give a number above 0, at most 1024.'],
    [
      "raft --cut-clients",
      "--cut-clients: the sim runtime cannot cut clients off from nodes; leave it out, or give --runtime docker.",
    ],
    ["--bin ./n --cut-clients", "--cut-clients: the process runtime cannot cut clients off from nodes; leave it out."],
    [
      "raft --runtime docker --delay 5ms",
      "--delay: containers have a real network, which is bad only while a fault lasts; give --nemesis link instead.",
    ],
    [
      "etcd --reorder 0.1",
      "--reorder: containers have a real network, which is bad only while a fault lasts; give --nemesis link instead.",
    ],
  ])("run %s", async (args, said) => {
    expect(await mistake(args.split(" "))).toBe(said);
  });
});

describe("without an engine", () => {
  it.each(["raft --runtime docker", "etcd", "etcd --containers a,b", "etcd --compose-project shop"])(
    "run %s says so",
    async (args) => {
      expect(await mistake(args.split(" "))).toBe(NO_ENGINE_ANSWERS);
    },
  );

  it("doctor says so, in one line, and finds nothing wrong in that", async () => {
    const { exitCode, stdout, stderr } = await splitbrainHere(["doctor"], cwd, NO_ENGINE);
    const lines = stdout.split("\n");
    expect(lines.filter((line) => /docker/i.test(line))).toEqual([`no   docker: ${NO_ENGINE_ANSWERS}`]);
    expect(stderr).toBe("");
    // Tests that kill harnesses may run at the same time.
    if (lines.at(-1) === "Nothing is left by earlier runs.") expect(exitCode).toBe(0);
    else expect(stdout).toMatch(/^left: process \d+/m);
  });

  it("doctor --json has it as a finding", async () => {
    const { exitCode, stdout } = await splitbrainHere(["doctor", "--json"], cwd, NO_ENGINE);
    const { schema, findings, leftovers, cleaned } = JSON.parse(stdout) as {
      schema: string;
      findings: { name: string; ok: boolean; detail: string }[];
      leftovers: { kind: string }[];
      cleaned: boolean;
    };
    expect({ schema, cleaned }).toEqual({ schema: "splitbrain.doctor/1", cleaned: false });
    expect(findings.map(({ name }) => name)).toEqual(["node", "libfaketime", "docker"]);
    expect(findings.at(-1)).toEqual({ name: "docker", ok: false, detail: NO_ENGINE_ANSWERS });
    expect(leftovers.filter(({ kind }) => kind !== "process")).toEqual([]);
    expect(exitCode).toBe(leftovers.length === 0 ? 0 : 1);
  });

  it("one that refuses the connection is named, too", async () => {
    const { exitCode, stderr } = await splitbrainHere(["run", "etcd"], cwd, { DOCKER_HOST: "tcp://127.0.0.1:1" });
    expect(exitCode).toBe(254);
    expect(stderr).toBe(
      "splitbrain: No Docker engine answers at tcp://127.0.0.1:1 (DOCKER_HOST): connect ECONNREFUSED 127.0.0.1:1. Start one, or name one that runs with DOCKER_HOST.",
    );
  });
});
