import { readFileSync, writeFileSync } from "node:fs";
import type { Scenario } from "../core/scenario.ts";
import { describeSystemError, RunFolderError } from "./errors.ts";
import { scenarioShape } from "./scenario-shape.ts";
import { ShapeError } from "./shape.ts";

/**
 * A scenario as the text of `scenario.json`: a field a line, and within lists an operation or a fault a line, so that it
 * can be read and edited by hand.
 */
export function encodeScenario(scenario: Scenario): string {
  const fields = Object.entries(scenario)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `  ${JSON.stringify(name)}: ${encodeField(name, value)}`);
  return `{\n${fields.join(",\n")}\n}\n`;
}

function encodeField(name: string, value: unknown): string {
  if (name === "operations")
    return list((value as Scenario["operations"]).map((thread) => list(thread.map(json), "    ")));
  if (name === "faults") return list((value as Scenario["faults"]).map(json));
  return json(value);
}

const json = (value: unknown): string => JSON.stringify(value);

const list = (items: readonly string[], indent = "  "): string =>
  items.length === 0 ? "[]" : `[\n${items.map((item) => `${indent}  ${item}`).join(",\n")}\n${indent}]`;

/** Throws a `RunFolderError` that names the field, or the place in the text. */
export function decodeScenario(text: string, file: string): Scenario {
  try {
    return scenarioShape(JSON.parse(text), "");
  } catch (error) {
    if (error instanceof ShapeError) throw new RunFolderError(`${file}: ${error.message}`);
    if (error instanceof SyntaxError)
      throw new RunFolderError(`${file}: not JSON (${error.message}); correct it there`);
    throw error;
  }
}

/** Throws a `RunFolderError` if the file cannot be written. */
export function writeScenario(file: string, scenario: Scenario): void {
  try {
    writeFileSync(file, encodeScenario(scenario));
  } catch (error) {
    throw new RunFolderError(`cannot write ${file}: ${describeSystemError(error)}`, { cause: error });
  }
}

/** Throws a `RunFolderError` if the file cannot be read, or is no scenario. */
export function readScenario(file: string): Scenario {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new RunFolderError(`cannot read ${file}: ${describeSystemError(error)}`, { cause: error });
  }
  return decodeScenario(text, file);
}
