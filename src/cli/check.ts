import { existsSync, statSync } from "node:fs";
import { Command } from "commander";
import {
  algorithmsFor,
  availability,
  type CheckOptions,
  IN_SESSIONS,
  judge,
  KINDS,
  type Kind,
  kindOf,
  SPECS,
} from "../../checkers/index.ts";
import { WORKLOADS } from "../../workloads/index.ts";
import { overall } from "../campaign/merge.ts";
import { compare } from "../campaign/promises.ts";
import { type Budget, type Checker, DEFAULT_BUDGET } from "../core/checker.ts";
import { CONSISTENCY_MODELS, type ConsistencyModel, strongerOrEqual, weakerOrEqual } from "../core/consistency.ts";
import type { History } from "../core/history.ts";
import type { Json } from "../core/json.ts";
import type { RunVerdict } from "../core/verdict.ts";
import { readHistory } from "../history/read.ts";
import { type RunFolder, resolveRun, runFolder } from "../history/run-folder.ts";
import { readScenario } from "../history/scenario-file.ts";
import { judgeInParallel } from "../parallel/index.ts";
import { jsonReport } from "../report/json.ts";
import { commandToReplay, promisesOf, titleOf } from "./conduct.ts";
import { lookUp, modelsNamed, oneOf } from "./names.ts";
import { printVerdict } from "./output.ts";
import { subjectOf } from "./target.ts";
import { EXIT, UserError } from "./user-error.ts";
import { durationMs } from "./values.ts";

interface CheckFlags {
  readonly model?: string;
  readonly spec?: string;
  readonly budget?: string;
  readonly algorithm?: string;
  readonly initial?: string;
  readonly json?: boolean;
}

const KIND_NAMES = Object.keys(KINDS);

/** `splitbrain check <history…>`: judge histories from anywhere. */
export function checkCommand(): Command {
  return new Command("check")
    .description(
      "judge a history: a run folder, history.jsonl, Jepsen's and Elle's EDN, Jepsen's classic log lines, or Plume's and AWDIT's text",
    )
    .argument("<history...>", "files or run folders")
    .option(
      "--model <models>",
      `consistency models that must hold: ${CONSISTENCY_MODELS.join(", ")} (default: what the run promised, else what is usual for the spec)`,
    )
    .option("--spec <name>", `what the history is about: ${KIND_NAMES.join(", ")} (default: told from the operations)`)
    .option(
      "--algorithm <name>",
      `decide linearizability in this way: ${[...new Set(Object.values(SPECS).flatMap(algorithmsFor))].join(", ")} (default: the fastest that can)`,
    )
    .option("--initial <json>", "a read of this value saw the initial state, where nobody wrote it (0, say)")
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
  const history = withInitial(await readHistory(run?.history ?? path), flags.initial);
  const scenario = run && existsSync(run.scenario) ? readScenario(run.scenario) : undefined;
  const asked = flags.model === undefined ? undefined : modelsOfFlag(flags.model, history);
  const workload = scenario && WORKLOADS[scenario.workload];
  const name = flags.spec ?? workload?.kind ?? workload?.spec.name ?? kindOf(history)?.name;
  const kind = lookUp("spec", name ?? noKind(history, path), KINDS);
  const options = optionsOf(kind, flags);
  const all = [...kind.checkers(options), ...(asked?.includes("available") ? [availability()] : [])];
  const wanted = asked ? all.filter((checker) => concerns(checker, asked)) : all;
  const budget: Budget =
    flags.budget === undefined ? DEFAULT_BUDGET : { ...DEFAULT_BUDGET, timeMs: durationMs("--budget", flags.budget) };
  const isObject = kind.name in SPECS && !asked?.includes("available");
  const request = { ...options, spec: kind.name, checkers: wanted.map((checker) => checker.name), budget };
  const promised = scenario ? promisesOf(scenario, await subjectOf(scenario.target)) : [kind.expects];
  const verdict = compare(
    isObject ? await judgeInParallel(history, request) : judge(history, wanted, budget),
    { holds: asked ?? promised, testable: asked ?? all.flatMap(({ tests }) => tests) },
    [],
    history,
    { replay: run ? commandToReplay(run) : null, runDir: run?.dir ?? path },
  );
  const models = asked ? verdict.models.filter(({ model }) => asked.includes(model)) : verdict.models;
  return { path, history, title: scenario ? titleOf(scenario) : path, verdict: { ...verdict, models } };
}

/** The models that are named; also by other names in use, and in the way of the tools from which the history comes. */
function modelsOfFlag(text: string, { meta }: History): ConsistencyModel[] {
  return modelsNamed(text).map((model) => (meta.sessionsInAllLevels ? (IN_SESSIONS[model] ?? model) : model));
}

function optionsOf({ name }: Kind, { algorithm }: CheckFlags): CheckOptions {
  if (algorithm === undefined) return {};
  const spec = SPECS[name];
  if (spec === undefined)
    throw new UserError(`--algorithm ${algorithm}: ${name} is not judged for linearizability; leave it out.`);
  return { algorithm: oneOf(`algorithm for ${name}`, algorithm, algorithmsFor(spec)) };
}

function noKind(history: History, path: string): never {
  const functions = [...new Set(history.ops.map(({ f }) => f))].join(", ");
  throw new UserError(
    `${path}: no spec knows all of its functions (${functions}) with these values; give one with --spec: ${KIND_NAMES.join(", ")}.`,
  );
}

/** The history with reads of `initial` turned into reads of nothing, on keys to which nobody wrote that value. */
function withInitial(history: History, initial: string | undefined): History {
  if (initial === undefined) return history;
  let value: unknown;
  try {
    value = JSON.parse(initial);
  } catch {
    throw new UserError(`--initial ${initial}: must be a value in JSON, such as 0 or '"none"'.`);
  }
  const text = JSON.stringify(value);
  const isInitial = (seen: Json): boolean => JSON.stringify(seen) === text;
  const written = new Set(history.ops.filter(({ f, input }) => f !== "read" && isInitial(input)).map(({ key }) => key));
  const ops = history.ops.map((op) =>
    op.f === "read" && op.outcome.type === "ok" && isInitial(op.outcome.value) && !written.has(op.key)
      ? { ...op, outcome: { type: "ok" as const, value: null } }
      : op,
  );
  return { ...history, ops };
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
