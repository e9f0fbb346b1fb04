import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { splitbrain, splitbrainHere } from "../support/cli.ts";

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), "splitbrain-cli-"));
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const file = (name: string, content: string | Uint8Array): string => {
  writeFileSync(join(cwd, name), content);
  return name;
};

/** Exit 254, nothing on standard output, one line on standard error. */
async function mistake(...args: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await splitbrainHere(args, cwd);
  expect({ exitCode, stdout }, stderr).toEqual({ exitCode: 254, stdout: "" });
  return stderr;
}

describe("arguments that are wrong", () => {
  it("a process of its own exits with 254", async () => {
    const { exitCode, stdout, stderr } = await splitbrain(["run", "rfat"], cwd);
    expect({ exitCode, stdout }).toEqual({ exitCode: 254, stdout: "" });
    expect(stderr).toMatch(/^splitbrain: There is no system "rfat"/);
  });

  it.each<[string, string[], RegExp]>([
    ["no system", ["run"], /Name a system to test/],
    ["an unknown system", ["run", "rfat"], /no system "rfat"\. Did you mean "raft"\?/],
    ["an unknown workload", ["run", "raft", "--workload", "apend"], /Did you mean "append"\?/],
    ["an unknown fault", ["run", "raft", "--nemesis", "partitoin"], /Did you mean "partition"\?/],
    ["an unknown bug", ["run", "raft", "--bug", "vote-not-persistent"], /Did you mean "vote-not-persisted"\?/],
    ["an unknown model", ["run", "raft", "--expect", "linearisable"], /Did you mean "linearizable"\?/],
    ["an unknown configuration", ["run", "raft", "--config", "leese"], /Did you mean "lease"\?/],
    ["an unknown runtime", ["run", "raft", "--runtime", "processes"], /Did you mean "process"\?/],
    ["options that contradict each other", ["run", "single-leader", "--config", "async,sync"], /contradict each other/],
    ["a simulated program", ["run", "--bin", "./node", "--runtime", "sim"], /--runtime process/],
    ["a bug of a program", ["run", "--bin", "./node", "--bug", "x"], /--bug does not go with --bin/],
    ["a span without a unit it knows", ["run", "raft", "--time", "30 seconds"], /no span of time/],
    ["a cluster too small", ["run", "raft", "--nodes", "0"], /whole number from 1/],
    ["a rate of nothing", ["run", "raft", "--rate", "0"], /above 0/],
    ["an unknown option", ["run", "raft", "--sede", "3"], /Did you mean --seed/],
    ["an unknown command", ["rnu"], /Did you mean run/],
    ["a replay of nothing", ["replay", "latest"], /no runs/],
    ["an unknown spec", ["check", "x", "--spec", "cas-regster"], /.+/],
  ])("%s", async (_, args, expected) => {
    const said = await mistake(...args);
    expect(said).toMatch(expected);
    expect(said.trim().split("\n").length).toBeLessThanOrEqual(2);
  });
});

describe("histories that are wrong", () => {
  it("a file that is not there", async () => {
    expect(await mistake("check", "nowhere.jsonl")).toMatch(/nowhere\.jsonl/);
  });

  it("an empty file", async () => {
    expect(await mistake("check", file("empty.jsonl", ""))).toMatch(/empty\.jsonl.*empty/);
  });

  it("a binary file", async () => {
    expect(await mistake("check", file("photo.jpg", Uint8Array.of(0xff, 0xd8, 0xff, 0, 0, 1, 2, 3)))).toMatch(
      /photo\.jpg/,
    );
  });

  it("text that is no history", async () => {
    expect(await mistake("check", file("poem.txt", "Shall I compare thee\nto a summer's day?\n"))).toMatch(/poem\.txt/);
  });

  it("a completion without an invocation, with its line", async () => {
    const edn = `{:process 0, :type :invoke, :f :read, :value nil}\n{:process 0, :type :ok, :f :read, :value 1}\n{:process 1, :type :ok, :f :read, :value 1}\n`;
    expect(await mistake("check", file("orphan.edn", edn))).toMatch(/orphan\.edn.*\b3\b/s);
  });

  it("functions that no spec knows", async () => {
    const edn = `{:process 0, :type :invoke, :f :launch, :value nil}\n{:process 0, :type :ok, :f :launch, :value 1}\n`;
    expect(await mistake("check", file("rocket.edn", edn))).toMatch(/no spec knows.*launch.*--spec/);
  });
});

describe("histories without evidence", () => {
  it("nothing that was checked is never valid", async () => {
    const edn = `{:process 0, :type :invoke, :f :read, :value nil}\n{:process 0, :type :info, :f :read, :value nil}\n`;
    const { exitCode, stdout } = await splitbrain(
      ["check", file("vacuous.edn", edn), "--spec", "register", "--json"],
      cwd,
    );
    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout).verdict).toBe("unknown");
  });
});

describe("node programs that do not work", () => {
  const run = (program: string, ...args: string[]): Promise<string> =>
    mistake("run", "--bin", program, "--nodes", "1", "--time", "1s", "--nemesis", "none", "--", ...args);

  it("missing", async () => {
    expect(await run("./no-such-program")).toMatch(/no-such-program/);
  });

  it("exits at once", async () => {
    expect(await run(process.execPath, "-e", "console.error('cannot bind'); process.exit(3)")).toMatch(
      /3.*cannot bind/s,
    );
  });

  it("prints garbage", async () => {
    expect(await run(process.execPath, "-e", "console.log('hello'); setInterval(() => {}, 1000)")).toMatch(/hello/);
  });
});
