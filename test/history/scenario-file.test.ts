import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import type { Scenario } from "../../src/core/scenario.ts";
import { decodeScenario, encodeScenario, readScenario, writeScenario } from "../../src/history/scenario-file.ts";
import { scenario as scenarios } from "./arbitraries.ts";

const dir = mkdtempSync(join(tmpdir(), "splitbrain-scenario-"));
afterAll(() => rmSync(dir, { recursive: true }));

const SCENARIO: Scenario = {
  version: 1,
  target: { kind: "model", name: "raft", config: { reads: "log" }, bug: "vote-twice" },
  runtime: "sim",
  seed: 7,
  nodes: 3,
  workload: "register",
  network: { delay: { kind: "uniform", minMs: 1, maxMs: 5 }, loss: 0.01 },
  operations: [
    [
      { atMs: 1.5, op: { f: "write", key: "x", input: 1 } },
      { atMs: 9, op: { f: "read", key: "x", input: null } },
    ],
    [],
  ],
  faults: [{ atMs: 3, forMs: 2, fault: { kind: "kill", nodes: ["n1"] }, aimedAtLeader: "n1" }],
  timeMs: 10,
  timeoutMs: 5,
  settleMs: 1,
};

const ETCD = { kind: "system", name: "etcd", config: {} };
const PARTITION = { kind: "partition", shape: "halves", drops: { n1: ["n2"] } };

/** Everything that only runs in containers have. */
const IN_DOCKER: Scenario = {
  ...SCENARIO,
  target: {
    kind: "system",
    name: "my-kv",
    config: { reads: "quorum" },
    file: "/home/me/splitbrain.config.ts",
    containers: ["kv-1", "kv-2", "kv-3"],
  },
  runtime: "docker",
  network: {},
  faults: [
    { atMs: 1, forMs: 2, fault: { kind: "partition", shape: "halves", drops: { n1: ["n2"] }, clients: ["n1"] } },
    { atMs: 2, forMs: 2, fault: { kind: "disk", nodes: ["n1"], full: true } },
    { atMs: 3, forMs: 2, fault: { kind: "link", quality: { rateKbit: 64 } } },
  ],
  limits: { memoryMb: 256, cpus: 0.5 },
  image: "registry.example/my-kv:2",
};

