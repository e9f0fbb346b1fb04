import { Command } from "commander";
import {
  type PlayedHalf,
  type PlayedScenario,
  playScenario,
  SCENARIOS,
  type TextbookScenario,
} from "../scenarios/index.ts";
import { diagramLines, overview, type ScenarioRow, settingOf, story } from "../scenarios/tell.ts";
import { lookUp } from "./names.ts";
import { wantsColor, widthOf } from "./output.ts";
import { EXIT, UserError } from "./user-error.ts";

interface ScenarioFlags {
  readonly all?: boolean;
  readonly json?: boolean;
}

/** `splitbrain scenario`: textbook failures, each played without and with what helps against it. */
export function scenarioCommand(): Command {
  return new Command("scenario")
    .description("list textbook failures, or play one of them without and with its remedy, and tell the story")
    .argument("[name]", "the scenario to play; without one they are listed")
    .option("--all", "play all of them, and print a table")
    .option("--json", "print one JSON object")
    .action(async (name: string | undefined, { all = false, json = false }: ScenarioFlags) => {
      if (name !== undefined && all) throw new UserError("Give the name of a scenario or --all, not both.");
      const one = name === undefined ? undefined : lookUp("scenario", name, SCENARIOS);
      if (one !== undefined) await playOne(one, json);
      else if (all) await playAll(json);
      else process.stdout.write(json ? `${JSON.stringify(catalogue())}\n` : list());
    });
}

async function playOne(scenario: TextbookScenario, json: boolean): Promise<void> {
  const row = await timed(scenario);
  print(json ? JSON.stringify(report([row])) : story(row.played, terminal()), [row]);
}

async function playAll(json: boolean): Promise<void> {
  const rows: ScenarioRow[] = [];
  for (const scenario of Object.values(SCENARIOS)) rows.push(await timed(scenario));
  print(json ? JSON.stringify(report(rows)) : overview(rows, terminal()), rows);
}

async function timed(scenario: TextbookScenario): Promise<ScenarioRow> {
  const startMs = performance.now();
  const played = await playScenario(scenario);
  return { played, ms: performance.now() - startMs };
}

function print(text: string, rows: readonly ScenarioRow[]): void {
  process.stdout.write(`${text}\n`);
  process.exitCode = rows.every(({ played }) => played.asTold) ? EXIT.valid : EXIT.invalid;
}

const terminal = () => ({ color: wantsColor(process.stdout), width: Math.max(60, widthOf(process.stdout)) });

function list(): string {
  const names = Object.keys(SCENARIOS);
  const width = Math.max(...names.map((name) => name.length));
  const lines = Object.values(SCENARIOS).map(({ name, title }) => `  ${name.padEnd(width)}  ${title}`);
  return `${["Textbook failures (splitbrain scenario NAME, or --all)", ...lines].join("\n")}\n`;
}

/** What `--json` prints of the list. */
const catalogue = () => ({
  schema: "splitbrain.scenarios/1",
  scenarios: Object.values(SCENARIOS).map(({ name, title, source, story: told }) => ({
    name,
    title,
    source,
    story: told,
  })),
});

/** What `--json` prints of those that were played; the same every time. */
const report = (rows: readonly ScenarioRow[]) => ({
  schema: "splitbrain.scenario/1",
  asTold: rows.every(({ played }) => played.asTold),
  scenarios: rows.map(({ played }) => summaryOf(played)),
});

const summaryOf = ({ scenario, without, with: remedies, asTold }: PlayedScenario) => ({
  name: scenario.name,
  title: scenario.title,
  source: scenario.source,
  asTold,
  without: halfOf(scenario, without),
  with: remedies.map((half) => halfOf(scenario, half)),
});

const halfOf = (scenario: TextbookScenario, { half, findings, asTold, diagram }: PlayedHalf) => ({
  setting: settingOf(scenario, half),
  asTold,
  findings,
  diagram: diagramLines(diagram, { color: false, width: 100 }),
});
