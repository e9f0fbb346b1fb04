import { existsSync, statSync } from "node:fs";
import { dirname, extname, join, relative, resolve } from "node:path";
import type { System } from "../core/system.ts";
import { type Config, ConfigError, defineConfig, type RunDefaults } from "../systems/define.ts";
import { UserError } from "./user-error.ts";

const EXTENSIONS = ["ts", "mts", "mjs", "js"] as const;
const LOADABLE: readonly string[] = [...EXTENSIONS, "cjs"].map((extension) => `.${extension}`);

/** What a configuration file defines. */
export interface LoadedConfig extends Config {
  /** The file's path, absolute. */
  readonly file: string;
}

/** `splitbrain.config.ts`, or one in another dialect, in this folder. */
export const findConfigFile = (cwd: string): string | undefined =>
  EXTENSIONS.map((extension) => join(cwd, `splitbrain.config.${extension}`)).find((path) => existsSync(path));

/**
 * Loads a configuration file. It may import `splitbrain` without having it installed: it gets this package. Every mistake
 * is a `UserError` of one line.
 */
export async function loadConfigFile(path: string): Promise<LoadedConfig> {
  const file = resolve(path);
  const shown = shorter(file);
  if (!existsSync(file))
    throw new UserError(`There is no file ${shown}. Check the path, or write one; see the README.`);
  if (!LOADABLE.includes(extname(file)) || !statSync(file).isFile())
    throw new UserError(`${shown} is no configuration file; give one that ends in ${LOADABLE.join(", ")}.`);
  const exported = await evaluate(file);
  if (exported === undefined)
    throw new UserError(`${shown} exports nothing by default; write: export default defineConfig({ system: … });`);
  try {
    const { system, run } = defineConfig(exported as Parameters<typeof defineConfig>[0]);
    return { system: placed(system, dirname(file)), run, file };
  } catch (error) {
    throw mistake(shown, error);
  }
}

/** The defaults as the flags of the command line would be: by name, as text. */
export function flagsOf({ nemesis, clients, rate, seed, expect, ...texts }: RunDefaults): Record<string, string> {
  const list = (values: readonly string[]): string => (values.length === 0 ? "none" : values.join(","));
  const given = {
    ...texts,
    nemesis: typeof nemesis === "object" ? list(nemesis) : nemesis,
    clients,
    rate,
    seed,
    expect: expect && list(expect),
  };
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
}

/** What the file exports by default; Node itself cannot load TypeScript in all versions that are supported. */
async function evaluate(file: string): Promise<unknown> {
  const [{ createJiti }, main, checkers, workloads] = await Promise.all([
    import("jiti"),
    import("../index.ts"),
    import("../../checkers/index.ts"),
    import("../../workloads/index.ts"),
  ]);
  const jiti = createJiti(file, {
    fsCache: false,
    moduleCache: false,
    interopDefault: false,
    virtualModules: {
      splitbrain: main,
      "splitbrain/checkers": checkers,
      "splitbrain/workloads": workloads,
    },
  });
  let loaded: unknown;
  try {
    loaded = await jiti.import(file);
  } catch (error) {
    throw mistake(placeIn(file, error), error);
  }
  if (typeof loaded !== "object" || loaded === null) return undefined;
  // CommonJS: the module is what it exports.
  return "default" in loaded ? loaded.default : "system" in loaded ? loaded : undefined;
}

function mistake(where: string, error: unknown): UserError {
  const text = error instanceof Error ? firstLine(error.message) || error.name : String(error);
  return new UserError(`${where}: ${text}`);
}

/** What the loader adds is left out: its parser's name before, places and stacks behind, its own name for an import. */
const firstLine = (message: string): string =>
  (message.split("\n")[0] ?? "")
    .replace(/^ParseError: /, "")
    .replace(/\(0 ?, _\w+\.(\w+)\)/g, "$1")
    .trim();

/** The file with the line at which the error arose, if that is in it; the loader moves columns. */
function placeIn(file: string, error: unknown): string {
  // A ConfigError names the field, which says more than the line of the call.
  if (!(error instanceof Error) || error.name === "ConfigError") return shorter(file);
  for (const text of [error.message, error.stack ?? ""]) {
    const at = text.indexOf(`${file}:`);
    const [, place] = at < 0 ? [] : (/^:(\d+)/.exec(text.slice(at + file.length)) ?? []);
    if (place !== undefined) return `${shorter(file)}:${place}`;
  }
  return shorter(file);
}

/** The system with its commands' folders made absolute: they are relative to the file's. */
function placed(system: System, folder: string): System {
  const { deployment } = system;
  if (deployment.kind !== "commands") return system;
  const commands = deployment.commands.map((plan, i) => {
    const cwd = resolve(folder, plan.cwd ?? ".");
    if (!existsSync(cwd) || !statSync(cwd).isDirectory())
      throw new ConfigError(`system.nodes[${i}].cwd: there is no folder ${shorter(cwd)}; it is relative to this file`);
    return { ...plan, cwd };
  });
  return { ...system, deployment: { ...deployment, commands } };
}

/** A path as a person would write it here. */
function shorter(path: string): string {
  const near = relative(process.cwd(), path);
  return near === "" ? "." : near.startsWith("..") ? path : near;
}
