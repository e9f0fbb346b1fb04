import { execFile } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect, it } from "vitest";
import { type RunVerdict, VERDICT_SCHEMA } from "../../src/core/verdict.ts";
import { MessageLog } from "../../src/history/message-log.ts";
import { createRun, listRuns, resolveRun, runFolder, safeName, writeVerdict } from "../../src/history/run-folder.ts";

const dir = mkdtempSync(join(tmpdir(), "splitbrain-runs-"));
afterAll(() => rmSync(dir, { recursive: true }));

let roots = 0;
const newRoot = (): string => join(dir, `root-${roots++}`, "runs");

const NAME = { system: "raft", workload: "register", seed: 7 };
const NOW = new Date("2025-01-31T23:59:58.123Z");

describe("createRun", () => {
  it("makes a folder whose name tells time, system, workload and seed", () => {
    const root = newRoot();
    const run = createRun(NAME, root, NOW);
    expect(run).toMatchObject({
      dir: join(root, "20250131T235958Z-raft-register-7"),
      scenario: join(run.dir, "scenario.json"),
      history: join(run.dir, "history.jsonl"),
      messages: join(run.dir, "messages.jsonl"),
      nodes: join(run.dir, "nodes"),
      verdict: join(run.dir, "verdict.json"),
      report: join(run.dir, "report.html"),
    });
    expect(run.nodeLog("n1")).toBe(join(run.dir, "nodes", "n1.log"));
    expect(lstatSync(run.nodes).isDirectory()).toBe(true);
    expect(readlinkSync(join(root, "latest"))).toBe(basename(run.dir));
  });

  it("takes another name where one is taken, and points latest to the last", () => {
    const root = newRoot();
    const names = [1, 2, 3].map(() => basename(createRun(NAME, root, NOW).dir));
    expect(names).toEqual([
      "20250131T235958Z-raft-register-7",
      "20250131T235958Z-raft-register-7-2",
      "20250131T235958Z-raft-register-7-3",
    ]);
    expect(readlinkSync(join(root, "latest"))).toBe(names[2]);
    expect(readdirSync(root).sort()).toEqual([...names, "latest"].sort());
  });

  it("is safe from what a system may be called", () => {
    const root = newRoot();
    const run = createRun({ ...NAME, system: "../bin/my node; rm -rf /" }, root, NOW);
    expect(run.dir).toBe(join(root, "20250131T235958Z-bin_my_node_rm_-rf-register-7"));
    expect(run.nodeLog("../../etc/x")).toBe(join(run.nodes, "etc_x.log"));
  });

  it("does without a link where there can be none", () => {
    const root = newRoot();
    mkdirSync(join(root, "latest"), { recursive: true });
    const run = createRun(NAME, root, NOW);
    expect(existsSync(run.dir)).toBe(true);
    rmSync(join(root, "latest"), { recursive: true });
    expect(resolveRun("latest", root).dir).toBe(run.dir);
    expect(readdirSync(root)).toEqual([basename(run.dir)]);
  });

  it("says where it failed and what to do", () => {
    const file = join(dir, "file");
    writeFileSync(file, "");
    expect(() => createRun(NAME, join(file, "runs"))).toThrowError(
      expect.objectContaining({
        name: "RunFolderError",
        message: `cannot create a run folder in ${join(file, "runs")}: a part of the path is a file, not a directory; check the path (ENOTDIR)`,
      }),
    );
  });
});

describe("safeName", () => {
  it.each([
    ["raft", "raft"],
    ["a/b\\c:d", "a_b_c_d"],
    ["...", "unnamed"],
    ["", "unnamed"],
    ["-rf", "rf"],
    ["é", "unnamed"],
    ["x".repeat(300), "x".repeat(64)],
  ])("makes of %j the name %j", (name, safe) => {
    expect(safeName(name)).toBe(safe);
  });
});

