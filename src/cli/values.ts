import { CLIENT_FAULT_KINDS, type Delay, FAULT_KINDS, type FaultKind } from "../core/fault.ts";
import type { Model, ModelConfig } from "../core/model.ts";
import { defaultConfig } from "../core/model.ts";
import { listOf, unknownName } from "./names.ts";
import { UserError } from "./user-error.ts";

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** "30s", "500ms", "2m", "1h"; a bare number is seconds. To milliseconds, above zero. */
export function durationMs(option: string, text: string): number {
  const [, amount, unit = "s"] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text.trim()) ?? [];
  const ms = Number(amount) * (UNIT_MS[unit] ?? Number.NaN);
  if (!(ms > 0))
    throw new UserError(
      `${option} ${JSON.stringify(text)} is no span of time; write for example 30s, 500ms, 2m or 1h.`,
    );
  return ms;
}

/** A whole number within bounds. */
export function wholeNumber(option: string, text: string, min: number, max: number): number {
  const number = /^-?\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (!(number >= min && number <= max))
    throw new UserError(
      `${option} ${JSON.stringify(text)} is out of range; give a whole number from ${min} to ${max}.`,
    );
  return number;
}

/** A number above zero. */
export function positiveNumber(option: string, text: string, max: number): number {
  const number = Number(text.trim() || Number.NaN);
  if (!(number > 0 && number <= max))
    throw new UserError(`${option} ${JSON.stringify(text)} is out of range; give a number above 0, at most ${max}.`);
  return number;
}

const MAX_SEED = 2_147_483_647;

/** Any integer of 31 bits and a sign. */
export const parseSeed = (text: string): number => wholeNumber("--seed", text, -MAX_SEED, MAX_SEED);

/** Kinds of fault: a comma list, in which `all` stands for those that strike the cluster, or `none`. */
export function parseFaults(text: string): readonly FaultKind[] {
  if (text === "all") return FAULT_KINDS;
  const named = listOf("kind of fault", text, [...FAULT_KINDS, ...CLIENT_FAULT_KINDS, "all" as const]);
  return [...new Set(named.flatMap((name) => (name === "all" ? FAULT_KINDS : [name])))];
}

/** A probability. */
export function probability(option: string, text: string): number {
  const number = Number(text.trim() || Number.NaN);
  if (!(number >= 0 && number <= 1))
    throw new UserError(`${option} ${JSON.stringify(text)} is no probability; give a number from 0 to 1.`);
  return number;
}

/** "5ms", "1ms-20ms" (uniform), "exponential:10ms", "long-tail:1ms-500ms". */
export function parseDelay(option: string, text: string): Delay {
  const wrong = new UserError(
    `${option} ${JSON.stringify(text)} is no delay; write for example 5ms, 1ms-20ms, exponential:10ms or long-tail:1ms-500ms.`,
  );
  const [, kind, first = "", second] = /^(?:(exponential|long-tail):)?([^-:]+)(?:-([^-:]+))?$/.exec(text.trim()) ?? [];
  if (first === "" || (kind === "exponential") !== (kind !== undefined && second === undefined)) throw wrong;
  const [minMs, maxMs] = [durationMs(option, first), second === undefined ? undefined : durationMs(option, second)];
  if (maxMs === undefined) return kind === "exponential" ? { kind, meanMs: minMs } : { kind: "constant", ms: minMs };
  if (maxMs < minMs) throw wrong;
  return { kind: kind === "long-tail" ? kind : "uniform", minMs, maxMs };
}

/** A comma list of option values ("async,any-replica"), each setting the option that it belongs to. */
export function parseConfig(
  model: Pick<Model, "name" | "options">,
  text: string,
  base: ModelConfig = defaultConfig(model),
): ModelConfig {
  const chosen: Record<string, string> = {};
  for (const value of text.split(",").map((part) => part.trim())) {
    const option = Object.keys(model.options).find((name) => Object.hasOwn(model.options[name]?.values ?? {}, value));
    if (option === undefined) {
      const known = Object.values(model.options).flatMap(({ values }) => Object.keys(values));
      throw unknownName(`configuration value of ${model.name}`, value, known);
    }
    if (chosen[option] !== undefined && chosen[option] !== value)
      throw new UserError(
        `--config ${text}: ${chosen[option]} and ${value} contradict each other; both set ${option}. Give one.`,
      );
    chosen[option] = value;
  }
  return { ...base, ...chosen };
}

/** A configuration as `parseConfig` reads it. */
export const formatConfig = (config: ModelConfig): string => Object.values(config).join(",");
