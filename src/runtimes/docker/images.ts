import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import type { ImagePlan } from "../../core/system.ts";
import { nodeEntry } from "../shared/real/node-entry.ts";
import { type Engine, EngineError, statusOf, textOf } from "./engine.ts";
import { LABEL } from "./labels.ts";

/** What images without a base of their own are built on. */
const BASE = "debian:bookworm-slim";

/** Names another image with Node in it for bundled nodes, for machines without a registry. */
export const NODE_IMAGE_VARIABLE = "SPLITBRAIN_NODE_IMAGE";
const DEFAULT_NODE_IMAGE = "node:22-bookworm-slim";

/** Where libfaketime and the file with the offset are, in the tools and in the nodes. */
export const CLOCK_FOLDER = "/splitbrain";

const TOOLS = `FROM ${BASE}
RUN apt-get update && apt-get install -y --no-install-recommends iptables iproute2 libfaketime \\
  && mkdir -p ${CLOCK_FOLDER} && cp /usr/lib/*/faketime/libfaketimeMT.so.1 ${CLOCK_FOLDER}/ && echo +0 > ${CLOCK_FOLDER}/offset \\
  && rm -rf /var/lib/apt/lists/*
`;

/** The image of the tools that stand beside each node; built on first use. Returns its name. */
export const toolsImage = (engine: Engine): Promise<string> =>
  ensureImage(engine, { tag: `splitbrain/tools:${digest([TOOLS])}`, dockerfile: TOOLS }, "tools");

/** Where the package lies in the image of a bundled node. */
const PACKAGE = "/opt/splitbrain";

export interface NodeImage {
  readonly tag: string;
  /** The start of the node's command line. */
  readonly command: readonly string[];
}

/**
 * The image of a bundled node: a base with Node in it, and this package as it is compiled. Built anew whenever either has
 * changed.
 *
 * @param module a file whose default export is a model, where it is none of the bundled ones.
 */
export async function nodeImage(engine: Engine, module?: string): Promise<NodeImage> {
  const base = process.env[NODE_IMAGE_VARIABLE] || DEFAULT_NODE_IMAGE;
  await ensureImage(engine, { tag: base }, "base");
  const compiled = resolve(dirname(nodeEntry()), "..");
  const parts = ["cli", "core", "models", "runtimes"].map((part) => join(compiled, part));
  const baseId = (await engine.getImage(base).inspect()).Id;
  const files = [...parts.flatMap(filesBelow), ...(module === undefined ? [] : [module])];
  const hash = digest([baseId, ...files.flatMap((file) => [relative(compiled, file), readFileSync(file, "utf8")])]);
  const dockerfile = `FROM ${base}\nCOPY . ${PACKAGE}/\n`;
  const tag = `splitbrain/node:${hash}`;
  await ensureImage(engine, { tag, dockerfile }, "node", (folder) => {
    writeFileSync(join(folder, "package.json"), '{"type":"module"}\n');
    for (const part of parts) cpSync(part, join(folder, "dist/src", relative(compiled, part)), { recursive: true });
    if (module !== undefined) cpSync(module, join(folder, "model.mjs"));
  });
  const model = module === undefined ? [] : [`${PACKAGE}/model.mjs`];
  return { tag, command: ["node", `${PACKAGE}/dist/src/cli/node.js`, ...model] };
}

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".js"))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();

const digest = (texts: readonly string[]): string => {
  const hash = createHash("sha256");
  for (const text of texts) hash.update(text).update("\0");
  return hash.digest("hex").slice(0, 12);
};

/** Builds and pulls that are under way in this process: several runs may want the same image at once. */
const underWay = new Map<string, Promise<string>>();

/**
 * Sees to it that an image is there: builds it from its Dockerfile, or pulls it. Returns its tag; rejects with an
 * `EngineError` that says what could not be had.
 */
export function ensureImage(
  engine: Engine,
  plan: ImagePlan,
  purpose: string,
  fill: (folder: string) => void = () => undefined,
): Promise<string> {
  const running = underWay.get(plan.tag);
  if (running) return running;
  const made = make(engine, plan, purpose, fill).finally(() => underWay.delete(plan.tag));
  underWay.set(plan.tag, made);
  return made;
}

async function make(
  engine: Engine,
  { tag, dockerfile }: ImagePlan,
  purpose: string,
  fill: (folder: string) => void,
): Promise<string> {
  if (await isThere(engine, tag)) return tag;
  if (dockerfile === undefined) {
    await pull(engine, tag);
    return tag;
  }
  const base = /^FROM (\S+)/m.exec(dockerfile)?.[1] ?? BASE;
  if (!(await isThere(engine, base))) await pull(engine, base);
  process.stderr.write(`Building the image ${tag}; this is done once …\n`);
  const folder = mkdtempSync(join(tmpdir(), "splitbrain-image-"));
  try {
    fill(folder);
    writeFileSync(join(folder, "Dockerfile"), dockerfile);
    const context = { context: folder, src: readdirSync(folder) };
    const stream = await engine.buildImage(context, { t: tag, labels: { [LABEL.image]: purpose }, forcerm: true });
    await finished(engine, stream);
    return tag;
  } catch (error) {
    throw new EngineError(`The image ${tag} cannot be built: ${textOf(error)}.`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function isThere(engine: Engine, tag: string): Promise<boolean> {
  try {
    await engine.getImage(tag).inspect();
    return true;
  } catch (error) {
    if (statusOf(error) === 404) return false;
    throw new EngineError(`The Docker engine does not tell whether it has the image ${tag}: ${textOf(error)}.`);
  }
}

async function pull(engine: Engine, tag: string): Promise<void> {
  process.stderr.write(`Pulling the image ${tag} …\n`);
  try {
    await finished(engine, await engine.pull(/[:@]/.test(tag.slice(tag.lastIndexOf("/"))) ? tag : `${tag}:latest`));
  } catch (error) {
    const other =
      tag === DEFAULT_NODE_IMAGE
        ? `; name an image that is there and has Node 20.19 or later in it with ${NODE_IMAGE_VARIABLE}`
        : "; make it by hand, or reach a registry";
    throw new EngineError(`The image ${tag} is not there and cannot be pulled (${textOf(error)})${other}.`);
  }
}

/** Lines of a build's output that are kept for a failure. */
const LAST_LINES = 3;

/** Follows a build or a pull to its end; rejects with the last that it said if it failed. */
function finished(engine: Engine, stream: NodeJS.ReadableStream): Promise<void> {
  const last: string[] = [];
  return new Promise((done, failed) => {
    engine.modem.followProgress(
      stream,
      (error) => (error ? failed(new Error([...last, error.message].join(" | "))) : done()),
      ({ stream: line, error }: { stream?: string; error?: string }) => {
        if (error !== undefined) failed(new Error([...last, error].join(" | ")));
        if (line?.trim()) last.push(line.trim());
        if (last.length > LAST_LINES) last.shift();
      },
    );
  });
}
