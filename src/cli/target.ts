import { defaultConfig, type Model, type ModelBug } from "../core/model.ts";
import type { Target } from "../core/scenario.ts";
import type { System } from "../core/system.ts";
import { MODELS } from "../models/index.ts";
import { SYSTEMS } from "../systems/index.ts";
import { loadConfigFile } from "./config-file.ts";
import { lookUp } from "./names.ts";
import { DEFAULTS } from "./plan.ts";
import { parseConfig } from "./values.ts";

type Hunt = ModelBug["hunt"];

/** What is put to the test, as far as planning and judging need to know it: a bundled model or an external system. */
export type Subject = Pick<Model & System, "name" | "workloads" | "options" | "holds" | "breaks"> &
  Pick<System, "reject"> &
  Pick<Model, "defaultNodes" | "maxSkewMs">;

/** A bundled model, or an external system, as it is put to the test. */
export interface Tested {
  readonly subject: Subject;
  readonly target: Extract<Target, { kind: "model" | "system" }>;
  /** Only where it is an external system. */
  readonly system?: System;
  /** The circumstances in which the bug shows; empty without a bug. They stand in for what is not asked for. */
  readonly hunt: Hunt;
}

/** Everything that can be named. */
export const SUBJECTS: Readonly<Record<string, Model | System>> = { ...MODELS, ...SYSTEMS };

/**
 * The model or system of that name, in the configuration that is asked for, else the one in which the bug shows, else the
 * default.
 */
export function namedTarget(name: string, config: string | undefined, bug: string | undefined): Tested {
  const subject = lookUp("system", name, SUBJECTS);
  if (!("bugs" in subject)) {
    if (bug !== undefined) lookUp(`bug of ${name}`, bug, {});
    return systemTarget(subject, config, {});
  }
  const hunt: Hunt = bug === undefined ? {} : lookUp(`bug of ${name}`, bug, subject.bugs).hunt;
  const base = { ...defaultConfig(subject), ...hunt.config };
  const chosen = config === undefined ? base : parseConfig(subject, config, base);
  return { subject, hunt, target: { kind: "model", name, config: chosen, ...(bug === undefined ? {} : { bug }) } };
}

/** An external system, bundled or from a configuration file. */
export function systemTarget(
  system: System,
  config: string | undefined,
  where: { readonly file?: string | undefined; readonly containers?: readonly string[] | undefined },
): Tested {
  const chosen = config === undefined ? defaultConfig(system) : parseConfig(system, config);
  const { file, containers } = where;
  const target = {
    kind: "system",
    name: system.name,
    config: chosen,
    ...(file === undefined ? {} : { file }),
    ...(containers === undefined ? {} : { containers }),
  } as const;
  return { subject: system, system, hunt: {}, target };
}

/** The containers of others that are a system's nodes, if it has such. */
export const borrowedContainers = (
  { deployment }: System,
  { containers }: Extract<Target, { kind: "system" }>,
): readonly string[] | undefined => containers ?? (deployment.kind === "attached" ? deployment.containers : undefined);

/** What a stored target names; `undefined` for a program of which nothing is known. Reads its configuration file again. */
export async function subjectOf(target: Target): Promise<Model | System | undefined> {
  switch (target.kind) {
    case "model":
      return lookUp("system", target.name, MODELS);
    case "system":
      return target.file === undefined
        ? lookUp("system", target.name, SYSTEMS)
        : (await loadConfigFile(target.file)).system;
    case "program":
      return undefined;
  }
}

/** An external system is given longer to get over its faults: fail-over and resynchronisation take their time. */
const SYSTEM_SETTLE_MS = 5_000;

/** Time between healing and the closing reads where none is asked for. */
export const settleMsFor = ({ system }: { readonly system?: System | undefined }): number =>
  system ? (system.settleMs ?? SYSTEM_SETTLE_MS) : DEFAULTS.settleMs;

/** The size of a cluster where none is asked for. */
export const nodesFor = ({ subject, hunt }: { readonly subject?: Subject | undefined; readonly hunt: Hunt }): number =>
  hunt.nodes ?? subject?.defaultNodes ?? DEFAULTS.nodes;

/** The longest fail-over of an external system fits in; milliseconds. */
const SYSTEM_GAP_MS = 6_000;

/** Mean quiet time between two faults of a kind where none is asked for: short runs get their faults sooner. */
export const gapMsFor = ({ hunt, system }: Pick<Tested, "hunt" | "system">, timeMs: number): number =>
  hunt.gapMs ?? Math.min(system ? SYSTEM_GAP_MS : DEFAULTS.gapMs, timeMs / 6);
