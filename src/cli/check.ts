import { existsSync, statSync } from "node:fs";
import { Command } from "commander";
import { checkersFor, judge, SPECS } from "../../checkers/index.ts";
import { WORKLOADS } from "../../workloads/index.ts";
import { overall } from "../campaign/merge.ts";
import { compare } from "../campaign/promises.ts";
import { type Budget, type Checker, DEFAULT_BUDGET } from "../core/checker.ts";
import { CONSISTENCY_MODELS, type ConsistencyModel, strongerOrEqual, weakerOrEqual } from "../core/consistency.ts";
import type { History } from "../core/history.ts";
import type { RunVerdict } from "../core/verdict.ts";
import { readHistory } from "../history/read.ts";
import { type RunFolder, resolveRun, runFolder } from "../history/run-folder.ts";
import { readScenario } from "../history/scenario-file.ts";
import { jsonReport } from "../report/json.ts";
import { commandToReplay, promisesOf, titleOf } from "./conduct.ts";
import { listOf, lookUp } from "./names.ts";
import { printVerdict } from "./output.ts";
import { subjectOf } from "./target.ts";
import { EXIT, UserError } from "./user-error.ts";
import { durationMs } from "./values.ts";

interface CheckFlags {
  readonly model?: string;
  readonly spec?: string;
  readonly budget?: string;
  readonly json?: boolean;
}

const SPEC_NAMES = Object.keys(SPECS);

/** `splitbrain check <history…>`: judge histories from anywhere. */
export function checkCommand(): Command {
  return new Command("check")
    .description("judge a history: a run folder, history.jsonl, Jepsen EDN, or Jepsen's classic log lines")
    .argument("<history...>", "files or run folders")
    .option(
      "--model <models>",
      `consistency models that must hold: ${CONSISTENCY_MODELS.join(", ")} (default: what the run promised, else linearizable)`,
    )
    .option("--spec <name>", `what the object is: ${SPEC_NAMES.join(", ")} (default: told from the operations)`)
    .option("--budget <span>", "give up a checker after this long (default 60s)")
    .option("--json", "print one JSON object")
    .action(check);
}

async function check(paths: readonly string[], flags: CheckFlags): Promise<void> {
  const judged: { path: string; history: History; title: string; verdict: RunVerdict }[] = [];
  for (const path of paths) judged.push(await checkOne(path, flags));
  const [first] = judged;
  if (!first) throw new UserError("Name at least one history.");
  if (judged.length === 1) return printVerdict(first.verdict, first.history, first.title, flags.json === true);

  const count = (verdict: RunVerdict["verdict"]): number =>
    judged.filter((one) => one.verdict.verdict === verdict).length;
  const worst = overall(judged.map(({ verdict }) => verdict.verdict));
  if (flags.json) {
    const histories = judged.map(({ path, verdict }) => ({ history: path, ...JSON.parse(jsonReport(verdict)) }));
    process.stdout.write(`${JSON.stringify({ schema: "splitbrain.check/1", verdict: worst, histories })}\n`);
  } else {
    for (const { path, verdict } of judged) process.stdout.write(`${verdict.verdict.padEnd(8)} ${path}\n`);
    process.stdout.write(
      `${judged.length} histories: ${count("valid")} valid, ${count("invalid")} invalid, ${count("unknown")} unknown\n`,
    );
  }
  process.exitCode = EXIT[worst];
}

async function checkOne(path: string, flags: CheckFlags) {
  const run = runOf(path);
  const history = await readHistory(run?.history ?? path);
  const scenario = run && existsSync(run.scenario) ? readScenario(run.scenario) : undefined;
  const asked = flags.model === undefined ? undefined : listOf("consistency model", flags.model, CONSISTENCY_MODELS);
  const holds =
    asked ?? (scenario ? promisesOf(scenario, await subjectOf(scenario.target)) : ["linearizable" as const]);
  const workload = scenario && WORKLOADS[scenario.workload];
  const checkers =
    flags.spec === undefined && workload
      ? workload.checkers
      : checkersFor(lookUp("spec", flags.spec ?? specOf(history, path), SPECS));
  const wanted = asked ? checkers.filter((checker) => concerns(checker, asked)) : checkers;
  const budget: Budget =
    flags.budget === undefined ? DEFAULT_BUDGET : { ...DEFAULT_BUDGET, timeMs: durationMs("--budget", flags.budget) };
  const models = judge(history, wanted, budget);
  const verdict = compare(
    asked ? models.filter(({ model }) => asked.includes(model)) : models,
    { holds, testable: asked ?? checkers.flatMap(({ tests }) => tests) },
    [],
    history,
    { replay: run ? commandToReplay(run) : null, runDir: run?.dir ?? path },
  );
  return { path, history, title: scenario ? titleOf(scenario) : path, verdict };
}

/** The run folder that a path, a run's name or `latest` means, if it means one. */
function runOf(path: string): RunFolder | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats?.isDirectory()) return runFolder(path);
  // Anything that looks like a file is left to the reader, which knows best what is wrong with it.
  return stats || /[./\\]/.test(path) ? undefined : resolveRun(path);
}

/** True if the checker can vouch for, or refute, one of the models. A model's own checker decides alone. */
function concerns(checker: Checker, models: readonly ConsistencyModel[]): boolean {
  return models.some(
    (model) =>
      checker.tests.includes(model) ||
      (model !== "linearizable" &&
        [...strongerOrEqual([model]), ...weakerOrEqual([model])].some((near) => checker.tests.includes(near))),
  );
}

/** The spec that knows all functions of the history. */
function specOf(history: History, path: string): string {
  const functions = new Set(history.ops.map(({ f }) => f));
  const fits = SPEC_NAMES.filter((name) => [...functions].every((f) => Object.hasOwn(SPECS[name]?.functions ?? {}, f)));
  const [best] = fits;
  if (best === undefined)
    throw new UserError(
      `${path}: no spec knows all of its functions (${[...functions].join(", ")}); give one with --spec: ${SPEC_NAMES.join(", ")}.`,
    );
  return best;
}
