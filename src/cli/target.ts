import { defaultConfig, type Model, type ModelBug } from "../core/model.ts";
import type { Target } from "../core/scenario.ts";
import { MODELS } from "../models/index.ts";
import { lookUp } from "./names.ts";
import { DEFAULTS } from "./plan.ts";
import { parseConfig } from "./values.ts";

type Hunt = ModelBug["hunt"];

/** A bundled model as it is put to the test. */
export interface ModelTarget {
  readonly model: Model;
  readonly target: Extract<Target, { kind: "model" }>;
  /** The circumstances in which the bug shows; empty without a bug. They stand in for what is not asked for. */
  readonly hunt: Hunt;
}

/** The model of that name, in the configuration that is asked for, else the one in which the bug shows, else the default. */
export function modelTarget(name: string, config: string | undefined, bug: string | undefined): ModelTarget {
  const model = lookUp("system", name, MODELS);
  const hunt: Hunt = bug === undefined ? {} : lookUp(`bug of ${name}`, bug, model.bugs).hunt;
  const base = { ...defaultConfig(model), ...hunt.config };
  const chosen = config === undefined ? base : parseConfig(model, config, base);
  return { model, hunt, target: { kind: "model", name, config: chosen, ...(bug === undefined ? {} : { bug }) } };
}

/** Mean quiet time between two faults of a kind where none is asked for: short runs get their faults sooner. */
export const gapMsFor = (hunt: Hunt, timeMs: number): number => hunt.gapMs ?? Math.min(DEFAULTS.gapMs, timeMs / 6);