describe("resolveRun", () => {
  const root = newRoot();
  const [first, second] = [0, 1000].map((later) => createRun(NAME, root, new Date(NOW.getTime() + later)).dir);
  const third = createRun({ ...NAME, system: "single-leader" }, root, new Date(NOW.getTime() + 2000)).dir;

  it("finds a run by its path, its name, the beginning of it, and as the latest", () => {
    expect(resolveRun(first as string, root)).toMatchObject(JSON.parse(JSON.stringify(runFolder(first as string))));
    expect(resolveRun(basename(second as string), root).dir).toBe(second);
    expect(resolveRun("20250201T000000Z", root).dir).toBe(third);
    expect(resolveRun("latest", root).dir).toBe(third);
    expect(resolveRun(`${join(root, "latest")}/`, root).dir).toBe(third);
    expect(listRuns(root)).toEqual([third, second, first].map((run) => basename(run as string)));
  });

  it("takes the newest for the latest if the latest was removed", () => {
    const root = newRoot();
    const kept = createRun(NAME, root, NOW).dir;
    rmSync(createRun(NAME, root, new Date(NOW.getTime() + 1000)).dir, { recursive: true });
    expect(resolveRun("latest", root).dir).toBe(kept);
  });

  it.each([
    ["20250131", "2 runs start with 20250131, such as"],
    ["raft", `no run raft; the newest in ${root} is ${basename(third)}, or write latest`],
    ["", "an empty name is no run; write a run's name, its path, or latest"],
  ])("says what to write instead of %j", (run, message) => {
    expect(() => resolveRun(run, root)).toThrowError(
      expect.objectContaining({ name: "RunFolderError", message: expect.stringContaining(message) }),
    );
  });

  it("says how to make a run if there is none", () => {
    const root = newRoot();
    expect(listRuns(root)).toEqual([]);
    expect(() => resolveRun("latest", root)).toThrow(`no runs in ${root}; make one with: splitbrain run`);
  });
});

describe("what else is in a run folder", () => {
  it("has the verdict as JSON", () => {
    const run = createRun(NAME, newRoot());
    const verdict: RunVerdict = {
      schema: VERDICT_SCHEMA,
      verdict: "valid",
      models: [],
      bounds: { held: [], possible: [], refuted: [] },
      invariants: [],
      operations: { ok: 1, fail: 0, info: 0 },
      faults: [],
      replay: null,
      runDir: run.dir,
    };
    writeVerdict(run.verdict, verdict);
    expect(JSON.parse(readFileSync(run.verdict, "utf8"))).toEqual(verdict);
    expect(() => writeVerdict(run.dir, verdict)).toThrow(`cannot write ${run.dir}: it is a directory`);
  });

  it("has the messages, a line each, with their keys in a fixed order", () => {
    const run = createRun(NAME, newRoot());
    const log = new MessageLog(run.messages);
    log.append({ body: { type: "vote" }, dest: "n2", src: "n1", id: 3, event: "send", atNs: 17 });
    log.append({ atNs: 20, event: "drop", id: 3, src: "n1", dest: "n2", body: { type: "vote" } });
    log.close();
    expect(readFileSync(run.messages, "utf8")).toBe(
      '{"atNs":17,"event":"send","id":3,"src":"n1","dest":"n2","body":{"type":"vote"}}\n' +
        '{"atNs":20,"event":"drop","id":3,"src":"n1","dest":"n2","body":{"type":"vote"}}\n',
    );
  });
});

describe("two harnesses that start at once", () => {
  it("get a folder each", async () => {
    // Directories are what processes race for; the shell's mkdir stands in for another harness.
    const root = newRoot();
    mkdirSync(root, { recursive: true });
    const taken = "20250131T235958Z-raft-register-7";
    const script = `for i in 1 2 3 4 5 6 7 8; do mkdir ${taken}-$i 2>/dev/null && echo ${taken}-$i; done; true`;
    const other = promisify(execFile)("sh", ["-c", script], { cwd: root });
    const ours = Array.from({ length: 8 }, () => basename(createRun(NAME, root, NOW).dir));
    const theirs = (await other).stdout.trim().split("\n").filter(Boolean);
    expect(new Set([...ours, ...theirs]).size).toBe(ours.length + theirs.length);
  });
});
