import { hanging } from "../report/columns.ts";
import { renderTable, wrap } from "../report/layout.ts";
import { renderSpaceTime } from "../report/space-time.ts";
import { styleOf } from "../report/style.ts";
import { counted } from "../report/words.ts";
import type { Diagram } from "./diagram.ts";
import { type PlayedHalf, type PlayedScenario, stageOf } from "./run.ts";
import type { Half, TextbookScenario } from "./scenario.ts";

export interface TellOptions {
  readonly color: boolean;
  /** Terminal cells that a line may take; at least 60. */
  readonly width: number;
}

const INDENT = "  ";

/** The whole story: what happens, why, what helps, and a diagram of each half with what was found in it. */
export function story(played: PlayedScenario, options: TellOptions): string {
  const { scenario } = played;
  const style = styleOf(options.color);
  const { happens, why, remedy } = scenario.story;
  const part = (label: string, text: string): string[] =>
    hanging(INDENT + label.padEnd(14), text, options.width).map((line) => line.replace(label, style.faint));
  return [
    ...wrap(`${scenario.name}: ${scenario.title}`, options.width).map(style.strong),
    ...wrap(scenario.source, options.width).map(style.faint),
    "",
    ...part("What happens", happens),
    ...part("Why", why),
    ...part("The remedy", remedy),
    ...[played.without, ...played.with].flatMap((half, i) => [
      "",
      ...tellHalf(scenario, half, i === 0 ? "WITHOUT" : "WITH", options),
    ]),
    "",
    played.asTold
      ? style.good("As told: it goes wrong without the remedy, and not with it.")
      : style.bad("NOT as told: what is marked !! was expected and not seen."),
  ].join("\n");
}

function tellHalf(scenario: TextbookScenario, played: PlayedHalf, word: string, options: TellOptions): string[] {
  const style = styleOf(options.color);
  const findings = played.findings.flatMap(({ holds, found, because }) => {
    const mark = holds ? (word === "WITH" ? style.good("✓ ") : style.bad("✗ ")) : style.bad("!!");
    const lines = wrap(found, options.width - 5).map((line, i) => `${INDENT}${i === 0 ? mark : "  "} ${line}`);
    const more =
      because === undefined ? [] : wrap(because, options.width - 5).map((line) => `     ${style.faint(line)}`);
    return [...lines, ...more];
  });
  return [
    ...wrap(`${word} the remedy: ${settingOf(scenario, played.half)}`, options.width).map(style.strong),
    ...diagramLines(played.diagram, options),
    "",
    ...findings,
  ];
}

export const diagramLines = ({ lanes, rows }: Diagram, { color, width }: TellOptions): string[] =>
  renderSpaceTime(lanes, rows, { width, indent: INDENT, style: styleOf(color) });

/** `single-leader, reads sticky-replica, 3 nodes`. */
export function settingOf(scenario: TextbookScenario, half: Half): string {
  const { model, config = {}, bug, nodes } = stageOf(scenario, half);
  const options = Object.entries(config).map(([option, value]) => `${option} ${value}`);
  const parts = [model, ...options, ...(bug === undefined ? [] : [`bug ${bug}`]), counted(nodes, "node")];
  return half.label === undefined ? parts.join(", ") : `${half.label} (${parts.join(", ")})`;
}

/** One row a scenario: what was seen without the remedy and with it, and how long it took. */
export interface ScenarioRow {
  readonly played: PlayedScenario;
  /** Wall time, milliseconds. */
  readonly ms: number;
}

/** The catalogue as it was played, as a table. */
export function overview(rows: readonly ScenarioRow[], { color, width }: TellOptions): string {
  const style = styleOf(color);
  const seen = ({ findings }: PlayedHalf): string => findings.map(({ found }) => found).join("; ");
  const table = renderTable(
    [
      { heading: "scenario" },
      { heading: "without" },
      { heading: "with" },
      { heading: "ms", align: "right" },
      { heading: "as told" },
    ],
    rows.map(({ played, ms }) => [
      { text: played.scenario.name },
      { text: seen(played.without) },
      { text: played.with.map(seen).join("\n") },
      { text: String(Math.round(ms)) },
      { text: played.asTold ? "yes" : "NO", paint: played.asTold ? style.good : style.bad },
    ]),
    { width, indent: "", paintHeading: style.faint },
  );
  const wrong = rows.filter(({ played }) => !played.asTold).length;
  const summary =
    wrong === 0
      ? style.good(`${counted(rows.length, "scenario")}, all as told`)
      : style.bad(`${wrong} of ${counted(rows.length, "scenario")} not as told`);
  return [...table, "", summary].join("\n");
}
