import { Command } from "commander";
import { overall } from "../campaign/merge.ts";
import { notSeenToBreak, PATIENCE } from "../campaign/promises.ts";
import { type ConsistencyModel, weakerOrEqual } from "../core/consistency.ts";
import { configurationsOf, type ModelConfig } from "../core/model.ts";
import { RUNTIME_NAMES, type Scenario } from "../core/scenario.ts";
import type { ModelVerdict, RunVerdict } from "../core/verdict.ts";
import { type CampaignRow, campaignTable } from "../report/table.ts";
import { textReport } from "../report/text.ts";
import { counted } from "../report/words.ts";
import { type Conducted, conditionsOf, conduct, titleOf } from "./conduct.ts";
import { interruptible } from "./interrupt.ts";
import { type CampaignEntry, MAIN_JOB } from "./main-job.ts";
import { listOf, lookUp } from "./names.ts";
import { wantsColor, widthOf } from "./output.ts";
import { DEFAULT_FAULTS, DEFAULTS, planScenario } from "./plan.ts";
import { requestFor } from "./request.ts";
import { namedTarget, nodesFor, SUBJECTS, type Subject, type Tested } from "./target.ts";
import { EXIT } from "./user-error.ts";
import { durationMs, formatConfig, parseFaults, parseSeed, wholeNumber } from "./values.ts";

interface CampaignFlags {
  readonly runtime: string;
  readonly seeds: string;
  readonly seed: string;
  readonly time: string;
  readonly nodes?: string;
  readonly nemesis: string;
  readonly json?: boolean;
}

/** `splitbrain campaign [systems…]`: many seeds over many configurations, held against what each promises. */
export function campaignCommand(): Command {
  return new Command("campaign")
    .description("test many configurations with many seeds; without systems, the main job over all bundled models")
    .argument("[systems...]", `each in all of its configurations: ${Object.keys(SUBJECTS).join(", ")}`)
    .option("--runtime <names>", `where models run: ${RUNTIME_NAMES.join(", ")}, or several`, "sim")
    .option("--seeds <n>", "seeds for each configuration in sim", "5")
    .option("--seed <n>", "the first seed", "1")
    .option("--time <span>", "length of one run", "30s")
    .option(
      "--nodes <n>",
      `nodes of each cluster (default ${DEFAULTS.nodes}, or what the model says); configurations that need more are left out`,
    )
    .option("--nemesis <kinds>", "kinds of fault, as in run", DEFAULT_FAULTS.join(","))
    .option("--json", "print one JSON object")
    .action(async (systems: string[], flags: CampaignFlags) => campaign(systems, flags));
}

interface Row {
  readonly entry: CampaignEntry;
  readonly row: CampaignRow;
  readonly shown: Conducted;
}

async function campaign(systems: readonly string[], flags: CampaignFlags): Promise<void> {
  const entries = systems.length === 0 ? MAIN_JOB : entriesOf(systems, flags);
  const firstSeed = parseSeed(flags.seed);
  const started = performance.now();
  const rows = await interruptible(async (signal) => {
    const done: Row[] = [];
    for (const entry of entries) {
      done.push(await runEntry(entry, firstSeed, signal));
      const { row } = done.at(-1) as Row;
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      process.stderr.write(
        `[${seconds} s] ${done.length} of ${entries.length}: ${row.system} ${row.config} on ${row.runtime}: ${row.verdict}\n`,
      );
    }
    return done;
  });
  print(rows, flags.json ? undefined : await explained(rows), flags.json === true);
}

function entriesOf(systems: readonly string[], flags: CampaignFlags): CampaignEntry[] {
  const runtimes = listOf("runtime", flags.runtime, RUNTIME_NAMES);
  const faults = parseFaults(flags.nemesis);
  const timeMs = durationMs("--time", flags.time);
  const seeds = wholeNumber("--seeds", flags.seeds, 1, 1_000_000);
  const asked = flags.nodes === undefined ? undefined : wholeNumber("--nodes", flags.nodes, 1, 99);
  return systems.flatMap((system) => {
    const subject = lookUp("system", system, SUBJECTS);
    const nodes = asked ?? nodesFor({ subject, hunt: {} });
    // External systems run in containers only.
    const places = "bugs" in subject ? runtimes : (["docker"] as const);
    return possibleOf(subject, nodes).flatMap((config) =>
      places.map((runtime) => ({
        system,
        config: formatConfig(config),
        runtime,
        nodes,
        faults,
        timeMs,
        seeds: runtime === "sim" ? seeds : 1,
      })),
    );
  });
}

/** The configurations that so many nodes can have. How many others there are, and why, goes to standard error. */
function possibleOf(subject: Subject, nodes: number): ModelConfig[] {
  const leftOut = new Map<string, number>();
  const possible = configurationsOf(subject).filter((config) => {
    const why = subject.reject?.(config, nodes, subject.workloads[0]);
    if (why !== undefined) leftOut.set(why, (leftOut.get(why) ?? 0) + 1);
    return why === undefined;
  });
  for (const [why, count] of leftOut)
    process.stderr.write(`left out: ${counted(count, "configuration")} of ${subject.name}: ${why}\n`);
  return possible;
}

