import { availableParallelism } from "node:os";
import { Command } from "commander";
import { FAULT_KINDS, type FaultKind } from "../core/fault.ts";
import type { MatrixRow } from "../core/matrix.ts";
import { allFaultsOf, configurationsOf, type Model, type ModelConfig } from "../core/model.ts";
import { MODELS } from "../models/index.ts";
import { spread, workerEntry } from "../parallel/index.ts";
import { matrixJson, matrixMarkdown, matrixText } from "../report/matrix.ts";
import { SYSTEMS } from "../systems/index.ts";
import { Interrupted } from "./conduct.ts";
import { interruptible } from "./interrupt.ts";
import { type RowPlan, workloadsOf } from "./matrix-row.ts";
import { lookUp } from "./names.ts";
import { wantsColor, widthOf } from "./output.ts";
import { EXIT, UserError } from "./user-error.ts";
import { durationMs, parseFaults, parseSeed, wholeNumber } from "./values.ts";

interface MatrixFlags {
  readonly seeds: string;
  readonly seed: string;
  readonly time: string;
  readonly nemesis: string;
  readonly jobs?: string;
  readonly all?: boolean;
  readonly markdown?: boolean;
  readonly json?: boolean;
}

/** `splitbrain matrix [systems…]`: what each configuration really guarantees, measured, beside what it promises. */
export function matrixCommand(): Command {
  return new Command("matrix")
    .description("measure every guarantee of every bundled model in the simulator, and compare with what it promises")
    .argument("[systems...]", `only these: ${Object.keys(MODELS).join(", ")}`)
    .option("--seeds <n>", "histories for each configuration; more until what must break was seen to", "24")
    .option("--seed <n>", "the first seed", "1")
    .option("--time <span>", "length of one run", "12s")
    .option("--nemesis <kinds>", "kinds of fault, as in run", "all")
    .option("--all", "every configuration, not only those that stand for all")
    .option("--jobs <n>", "threads at work at once (default: as many as there are processors)")
    .option("--markdown", "print the table as Markdown")
    .option("--json", "print one JSON object")
    .action(matrix);
}

async function matrix(systems: readonly string[], flags: MatrixFlags): Promise<void> {
  if (flags.markdown && flags.json)
    throw new UserError("--markdown and --json contradict each other: the output is the one or the other. Give one.");
  const plans = plansFor(systems, flags);
  const jobs = flags.jobs === undefined ? availableParallelism() : wholeNumber("--jobs", flags.jobs, 1, MOST_JOBS);
  const started = performance.now();
  const onDone = (row: MatrixRow, done: number): void => {
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    const what = `${row.system} ${row.config}`.trim();
    process.stderr.write(
      `[${seconds} s] ${done} of ${plans.length}: ${what}: ${row.asPromised ? "as promised" : "NOT as promised"}\n`,
    );
  };
  const rows = await interruptible(async (signal) => {
    try {
      return await spread<RowPlan, MatrixRow>(workerEntry("matrix-worker", "cli"), plans, { jobs, signal, onDone });
    } catch (error) {
      throw signal.aborted ? new Interrupted(undefined) : error;
    }
  });
  print(rows, flags);
}

const MOST_JOBS = 256;

function plansFor(systems: readonly string[], flags: MatrixFlags): RowPlan[] {
  const asked = parseFaults(flags.nemesis);
  const faultsOf = (model: Model): readonly FaultKind[] => (asked === FAULT_KINDS ? allFaultsOf(model) : asked);
  const shared = {
    firstSeed: parseSeed(flags.seed),
    seeds: wholeNumber("--seeds", flags.seeds, 1, 1_000_000),
    timeMs: durationMs("--time", flags.time),
  };
  const models = systems.length === 0 ? Object.values(MODELS) : [...new Set(systems)].map(bundled);
  return models.flatMap((model) =>
    rowsOf(model, flags.all === true).map((config) => ({
      system: model.name,
      config,
      ...shared,
      faults: faultsOf(model),
    })),
  );
}

function bundled(name: string): Model {
  if (Object.hasOwn(SYSTEMS, name))
    throw new UserError(
      `${name} runs in containers, and the matrix is measured in the simulator; try: npx splitbrain campaign ${name}`,
    );
  return lookUp("system", name, MODELS);
}

/** The configurations that a model shows; of all of them those that are possible with so many nodes. */
export function rowsOf(model: Model, all: boolean): readonly ModelConfig[] {
  const possible = (config: ModelConfig): boolean => workloadsOf(model, config).length > 0;
  return model.showcase && !all ? model.showcase : configurationsOf(model).filter(possible);
}

/** Where no terminal says how wide it is: every configuration on one line. */
const WIDTH = 180;

function print(rows: readonly MatrixRow[], { markdown, json }: MatrixFlags): void {
  const differences = rows.flatMap((row) => row.differences);
  process.exitCode = differences.some(({ kind }) => kind !== "unjudged")
    ? EXIT.invalid
    : differences.length > 0
      ? EXIT.unknown
      : EXIT.valid;
  if (json) process.stdout.write(`${matrixJson(rows)}\n`);
  else if (markdown) process.stdout.write(`${matrixMarkdown(rows)}\n`);
  else {
    const width = process.stdout.isTTY ? Math.max(130, widthOf(process.stdout)) : WIDTH;
    const options = { color: wantsColor(process.stdout), width };
    process.stdout.write(`${matrixText(rows, options)}\n`);
  }
}
