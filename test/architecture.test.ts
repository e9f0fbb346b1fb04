import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "..");

/** Which folder may import which others (by longest prefix), and which packages. README, "Architecture". */
const RULES: Readonly<Record<string, { folders: readonly string[]; packages: readonly string[] }>> = {
  "src/core": { folders: [], packages: [] },
  "src/history": { folders: ["src/core"], packages: ["node:"] },
  "src/models": { folders: ["src/core"], packages: [] },
  "src/runtimes": { folders: ["src/core"], packages: [] },
  "src/runtimes/sim": { folders: ["src/core", "src/runtimes/shared"], packages: [] },
  "src/runtimes/shared/node": { folders: ["src/core", "src/runtimes/shared"], packages: ["node:"] },
  "src/runtimes/shared/real": { folders: ["src/core", "src/runtimes/shared"], packages: ["node:"] },
  "src/runtimes/docker": { folders: ["src/core", "src/runtimes/shared"], packages: ["node:", "dockerode"] },
  "src/runtimes/process": { folders: ["src/core", "src/runtimes/shared"], packages: ["node:", "execa"] },
  "src/nemesis": { folders: ["src/core"], packages: ["fast-check"] },
  "src/systems": { folders: ["src/core"], packages: ["node:", "ioredis"] },
  "src/campaign": { folders: ["src/core", "src/history"], packages: ["node:"] },
  "src/report": { folders: ["src/core", "src/history"], packages: ["node:"] },
  "src/parallel": { folders: ["src/core", "src/history", "checkers"], packages: ["node:"] },
  "src/scenarios": {
    folders: ["src/core", "src/history", "src/models", "src/report", "src/runtimes/sim", "checkers", "workloads"],
    packages: [],
  },
  "src/cli": { folders: ["src", "checkers", "workloads"], packages: ["node:", "commander", "jiti"] },
  "src/index.ts": { folders: ["src", "checkers", "workloads"], packages: ["node:"] },
  checkers: { folders: ["src/core", "src/history"], packages: [] },
  workloads: { folders: ["src/core", "checkers"], packages: ["fast-check"] },
};

/** Folders that are made from parts of a sibling: the same relation or search with other orders in it; a log for each of many groups. */
const BUILT_ON: Readonly<Record<string, readonly string[]>> = {
  "src/models/cockroach": ["src/models/raft"],
  "src/models/lock-service": ["src/models/raft"],
  "src/models/dynamodb": ["src/models/multi-paxos"],
  "src/models/spanner": ["src/models/multi-paxos"],
  "checkers/pram": ["checkers/causal"],
  "checkers/sequential": ["checkers/causal", "checkers/linearizability"],
};

/** What a replica must not touch: it knows the world through `Env` only. */
const HOST = [
  [/\bDate\b/, "Date"],
  [/\bMath\.random\b/, "Math.random"],
  [/\bMath\.(exp|log|log2|log10|pow|sin|cos|tan)\b/, "Math functions that engines round differently"],
  [/\bset(Timeout|Interval|Immediate)\b/, "timers of the host"],
  [/\bPromise\b|\basync\s*(function\b|\(|\w+\s*=>)|\bawait\b/, "promises"],
  [/\bprocess\.(env|argv|hrtime|nextTick|exit|on|stdin|stdout)\b/, "process"],
  [/\bperformance\b/, "performance"],
  [/\bconsole\b/, "console"],
  [/\bglobalThis\b|\bfetch\b|\bcrypto\b/, "globals of the host"],
] as const;

interface Import {
  readonly file: string;
  readonly target: string;
}

function sources(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
    .sort();
}

const withoutComments = (text: string): string =>
  text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|\s)\/\/.*$/gm, "$1");

