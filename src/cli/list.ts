import { Command } from "commander";
import { KINDS } from "../../checkers/index.ts";
import { WORKLOADS } from "../../workloads/index.ts";
import { aboutModel, CONSISTENCY_MODELS, type Family, modelsOf } from "../core/consistency.ts";
import type { Model } from "../core/model.ts";
import type { System } from "../core/system.ts";
import { MODELS } from "../models/index.ts";
import { NEMESES } from "../nemesis/plan.ts";
import { SYSTEMS } from "../systems/index.ts";

type Subject = Pick<Model & System, "name" | "title" | "source" | "workloads" | "options">;

/** `splitbrain list`: what there is. */
export function listCommand(): Command {
  return new Command("list")
    .description(
      "list systems with their configurations, bugs of the bundled ones, workloads, faults, specs and consistency models",
    )
    .option("--json", "print one JSON object")
    .action(({ json }: { json?: boolean }) => {
      process.stdout.write(json ? `${JSON.stringify(inventory())}\n` : text());
    });
}

function inventory() {
  return {
    schema: "splitbrain.list/1",
    systems: Object.values(MODELS).map((model) => ({ ...described(model), bugs: model.bugs })),
    external: Object.values(SYSTEMS).map(described),
    workloads: Object.values(WORKLOADS).map(({ name, description }) => ({ name, description })),
    faults: Object.entries(NEMESES).map(([name, { description }]) => ({ name, description })),
    specs: Object.values(KINDS).map(({ name, functions }) => ({ name, functions })),
    models: CONSISTENCY_MODELS,
    lattice: CONSISTENCY_MODELS.map((name) => ({ name, ...aboutModel(name) })),
  };
}

const described = ({ name, title, source, workloads, options }: Subject): Subject => ({
  name,
  title,
  source,
  workloads,
  options,
});

function text(): string {
  const { workloads, faults, specs } = inventory();
  const lines = [
    "Systems",
    ...Object.values(MODELS).flatMap((model) => [...systemLines(model), ...bugLines(model)]),
    "",
    "External systems (in Docker; or your own, in splitbrain.config.ts)",
    ...Object.values(SYSTEMS).flatMap(systemLines),
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
    "Consistency models of operations, strongest first (--expect, check --model)",
    ...modelLines("operations"),
    "",
    "Consistency models of transactions, strongest first",
    ...modelLines("transactions"),
    "",
    "Properties of some kinds of object",
    ...modelLines("properties"),
  ];
  return `${lines.join("\n")}\n`;
}

const modelLines = (family: Family): string[] =>
  table(
    modelsOf(family).map((model) => {
      const { demands, source, implies } = aboutModel(model);
      const weaker = implies.length === 0 ? "" : ` Implies ${implies.join(", ")}.`;
      return [model, `${demands} (${source}).${weaker}`];
    }),
  );

function systemLines(model: Subject): string[] {
  const options = Object.entries(model.options).flatMap(([name, { description, values }]) => [
    `    ${name}: ${description}`,
    ...table(Object.entries(values), 6),
  ]);
  return [
    `  ${model.name}: ${model.title}`,
    `    ${model.source}`,
    `    workloads: ${model.workloads.join(", ")}`,
    ...options,
  ];
}

function bugLines({ bugs }: Model): string[] {
  const rows = Object.entries(bugs).map(([name, { description, breaks }]): [string, string] => [
    name,
    `${description} Breaks ${breaks.join(", ")}.`,
  ]);
  return ["    bugs (--bug)", ...table(rows, 6)];
}

function table(rows: readonly (readonly [string, string])[], indent = 2): string[] {
  const width = Math.max(0, ...rows.map(([name]) => name.length));
  return rows.map(([name, description]) => `${" ".repeat(indent)}${name.padEnd(width)}  ${description}`);
}
