import { execFile, spawn } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readHistory } from "../../src/history/read.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const HARNESS = join(import.meta.dirname, "harness.mjs");

/** Within how long an acknowledged completion must be on disk. */
const ON_DISK_MS = 100;

let dir: string;
let recorder: string;

/** The harness must be killed, so it is a process of its own; it runs what the compiler makes of the recorder now. */
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "splitbrain-killed-"));
  writeFileSync(join(dir, "package.json"), '{"type":"module"}');
  symlinkSync(join(ROOT, "node_modules"), join(dir, "node_modules"));
  writeFileSync(
    join(dir, "tsconfig.json"),
    JSON.stringify({
      extends: join(ROOT, "tsconfig.json"),
      compilerOptions: {
        rootDir: join(ROOT, "src"),
        outDir: dir,
        declaration: false,
        typeRoots: [join(ROOT, "node_modules/@types")],
      },
      include: [],
      files: [join(ROOT, "src/history/recorder.ts")],
    }),
  );
  await promisify(execFile)(process.execPath, [join(ROOT, "node_modules/typescript/bin/tsc"), "-p", dir, "--noCheck"]);
  recorder = join(dir, "history", "recorder.js");
});
afterAll(() => rmSync(dir, { recursive: true }));

interface Killed {
  /** Completions that the harness knew of, and when it did, milliseconds since the epoch. */
  readonly known: readonly { readonly index: number; readonly atMs: number }[];
  readonly killedAtMs: number;
  readonly path: string;
}

/** Starts a harness and kills it, without mercy, `afterMs` after its first completion. */
async function killAfter(afterMs: number, mode: "busy" | "burst"): Promise<Killed> {
  const path = join(dir, `${mode}-${afterMs}.jsonl`);
  const child = spawn(process.execPath, [HARNESS, recorder, path, mode], { stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.setEncoding("utf8");
  const closed = new Promise((done) => child.on("close", done));
  await new Promise<void>((started) =>
    child.stdout.on("data", (text: string) => {
      output += text;
      started();
    }),
  );
  await sleep(afterMs);
  const killedAtMs = Date.now();
  child.kill("SIGKILL");
  await closed;
  const known = output
    .trim()
    .split("\n")
    .map((line) => line.split(" ").map(Number))
    .map(([index = Number.NaN, atMs = Number.NaN]) => ({ index, atMs }));
  return { known, killedAtMs, path };
}

describe("a killed harness", () => {
  it.each([
    ["busy", 30],
    ["busy", 137],
    ["busy", 290],
    ["burst", 250],
  ] as const)("has lost nothing that it knew for 100 ms: %s, killed after %i ms", async (mode, afterMs) => {
    const { known, killedAtMs, path } = await killAfter(afterMs, mode);
    const { ops, meta } = await readHistory(path);
    const old = known.filter(({ atMs }) => atMs < killedAtMs - ON_DISK_MS);
    const completed = new Set(ops.filter(({ outcome }) => outcome.type === "ok").map(({ index }) => index));
    expect(old.filter(({ index }) => !completed.has(index))).toEqual([]);
    expect(meta).toEqual({ version: 1, system: "harness", complete: false });
    expect(completed.size).toBeGreaterThan(0);
    if (afterMs > ON_DISK_MS) expect(old.length).toBeGreaterThan(0);
  });
});

describe("a harness whose disk takes no more", () => {
  // A limit on the size of files stands in for a disk that is full; the failure comes in the background.
  it.runIf(process.platform === "linux")("hears of it at its next operation, and keeps what was written", async () => {
    const path = join(dir, "large.jsonl");
    const limited = 'ulimit -f 1; exec "$@"';
    const args = ["-c", limited, "sh", process.execPath, HARNESS, recorder, path, "large"];
    const { stdout } = await promisify(execFile)("sh", args, { timeout: 30_000 });
    expect(stdout.trim().split("\n").at(-1)).toBe(
      `RunFolderError: cannot write ${path}: the file is larger than allowed; raise the limit with ulimit -f (EFBIG)`,
    );
    expect((await readHistory(path)).ops.length).toBeGreaterThan(0);
  });
});