function imports(file: string): Import[] {
  const text = withoutComments(readFileSync(join(ROOT, file), "utf8"));
  const pattern = /(?:^(?:import|export)\s[^"';]*?\bfrom\s*|^import\s*|\bimport\(\s*)["']([^"'\n]+)["']/gm;
  return [...text.matchAll(pattern)].map(([, specifier = ""]) => ({
    file,
    target: specifier.startsWith(".") ? relative(ROOT, resolve(ROOT, dirname(file), specifier)) : specifier,
  }));
}

const within = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`);

function ruleFor(file: string): [string, (typeof RULES)[string]] {
  const best = Object.keys(RULES)
    .filter((folder) => within(file, folder))
    .sort((a, b) => b.length - a.length)[0];
  if (best === undefined || !RULES[best]) throw new Error(`${file}: no import rule covers this folder`);
  return [best, RULES[best]];
}

/** A model's folder, a checker's family and so on: siblings under these do not import each other, `shared` excepted. */
const FAMILIES = ["src/models", "src/runtimes", "checkers"];

function siblingOf(path: string): string | undefined {
  for (const family of FAMILIES) {
    const match = path.startsWith(`${family}/`) ? /^([^/]+)\//.exec(path.slice(family.length + 1)) : null;
    if (match) return `${family}/${match[1]}`;
  }
  return undefined;
}

function complaint({ file, target }: Import): string | undefined {
  const [owner, rule] = ruleFor(file);
  const isPath = /^(src|checkers|workloads|test)\//.test(target);
  if (!isPath) {
    const known = rule.packages.some((name) => (name.endsWith(":") ? target.startsWith(name) : target === name));
    return known
      ? undefined
      : `${file} imports the package ${target}; ${owner} may import ${rule.packages.join(", ") || "none"}`;
  }
  const [mine, theirs] = [siblingOf(file), siblingOf(target)];
  if (
    mine &&
    theirs &&
    mine !== theirs &&
    mine.split("/").slice(0, -1).join() === theirs.split("/").slice(0, -1).join()
  )
    return theirs.endsWith("/shared") || theirs.endsWith("/specs") || BUILT_ON[mine]?.includes(theirs)
      ? undefined
      : `${file} imports its sibling ${target}`;
  if (within(target, owner) || rule.folders.some((folder) => within(target, folder))) return undefined;
  return `${file} imports ${target}; ${owner} may import ${rule.folders.join(", ") || "nothing outside itself"}`;
}

const all = ["src", "checkers", "workloads"].flatMap(sources);

describe("architecture", () => {
  it("sees the code it judges", () => {
    expect(all.length).toBeGreaterThan(50);
    expect(all.flatMap(imports).length).toBeGreaterThan(100);
  });

  it("every import is one that README's table allows", () => {
    expect(all.flatMap(imports).map(complaint).filter(Boolean)).toEqual([]);
  });

  it("the rules do refuse what they are there for", () => {
    const refused: Import[] = [
      { file: "src/models/raft/replica.ts", target: "src/models/single-leader/index.ts" },
      { file: "src/models/raft/replica.ts", target: "node:fs" },
      { file: "src/models/raft/replica.ts", target: "src/runtimes/sim/index.ts" },
      { file: "src/core/model.ts", target: "src/history/jsonl.ts" },
      { file: "src/runtimes/sim/index.ts", target: "src/runtimes/process/index.ts" },
      { file: "src/runtimes/sim/index.ts", target: "execa" },
      { file: "checkers/causal/index.ts", target: "src/campaign/execute.ts" },
      { file: "checkers/causal/index.ts", target: "checkers/sessions/index.ts" },
      { file: "workloads/register.ts", target: "src/runtimes/sim/index.ts" },
    ];
    expect(refused.filter((one) => complaint(one) === undefined)).toEqual([]);
  });

  it("replicas know nothing of the host", () => {
    const touching = sources("src/models").flatMap((file) => {
      const text = withoutComments(readFileSync(join(ROOT, file), "utf8")).replace(/"(?:[^"\\]|\\.)*"|`[^`]*`/g, '""');
      return HOST.filter(([pattern]) => pattern.test(text)).map(([, name]) => `${file} touches ${name}`);
    });
    expect(touching).toEqual([]);
  });

  it("files are short enough to read in one sitting", () => {
    const long = [...all, ...sources("test")].filter(
      (file) => readFileSync(join(ROOT, file), "utf8").split("\n").length > 450,
    );
    expect(long).toEqual([]);
  });
});
