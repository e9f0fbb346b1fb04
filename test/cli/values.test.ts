import { describe, expect, it } from "vitest";
import { listOf, lookUp, nearest } from "../../src/cli/names.ts";
import { UserError } from "../../src/cli/user-error.ts";
import {
  durationMs,
  formatConfig,
  parseConfig,
  parseDelay,
  positiveNumber,
  probability,
  wholeNumber,
} from "../../src/cli/values.ts";
import { defaultConfig } from "../../src/core/model.ts";
import { singleLeader } from "../../src/models/single-leader/index.ts";

const message = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    return (error as Error).message;
  }
  throw new Error("nothing was thrown");
};

describe("names", () => {
  it("suggest what was probably meant", () => {
    expect(message(() => lookUp("system", "rfat", { raft: 1, "single-leader": 2 }))).toBe(
      'There is no system "rfat". Did you mean "raft"? Known: raft, single-leader.',
    );
    expect(nearest("single", ["raft", "single-leader"])).toBe("single-leader");
    expect(nearest("partitoin", ["partition", "pause"])).toBe("partition");
    expect(nearest("zookeeper", ["raft", "single-leader"])).toBeUndefined();
  });

  it("do not take what every object inherits", () => {
    expect(message(() => lookUp("system", "constructor", { raft: 1 }))).toMatch(/no system "constructor"/);
  });

  it("in lists keep their order and come once; none is none", () => {
    expect(listOf("fault", "kill, pause,kill", ["pause", "kill"] as const)).toEqual(["kill", "pause"]);
    expect(listOf("fault", "none", ["pause", "kill"] as const)).toEqual([]);
    expect(message(() => listOf("fault", "kill,", ["pause", "kill"] as const))).toMatch(/no fault ""/);
  });
});

describe("values", () => {
  it("reads spans of time", () => {
    expect(["30s", "500ms", "2m", "1h", "10", "1.5s"].map((text) => durationMs("--time", text))).toEqual([
      30_000, 500, 120_000, 3_600_000, 10_000, 1500,
    ]);
    for (const text of ["", "0s", "-1s", "30 seconds", "1e3", "s"])
      expect(message(() => durationMs("--time", text))).toMatch(/^--time .* is no span of time; write for example 30s/);
  });

  it("reads numbers within bounds", () => {
    expect(wholeNumber("--nodes", "5", 1, 99)).toBe(5);
    for (const text of ["0", "100", "2.5", "", "0x3", "five"])
      expect(message(() => wholeNumber("--nodes", text, 1, 99))).toMatch(/^--nodes .* a whole number from 1 to 99/);
    expect(positiveNumber("--rate", "0.5", 1000)).toBe(0.5);
    for (const text of ["0", "-1", "", "Infinity", "x"])
      expect(message(() => positiveNumber("--rate", text, 1000))).toMatch(/^--rate .* above 0, at most 1000/);
  });

  it("reads delays and probabilities", () => {
    expect(
      ["5ms", "1ms-20ms", "exponential:10ms", "long-tail:1ms-2s"].map((text) => parseDelay("--delay", text)),
    ).toEqual([
      { kind: "constant", ms: 5 },
      { kind: "uniform", minMs: 1, maxMs: 20 },
      { kind: "exponential", meanMs: 10 },
      { kind: "long-tail", minMs: 1, maxMs: 2000 },
    ]);
    for (const text of ["", "20ms-1ms", "exponential:1ms-2ms", "long-tail:5ms", "gauss:5ms", "1ms-2ms-3ms"])
      expect(message(() => parseDelay("--delay", text))).toMatch(/^--delay .* is no delay; write for example 5ms/);
    expect(probability("--loss", "0.25")).toBe(0.25);
    for (const text of ["-0.1", "1.1", "", "often"])
      expect(message(() => probability("--loss", text))).toMatch(/^--loss .* from 0 to 1/);
  });

  it("reads configurations by their values, and writes them back", () => {
    const config = parseConfig(singleLeader, "any-replica,sync");
    expect(config).toEqual({ ...defaultConfig(singleLeader), replication: "sync", reads: "any-replica" });
    expect(parseConfig(singleLeader, formatConfig(config))).toEqual(config);
    expect(message(() => parseConfig(singleLeader, "async,sync"))).toMatch(
      /async and sync contradict each other; both set replication/,
    );
    expect(message(() => parseConfig(singleLeader, "any-replcia"))).toMatch(/Did you mean "any-replica"/);
  });
});
