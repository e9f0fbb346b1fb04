import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { defaultConfig, type Model } from "../core/model.ts";
import { NodeHost } from "../runtimes/process/node-host.ts";
import { lookUp } from "./names.ts";
import { EXIT, UserError } from "./user-error.ts";
import { parseConfig } from "./values.ts";

const USAGE = `Usage: node.js MODEL [--config a,b] [--bug NAME] [--data DIR]

Runs one node of a bundled model and speaks the Maelstrom protocol on stdin and stdout. MODEL is a bundled model's name,
or the path of a module whose default export is a Model. The node keeps its data in DIR, by default $SPLITBRAIN_DATA.
`;

/** What the harness passes on beside the command line. */
const { SPLITBRAIN_DATA, SPLITBRAIN_SEED = "0", SPLITBRAIN_RESTARTS = "0", SPLITBRAIN_TRACE } = process.env;

async function main(): Promise<void> {
  const { values, positionals } = readArguments();
  if (values.help) {
    process.stdout.write(USAGE);
    return;
  }
  const [name] = positionals;
  if (name === undefined || positionals.length > 1)
    throw new UserError(`Give one model, not ${positionals.length}.\n\n${USAGE}`);
  const dataDir = values.data ?? SPLITBRAIN_DATA;
  if (dataDir === undefined) throw new UserError("Say where the node keeps its data: --data DIR.");
  const model = await loadModel(name);
  if (values.bug !== undefined) lookUp(`bug of ${model.name}`, values.bug, model.bugs);

  // Whoever read from this node is gone, and with it the cluster.
  process.stdout.on("error", () => process.exit(EXIT.valid));
  const host = new NodeHost({
    model,
    config: values.config === undefined ? defaultConfig(model) : parseConfig(model, values.config),
    bug: values.bug,
    dataDir: resolve(dataDir),
    seed: Number(SPLITBRAIN_SEED),
    restarts: Number(SPLITBRAIN_RESTARTS),
    traceAll: SPLITBRAIN_TRACE === "all",
    input: process.stdin,
    output: process.stdout,
    log: (line) => process.stderr.write(`${line}\n`),
  });
  await host.run();
  process.exit(EXIT.valid);
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        config: { type: "string" },
        bug: { type: "string" },
        data: { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    throw new UserError(`${(error as Error).message}\n\n${USAGE}`);
  }
}

async function loadModel(name: string): Promise<Model> {
  if (!/[/\\]|\.[cm]?[jt]s$/.test(name)) {
    const { MODELS } = await import("../models/index.ts");
    return lookUp("model", name, MODELS);
  }
  const path = resolve(name);
  let module: { readonly default?: unknown };
  try {
    module = await import(pathToFileURL(path).href);
  } catch (error) {
    throw new UserError(`Cannot load a model from ${path}: ${(error as Error).message}`);
  }
  const model = module.default;
  if (typeof model !== "object" || model === null || !("start" in model) || !("client" in model))
    throw new UserError(`${path} does not default-export a Model (see src/core/model.ts).`);
  return model as Model;
}

main().catch((error: unknown) => {
  const text = error instanceof UserError ? error.message : error instanceof Error ? error.stack : String(error);
  process.stderr.write(`${text}\n`);
  process.exitCode = error instanceof UserError ? EXIT.badArguments : EXIT.crashed;
});
