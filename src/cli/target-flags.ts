import type { FaultKind } from "../core/fault.ts";
import { RUNTIME_NAMES, type RuntimeName, type Target } from "../core/scenario.ts";
import type { System } from "../core/system.ts";
import { findConfigFile, flagsOf, loadConfigFile } from "./config-file.ts";
import { oneOf } from "./names.ts";
import { DEFAULT_FAULTS } from "./plan.ts";
import { borrowedContainers, namedTarget, SUBJECTS, systemTarget, type Tested } from "./target.ts";
import { UserError } from "./user-error.ts";

/** The flags that say what is tested and where. */
export interface TargetFlags {
  readonly bin?: string;
  readonly runtime?: string;
  /** Values of a configuration and paths of configuration files. */
  readonly config?: readonly string[];
  readonly bug?: string;
  readonly containers?: string;
  readonly composeProject?: string;
}

/** What is tested, where, and what follows from that. */
export interface Aim {
  readonly target: Target;
  /** Absent for a program of which nothing is known. */
  readonly subject?: Tested["subject"];
  readonly system?: System;
  readonly hunt: Tested["hunt"];
  readonly runtime: RuntimeName;
  /** How many nodes there are, where that is not for the user to choose. */
  readonly fixedNodes?: number;
  /** What strikes where nothing is asked for. */
  readonly faults: readonly FaultKind[];
  /** Flags that the configuration file sets, by name. */
  readonly defaults: Readonly<Record<string, string>>;
}

/** From the command line to what is tested; every mistake is a `UserError`. */
export async function aimOf(name: string | undefined, rest: readonly string[], flags: TargetFlags): Promise<Aim> {
  if (flags.bin !== undefined) return programAim(flags.bin, name, rest, flags);
  if (rest.length > 0)
    throw new UserError(`${rest.join(" ")}: only a program given with --bin takes further arguments.`);
  const files = (flags.config ?? []).filter(isFile);
  const values = (flags.config ?? []).filter((value) => !isFile(value)).join(",") || undefined;
  const [file = name === undefined ? findConfigFile(process.cwd()) : undefined, second] = files;
  if (second !== undefined) throw new UserError(`--config ${file} and --config ${second}: give one file.`);
  if (file === undefined && name === undefined)
    throw new UserError(
      `Name a system to test (${Object.keys(SUBJECTS).join(", ")}), give a program with --bin, or define a system in splitbrain.config.ts.`,
    );
  if (file !== undefined && name !== undefined)
    throw new UserError(`${name} and --config ${file} both name a system; give one of them.`);
  if (file !== undefined) {
    if (flags.bug !== undefined) throw new UserError("--bug belongs to bundled models; leave it out.");
    const config = await loadConfigFile(file);
    const containers = await containersOf(flags);
    const tested = systemTarget(config.system, values, { file: config.file, containers });
    return { ...aimAtSystem(tested, flags), defaults: flagsOf(config.run) };
  }
  const tested = namedTarget(name ?? "", values, flags.bug);
  if (tested.system)
    return aimAtSystem(systemTarget(tested.system, values, { containers: await containersOf(flags) }), flags);
  const attaching = attachingFlag(flags);
  if (attaching)
    throw new UserError(
      `${attaching} is for external systems; ${name} is a bundled model, whose nodes splitbrain starts itself. Leave it out.`,
    );
  const runtime = oneOf("runtime", flags.runtime ?? "sim", RUNTIME_NAMES);
  return { ...tested, runtime, faults: DEFAULT_FAULTS, defaults: {} };
}

function programAim(bin: string, name: string | undefined, rest: readonly string[], flags: TargetFlags): Aim {
  if (flags.config !== undefined || flags.bug !== undefined)
    throw new UserError(
      `--${flags.config === undefined ? "bug" : "config"} does not go with --bin: a program takes its arguments after --.`,
    );
  const attaching = attachingFlag(flags);
  if (attaching)
    throw new UserError(
      `${attaching} does not go with --bin: such a program runs as processes of this machine. Give one of them.`,
    );
  const runtime = oneOf("runtime", flags.runtime ?? "process", RUNTIME_NAMES);
  if (runtime !== "process")
    throw new UserError(
      `--bin and --runtime ${runtime} contradict each other: such a program runs as processes of this machine. Give --runtime process.`,
    );
  const command = [bin, ...(name === undefined ? [] : [name]), ...rest] as const;
  return { target: { kind: "program", command }, hunt: {}, runtime, faults: DEFAULT_FAULTS, defaults: {} };
}

/** The flag that names containers which run already, if one does. */
const attachingFlag = ({ containers, composeProject }: TargetFlags): string | undefined =>
  containers !== undefined ? "--containers" : composeProject !== undefined ? "--compose-project" : undefined;

/** An external system runs where its deployment puts it. */
function aimAtSystem(tested: Tested, { runtime: asked }: TargetFlags): Aim {
  const { target, system } = tested;
  if (!system || target.kind !== "system") throw new Error("not an external system");
  const { deployment } = system;
  const attached = borrowedContainers(system, target);
  const commands = !attached && deployment.kind === "commands" ? deployment.commands : undefined;
  const runtime: RuntimeName = commands ? "process" : "docker";
  if (asked !== undefined && oneOf("runtime", asked, RUNTIME_NAMES) !== runtime)
    throw new UserError(
      `${system.name} runs ${commands ? "as processes of this machine" : "in containers"}; leave --runtime out, or give --runtime ${runtime}.`,
    );
  const fixed = attached?.length ?? commands?.length;
  return {
    ...tested,
    runtime,
    ...(fixed === undefined ? {} : { fixedNodes: fixed }),
    // Nobody's containers are killed unasked, and processes of one machine have no links to be cut.
    faults: attached ? ["partition", "pause"] : commands ? ["pause", "kill"] : DEFAULT_FAULTS,
    defaults: {},
  };
}

async function containersOf({ containers, composeProject }: TargetFlags): Promise<readonly string[] | undefined> {
  if (containers !== undefined && composeProject !== undefined)
    throw new UserError("--containers and --compose-project both name containers; give one of them.");
  if (composeProject !== undefined) {
    const { composeContainers } = await import("../runtimes/docker/index.ts");
    return composeContainers(composeProject);
  }
  const names = containers?.split(",").map((one) => one.trim());
  if (names?.some((one) => one === ""))
    throw new UserError(`--containers ${JSON.stringify(containers)}: write names or ids with commas between them.`);
  return names;
}

/** Values of a configuration are kebab-case words; a path has a dot or a slash in it. */
const isFile = (value: string): boolean => /[./\\]/.test(value);
