import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, isAbsolute, join, normalize } from "node:path";
import type { RunVerdict } from "../core/verdict.ts";
import { describeSystemError, RunFolderError, systemCode } from "./errors.ts";
import { HISTORY_FILE } from "./read.ts";

/** Where runs go, from the working directory. */
export const RUNS_ROOT = join(".splitbrain", "runs");

/** The link, beside the runs, to the one that was started last. */
const LATEST = "latest";

/** What a run leaves behind. All paths start with `dir`. */
export interface RunFolder {
  readonly dir: string;
  /** Everything needed to replay, see `scenario-file.ts`. */
  readonly scenario: string;
  /** See `jsonl.ts`; written by the `Recorder`. */
  readonly history: string;
  /** See `message-log.ts`. */
  readonly messages: string;
  /** Directory of the nodes' logs. */
  readonly nodes: string;
  readonly verdict: string;
  readonly report: string;
  /** The log of a node. */
  nodeLog(node: string): string;
}

/** What a run's name tells. */
export interface RunName {
  readonly system: string;
  readonly workload: string;
  readonly seed: number;
}

/** The paths of a run's files. Nothing is created or looked up. */
export const runFolder = (dir: string): RunFolder => ({
  dir,
  scenario: join(dir, "scenario.json"),
  history: join(dir, HISTORY_FILE),
  messages: join(dir, "messages.jsonl"),
  nodes: join(dir, "nodes"),
  verdict: join(dir, "verdict.json"),
  report: join(dir, "report.html"),
  nodeLog: (node) => join(dir, "nodes", `${safeName(node)}.log`),
});

/**
 * Creates `<root>/<time>-<system>-<workload>-<seed>/`, with `-2`, `-3`, … behind it where that is taken, and points
 * `<root>/latest` to it. Throws a `RunFolderError`.
 */
export function createRun(name: RunName, root = RUNS_ROOT, now = new Date()): RunFolder {
  const base = [compactTime(now), safeName(name.system), safeName(name.workload), String(name.seed)].join("-");
  try {
    mkdirSync(root, { recursive: true });
    const folder = runFolder(join(root, makeUnique(root, base)));
    mkdirSync(folder.nodes);
    pointLatest(root, basename(folder.dir));
    return folder;
  } catch (error) {
    throw new RunFolderError(`cannot create a run folder in ${root}: ${describeSystemError(error)}`, { cause: error });
  }
}

/** Creating a directory either succeeds or finds it there, also when two harnesses try at once. */
function makeUnique(root: string, base: string): string {
  for (let attempt = 1; ; attempt++) {
    const name = attempt === 1 ? base : `${base}-${attempt}`;
    try {
      mkdirSync(join(root, name));
      return name;
    } catch (error) {
      if (systemCode(error) !== "EEXIST") throw error;
    }
  }
}

/** Renaming replaces the old link at one stroke. Without links (some file systems have none) `latest` is found by name. */
function pointLatest(root: string, name: string): void {
  const temporary = join(root, `.${LATEST}-${name}`);
  try {
    symlinkSync(name, temporary, "dir");
    renameSync(temporary, join(root, LATEST));
  } catch {
    rmSync(temporary, { force: true });
  }
}

/** `20250131T235959Z`: sorts by time, and stands in file names everywhere. */
const compactTime = (time: Date): string => time.toISOString().replace(/[-:]|\.\d+/g, "");

const MAX_NAME = 64;

/** A name as a part of a file's name: letters, digits, `.`, `_`, `+`, `-`; at most 64 of them, the first no dot or dash. */
export const safeName = (name: string): string =>
  name
    .replace(/[^A-Za-z0-9._+-]+/g, "_")
    .replace(/^[.\-_]+|_+$/g, "")
    .slice(0, MAX_NAME) || "unnamed";

/** The names of the runs under `root`, newest first. None if there is no such directory. Throws a `RunFolderError`. */
export function listRuns(root = RUNS_ROOT): string[] {
  try {
    return readdirSync(root, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && RUN_NAME.test(entry.name))
      .map(({ name }) => ({ name, startedMs: lstatSync(join(root, name)).birthtimeMs }))
      .sort((a, b) => compare(b.name.slice(0, TIME_LENGTH), a.name.slice(0, TIME_LENGTH)) || b.startedMs - a.startedMs)
      .map(({ name }) => name);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return [];
    throw new RunFolderError(`cannot list the runs in ${root}: ${describeSystemError(error)}`, { cause: error });
  }
}

const TIME_LENGTH = "20250131T235959Z".length;
const RUN_NAME = /^\d{8}T\d{6}Z-/;

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * Finds a run by what a person types: a path, a run's name, the beginning of one if only one has it, or `latest`. Throws
 * a `RunFolderError`.
 */
export function resolveRun(run: string, root = RUNS_ROOT): RunFolder {
  if (run === "") throw new RunFolderError("an empty name is no run; write a run's name, its path, or latest");
  for (const path of run === LATEST ? [join(root, LATEST)] : [run, join(root, run)])
    if (isDirectory(path)) return runFolder(linkedTo(path));
  const names = listRuns(root);
  const newest = names[0];
  if (newest === undefined) throw new RunFolderError(`no runs in ${root}; make one with: splitbrain run`);
  if (run === LATEST) return runFolder(join(root, newest));
  const candidates = names.filter((name) => name.startsWith(run));
  const [only, second] = candidates;
  if (only !== undefined && second === undefined) return runFolder(join(root, only));
  throw new RunFolderError(
    second === undefined
      ? `no run ${run}; the newest in ${root} is ${newest}, or write latest`
      : `${candidates.length} runs start with ${run}, such as ${only} and ${second}; write more of the name`,
  );
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/** `latest` will soon lead elsewhere, so a run goes by its own name. */
function linkedTo(path: string): string {
  const link = normalize(path).replace(/[/\\]$/, "");
  try {
    return resolveFrom(dirname(link), readlinkSync(link));
  } catch {
    return path;
  }
}

const resolveFrom = (dir: string, path: string): string => (isAbsolute(path) ? path : join(dir, path));

/** Throws a `RunFolderError` if the file cannot be written. */
export function writeVerdict(file: string, verdict: RunVerdict): void {
  try {
    writeFileSync(file, `${JSON.stringify(verdict, null, 2)}\n`);
  } catch (error) {
    throw new RunFolderError(`cannot write ${file}: ${describeSystemError(error)}`, { cause: error });
  }
}