async function runEntry(entry: CampaignEntry, firstSeed: number, signal: AbortSignal): Promise<Row> {
  const tested = namedTarget(entry.system, entry.config, entry.bug);
  const { subject, target } = tested;
  const scenario = scenarioOf(entry, tested, firstSeed);
  // A single run on real processes need not show everything.
  const breaks =
    entry.bug === undefined && entry.runtime === "sim" ? subject.breaks(conditionsOf(scenario, subject)) : [];
  const runs: Conducted[] = [];
  const missed = (): ConsistencyModel[] =>
    notSeenToBreak(
      breaks,
      runs.map((run) => run.verdict.models),
    );
  const satisfied = (): boolean =>
    entry.bug === undefined
      ? runs.length >= entry.seeds && missed().length === 0
      : runs.some((run) => run.verdict.verdict === "invalid");
  while (!satisfied() && runs.length < entry.seeds * PATIENCE)
    runs.push(await conduct(scenarioOf(entry, tested, firstSeed + runs.length), { keep: false, signal }));

  const verdicts = runs.map((run) => run.verdict);
  const unseen = missed();
  const verdict = overall(verdicts.map((one) => one.verdict));
  const shown = mostTelling(runs);
  const row: CampaignRow = {
    system: entry.system,
    config: formatConfig(target.config),
    ...(entry.bug === undefined ? {} : { bug: entry.bug }),
    workload: scenario.workload,
    runtime: entry.runtime,
    histories: runs.length,
    operations: verdicts.reduce((sum, { operations: { ok, fail, info } }) => sum + ok + fail + info, 0),
    verdict,
    ...guarantees(verdicts),
    asPromised: entry.bug === undefined ? verdict === "valid" && unseen.length === 0 : verdict === "invalid",
    ...(unseen.length > 0 ? { note: `never seen to break: ${unseen.join(", ")}` } : {}),
  };
  return { entry, row, shown };
}

const scenarioOf = (entry: CampaignEntry, tested: Tested, seed: number): Scenario =>
  planScenario({
    ...requestFor(tested, entry.runtime, { ...entry, faults: tested.hunt.faults ?? entry.faults }),
    seed,
  });

/** The strongest models that held in every history, and the weakest that broke in some. */
function guarantees(verdicts: readonly RunVerdict[]): Pick<CampaignRow, "held" | "broken"> {
  const all = (model: ConsistencyModel): ModelVerdict[] =>
    verdicts.flatMap(({ models }) => models.filter((found) => found.model === model));
  const names = verdicts[0]?.models.map(({ model }) => model) ?? [];
  const broken = names.filter((model) => all(model).some(({ verdict }) => verdict === "invalid"));
  const held = names.filter(
    (model) => !broken.includes(model) && all(model).every(({ verdict }) => verdict === "valid"),
  );
  const strongest = held.filter(
    (model) => !held.some((other) => other !== model && weakerOrEqual([other]).includes(model)),
  );
  const weakest = broken.filter(
    (model) => !broken.some((other) => other !== model && weakerOrEqual([model]).includes(other)),
  );
  const promised = new Set(verdicts[0]?.models.filter((found) => found.promised).map(({ model }) => model));
  return { held: strongest, broken: weakest.map((model) => ({ model, allowed: !promised.has(model) })) };
}

function mostTelling(runs: readonly Conducted[]): Conducted {
  const broken = ({ verdict: { models } }: Conducted): number =>
    models.filter(({ verdict }) => verdict === "invalid").length;
  return runs.reduce((best, run) => (broken(run) > broken(best) ? run : best));
}

/** The run to explain: one that is not as promised, else the one that broke most of what it may. It gets a run folder. */
async function explained(rows: readonly Row[]): Promise<Conducted | undefined> {
  const weak = rows.filter(({ row }) => row.bug === undefined && row.broken.length > 0);
  const example =
    rows.find(({ row }) => !row.asPromised) ?? weak.toSorted((a, b) => b.row.broken.length - a.row.broken.length)[0];
  if (!example || example.shown.verdict.runDir !== null) return example?.shown;
  return conduct(example.shown.scenario, { keep: true });
}

function print(rows: readonly Row[], example: Conducted | undefined, json: boolean): void {
  const asPromised = rows.every(({ row }) => row.asPromised);
  process.exitCode = asPromised
    ? EXIT.valid
    : rows.some(({ row }) => row.verdict === "invalid" && row.bug === undefined)
      ? EXIT.invalid
      : EXIT.unknown;
  if (json) {
    process.stdout.write(
      `${JSON.stringify({ schema: "splitbrain.campaign/1", asPromised, rows: rows.map(({ row }) => row) })}\n`,
    );
    return;
  }
  const color = wantsColor(process.stdout);
  const width = Math.max(110, widthOf(process.stdout));
  if (example) {
    const { verdict, history, scenario } = example;
    process.stdout.write(`${textReport(verdict, history, { color, width, title: titleOf(scenario) })}\n\n`);
  }
  process.stdout.write(
    `${campaignTable(
      rows.map(({ row }) => row),
      { color, width },
    )}\n`,
  );
}
