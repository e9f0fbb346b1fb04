import { Command } from "commander";
import { SPECS } from "../../checkers/index.ts";
import { WORKLOADS } from "../../workloads/index.ts";
import { CONSISTENCY_MODELS } from "../core/consistency.ts";
import type { Model } from "../core/model.ts";
import { MODELS } from "../models/index.ts";
import { NEMESES } from "../nemesis/plan.ts";

/** `splitbrain list`: what there is. */
export function listCommand(): Command {
  return new Command("list")
    .description("list systems with their configurations and bugs, workloads, faults, specs and consistency models")
    .option("--json", "print one JSON object")
    .action(({ json }: { json?: boolean }) => {
      process.stdout.write(json ? `${JSON.stringify(inventory())}\n` : text());
    });
}

function inventory() {
  return {
    schema: "splitbrain.list/1",
    systems: Object.values(MODELS).map(({ name, title, source, workloads, options, bugs }) => ({
      name,
      title,
      source,
      workloads,
      options,
      bugs,
    })),
    workloads: Object.values(WORKLOADS).map(({ name, description }) => ({ name, description })),
    faults: Object.entries(NEMESES).map(([name, { description }]) => ({ name, description })),
    specs: Object.values(SPECS).map(({ name, functions }) => ({ name, functions })),
    models: CONSISTENCY_MODELS,
  };
}

function text(): string {
  const { workloads, faults, specs, models } = inventory();
  const lines = [
    "Systems",
    ...Object.values(MODELS).flatMap(systemLines),
    "",
    "Workloads",
    ...table(workloads.map(({ name, description }) => [name, description])),
    "",
    "Faults (--nemesis)",
    ...table(faults.map(({ name, description }) => [name, description])),
    "",
    "Specs (check --spec)",
    ...table(
      specs.map(({ name, functions }) => [
        name,
        Object.entries(functions)
          .map(([f, shape]) => `${f}: ${shape}`)
          .join("; "),
      ]),
    ),
    "",
    "Consistency models, strongest first (--expect, check --model)",
    `  ${models.join(", ")}`,
  ];
  return `${lines.join("\n")}\n`;
}

function systemLines(model: Model): string[] {
  const options = Object.entries(model.options).flatMap(([name, { description, values }]) => [
    `    ${name}: ${description}`,
    ...table(Object.entries(values), 6),
  ]);
  const bugs = Object.entries(model.bugs).map(([name, bug]): [string, string] => [
    name,
    `${bug.description} Breaks ${bug.breaks.join(", ")}.`,
  ]);
  return [
    `  ${model.name}: ${model.title}`,
    `    ${model.source}`,
    `    workloads: ${model.workloads.join(", ")}`,
    ...options,
    "    bugs (--bug)",
    ...table(bugs, 6),
  ];
}

function table(rows: readonly (readonly [string, string])[], indent = 2): string[] {
  const width = Math.max(0, ...rows.map(([name]) => name.length));
  return rows.map(([name, description]) => `${" ".repeat(indent)}${name.padEnd(width)}  ${description}`);
}
