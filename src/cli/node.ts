import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { defaultConfig, type Model } from "../core/model.ts";
import { NodeHost } from "../runtimes/shared/node/node-host.ts";
import { StdioLink } from "../runtimes/shared/node/stdio.ts";
import { type PeerAddress, TcpLink } from "../runtimes/shared/node/tcp.ts";
import { lookUp } from "./names.ts";
import { EXIT, UserError } from "./user-error.ts";
import { parseConfig, wholeNumber } from "./values.ts";

const USAGE = `Usage: node.js MODEL [--config a,b] [--bug NAME] [--data DIR] [--id ID --listen PORT --peer ID=HOST:PORT …]

Runs one node of a bundled model. MODEL is a bundled model's name, or the path of a module whose default export is a
Model. The node keeps its data in DIR, by default $SPLITBRAIN_DATA. It speaks the Maelstrom protocol on stdin and stdout,
or, with --listen, in frames over TCP: clients reach it on PORT, and it reaches each other node under the --peer given.
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

  const log = (line: string): boolean => process.stderr.write(`${line}\n`);
  const link = values.listen === undefined ? new StdioLink(process.stdout) : tcpLink(values, log);
  const host = new NodeHost({
    model,
    config: values.config === undefined ? defaultConfig(model) : parseConfig(model, values.config),
    bug: values.bug,
    dataDir: resolve(dataDir),
    seed: Number(SPLITBRAIN_SEED),
    restarts: link instanceof TcpLink ? countRestarts(resolve(dataDir)) : Number(SPLITBRAIN_RESTARTS),
    traceAll: SPLITBRAIN_TRACE === "all",
    send: (message) => link.send(message),
    log,
  });
  if (link instanceof TcpLink) {
    host.receive(link.initial());
    await link.serve((message) => host.receive(message));
    return;
  }
  // Whoever read from this node is gone, and with it the cluster.
  process.stdout.on("error", () => process.exit(EXIT.valid));
  await link.serve(process.stdin, (message) => host.receive(message), log);
  process.exit(EXIT.valid);
}

/** A container is started again with the environment it was made with, so the node itself counts how often it was. */
function countRestarts(dataDir: string): number {
  mkdirSync(dataDir, { recursive: true });
  const file = join(dataDir, "restarts");
  const restarts = existsSync(file) ? Number(readFileSync(file, "utf8")) + 1 : 0;
  writeFileSync(file, String(restarts));
  return restarts;
}

function tcpLink(
  { id, listen = "", peer: peers = [] }: ReturnType<typeof readArguments>["values"],
  log: (line: string) => void,
): TcpLink {
  if (id === undefined) throw new UserError("--listen needs --id, the node's own name.");
  const addresses = new Map<string, PeerAddress>();
  for (const text of peers) {
    const [, name, host, port] = /^([^=]+)=(.+):(\d+)$/.exec(text) ?? [];
    if (name === undefined || host === undefined)
      throw new UserError(`--peer ${JSON.stringify(text)} is no node; write for example n2=10.0.0.2:7000.`);
    addresses.set(name, { host, port: Number(port) });
  }
  return new TcpLink({ id, port: wholeNumber("--listen", listen, 1, 65_535), peers: addresses, log });
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        config: { type: "string" },
        bug: { type: "string" },
        data: { type: "string" },
        id: { type: "string" },
        listen: { type: "string" },
        peer: { type: "string", multiple: true },
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
