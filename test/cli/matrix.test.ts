import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Cell, MatrixRow } from "../../src/core/matrix.ts";
import { CLI, splitbrain } from "../support/cli.ts";

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), "splitbrain-matrix-"));
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const SMALL = ["matrix", "causal", "--seeds", "1", "--time", "6s"];

describe("splitbrain matrix", () => {
  it("measures, and ends in the same bytes however many threads were at it", async () => {
    const [one, two] = await Promise.all(
      ["1", "2"].map((jobs) => splitbrain([...SMALL, "--json", "--jobs", jobs], cwd)),
    );
    expect(one?.exitCode, one?.stderr).toBe(0);
    expect(two?.stdout).toBe(one?.stdout);
    const { schema, asPromised, rows } = JSON.parse(one?.stdout ?? "");
    expect({ schema, asPromised }).toEqual({ schema: "splitbrain.matrix/1", asPromised: true });
    expect(rows.map(({ config }: MatrixRow) => config)).toEqual(["sticky", "roaming"]);

    // What the command of a broken cell shows is that it is broken.
    const cell: Cell = rows[0].cells.linearizable;
    if (cell.state !== "broken") throw new Error("the cell must be broken");
    const [, , ...run] = cell.command.split(" ");
    const again = await splitbrain([...run, "--json"], cwd);
    const { models } = JSON.parse(again.stdout);
    expect(models.find(({ model }: { model: string }) => model === "linearizable").verdict).toBe("invalid");
  });

  it("ends at once when it is interrupted", async () => {
    const child = spawn(process.execPath, [CLI, "matrix", "single-leader", "--all", "--seeds", "1", "--time", "2s"], {
      cwd,
    });
    let stderr = "";
    child.stderr.on("data", (data) => {
      if (stderr === "") child.kill("SIGINT");
      stderr += data;
    });
    const code = await new Promise((resolve) => child.once("exit", resolve));
    expect(code, stderr).toBe(130);
  });

  it.each<[string, string[], RegExp]>([
    ["an unknown system", ["rfat"], /no system "rfat"\. Did you mean "raft"\?/],
    ["an external system", ["etcd"], /etcd runs in containers.*campaign etcd/],
    ["no jobs", ["--jobs", "none"], /--jobs "none" is out of range/],
    ["two forms", ["--json", "--markdown"], /contradict each other/],
  ])("refuses %s", async (_, args, expected) => {
    const { exitCode, stdout, stderr } = await splitbrain(["matrix", ...args], cwd);
    expect({ exitCode, stdout }, stderr).toEqual({ exitCode: 254, stdout: "" });
    expect(stderr).toMatch(expected);
  });
});