describe("scenario.json", () => {
  it("gives every scenario back", () => {
    fc.assert(
      fc.property(scenarios, (scenario) => {
        expect(decodeScenario(encodeScenario(scenario), "scenario.json")).toEqual(scenario);
      }),
    );
  });

  it("can be read by a person: an operation and a fault a line", () => {
    const path = join(dir, "scenario.json");
    writeScenario(path, SCENARIO);
    expect(readScenario(path)).toEqual(SCENARIO);
    expect(encodeScenario(SCENARIO).split("\n").slice(8, 20)).toEqual([
      '  "operations": [',
      "    [",
      '      {"atMs":1.5,"op":{"f":"write","key":"x","input":1}},',
      '      {"atMs":9,"op":{"f":"read","key":"x","input":null}}',
      "    ],",
      "    []",
      "  ],",
      '  "faults": [',
      '    {"atMs":3,"forMs":2,"fault":{"kind":"kill","nodes":["n1"]},"aimedAtLeader":"n1"}',
      "  ],",
      '  "timeMs": 10,',
      '  "timeoutMs": 5,',
    ]);
  });

  it("keeps what only runs in containers have", () => {
    const text = encodeScenario(IN_DOCKER);
    expect(decodeScenario(text, "scenario.json")).toEqual(IN_DOCKER);
    expect(encodeScenario(decodeScenario(text, "scenario.json"))).toBe(text);
    for (const line of [
      '    {"atMs":2,"forMs":2,"fault":{"kind":"disk","nodes":["n1"],"full":true}},',
      '  "limits": {"memoryMb":256,"cpus":0.5},',
      '  "image": "registry.example/my-kv:2"',
    ])
      expect(text.split("\n")).toContain(line);
  });

  const change = (path: readonly (string | number)[], value: unknown): unknown => {
    const copy = structuredClone(SCENARIO) as unknown as Record<string | number, unknown>;
    let at = copy;
    for (const step of path.slice(0, -1)) at = at[step] as Record<string | number, unknown>;
    at[path.at(-1) as string] = value;
    return copy;
  };

  it.each<[readonly (string | number)[], unknown, string]>([
    [["version"], 2, "version must be 1, found 2"],
    [["seed"], 1.5, "seed must be an integer, found 1.5"],
    [["seed"], undefined, "seed must be an integer, but it is missing"],
    [["nodes"], 0, "nodes must be an integer of at least 1, found 0"],
    [["runtime"], "cloud", 'runtime must be one of "sim", "process", "docker", found "cloud"'],
    [["target", "kind"], "modle", 'target.kind must be one of "model", "program", "system", found "modle"'],
    [["target"], { kind: "program", command: [] }, "target.command must be an array that is not empty, found []"],
    [["target", "config", "reads"], 1, "target.config.reads must be a string, found 1"],
    [["network", "loss"], 2, "network.loss must be a number from 0 to 1, found 2"],
    [["network", "delay", "minMs"], "1ms", 'network.delay.minMs must be a number of at least 0, found "1ms"'],
    [["operations", 0, 1, "op", "f"], 3, "operations[0][1].op.f must be a string that is not empty, found 3"],
    [["operations", 0, 1, "op"], { f: "read" }, "operations[0][1].op.input must be given, but it is missing"],
    [["operations", 1], {}, "operations[1] must be an array, found {}"],
    [["faults", 0, "fault", "nodes", 0], 1, "faults[0].fault.nodes[0] must be a string that is not empty, found 1"],
    [
      ["faults", 0, "during"],
      5,
      "faults[0].during must be absent: the fields here are atMs, forMs, fault, aimedAtLeader, found 5",
    ],
    [["faults", 0, "fault"], null, "faults[0].fault must be an object, found null"],
    [["faults", 0, "fault"], { ...PARTITION, clients: "n1" }, 'faults[0].fault.clients must be an array, found "n1"'],
    [
      ["faults", 0, "fault"],
      { ...PARTITION, clients: [""] },
      'faults[0].fault.clients[0] must be a string that is not empty, found ""',
    ],
    [
      ["faults", 0, "fault"],
      { kind: "disk", nodes: ["n1"] },
      "faults[0].fault.stallMs must be a number of at least 0, but it is missing",
    ],
    [
      ["faults", 0, "fault"],
      { kind: "disk", nodes: ["n1"], full: false },
      "faults[0].fault.full must be true, found false",
    ],
    [
      ["faults", 0, "fault"],
      { kind: "disk", nodes: ["n1"], full: true, stallMs: 5 },
      "faults[0].fault.stallMs must be absent: the fields here are kind, nodes, full, found 5",
    ],
    [["network", "rateKbit"], -1, "network.rateKbit must be a number of at least 0, found -1"],
    [["target"], { kind: "system", config: {} }, "target.name must be a string that is not empty, but it is missing"],
    [["target"], { ...ETCD, file: "" }, 'target.file must be a string that is not empty, found ""'],
    [["target"], { ...ETCD, containers: "a,b" }, 'target.containers must be an array, found "a,b"'],
    [["target"], { ...ETCD, containers: ["a", 2] }, "target.containers[1] must be a string that is not empty, found 2"],
    [
      ["target"],
      { ...ETCD, bug: "x" },
      "target.bug must be absent: the fields here are kind, name, config, file, cont",
    ],
    [["limits"], 64, "limits must be an object, found 64"],
    [["limits"], { memoryMb: "64m" }, 'limits.memoryMb must be a number of at least 0, found "64m"'],
    [["limits"], { cpus: -1 }, "limits.cpus must be a number of at least 0, found -1"],
    [["limits"], { memory: 64 }, "limits.memory must be absent: the fields here are memoryMb, cpus, found 64"],
    [["image"], "", 'image must be a string that is not empty, found ""'],
    [["expect"], ["serialisable"], "expect[0] must be one of"],
    [
      ["timeMs"],
      "10".repeat(99),
      'timeMs must be a number of at least 0, found "10101010101010101010101010101010101010101010101010101010101…',
    ],
  ])("names the field: %j = %j", (path, value, message) => {
    const text = JSON.stringify(change(path, value));
    expect(() => decodeScenario(text, "scenario.json")).toThrowError(
      expect.objectContaining({
        name: "RunFolderError",
        message: expect.stringContaining(`scenario.json: ${message}`),
      }),
    );
  });

  it("says so if the file is no JSON, missing, or cannot be written", () => {
    expect(() => decodeScenario("{,}", "scenario.json")).toThrow(/^scenario.json: not JSON \(.*\); correct it there$/);
    const missing = join(dir, "missing.json");
    expect(() => readScenario(missing)).toThrow(
      `cannot read ${missing}: no such file or directory; check the path (ENOENT)`,
    );
    expect(() => writeScenario(dir, SCENARIO)).toThrow(`cannot write ${dir}: it is a directory`);
  });
});
