import type { MatrixRow } from "../core/matrix.ts";
import { type Cell, type Column, plain, renderTable } from "./layout.ts";
import {
  firstBroken,
  inWords,
  MODEL_COLUMNS,
  type ModelColumn,
  nameOf,
  type Standing,
  showCell,
  showLatency,
  showMinority,
  showOthers,
  speaksOfTransactionsOnly,
} from "./matrix-cells.ts";
import { type Style, styleOf } from "./style.ts";
import { count, counted } from "./words.ts";

export interface MatrixTextOptions {
  readonly color: boolean;
  readonly width: number;
}

/** Version of the JSON of `splitbrain matrix --json`. */
export const MATRIX_SCHEMA = "splitbrain.matrix/1";

/** One JSON object `{schema, asPromised, rows}`; a row is a `MatrixRow`. */
export const matrixJson = (rows: readonly MatrixRow[]): string =>
  JSON.stringify({ schema: MATRIX_SCHEMA, asPromised: rows.every((row) => row.asPromised), rows });

/** The matrix for a terminal, a legend, and what differs from the promises. No line feed at the end. */
export function matrixText(rows: readonly MatrixRow[], { color, width }: MatrixTextOptions): string {
  const style = styleOf(color);
  const models = columnsFor(rows);
  const others = haveOthers(rows);
  const columns: Column[] = [
    { heading: "system,\nconfiguration", least: 16 },
    { heading: "runs", align: "right" },
    ...models.map(({ heading }): Column => ({ heading })),
    ...(others ? [{ heading: "beside\nthese" }] : []),
    { heading: "minority\nserves" },
    { heading: "read\np50/p99" },
    { heading: "write\np50/p99" },
  ];
  const cells = rows.flatMap((row, i): Cell[][] => [
    ...(rows[i - 1]?.system === row.system ? [] : [[{ text: "" }], [{ text: plain(row.system), paint: style.strong }]]),
    [
      { text: plain(row.config.replaceAll(",", ", ")) || "(default)" },
      { text: count(row.histories) },
      ...models.map(({ model }): Cell => {
        const { text, standing } = showCell(row, model);
        return { text, paint: paintOf(standing, style) };
      }),
      ...(others ? [{ text: showOthers(row) }] : []),
      { text: showMinority(row) },
      { text: showLatency(row, "reads") },
      { text: showLatency(row, "writes") },
    ],
  ]);
  return [
    ...renderTable(columns, cells, { width, indent: "", paintHeading: style.faint }),
    "",
    ...legend(rows).map(style.faint),
    ...differences(rows, style),
    "",
    summary(rows, style),
  ].join("\n");
}

/** The columns about transactions have no place where nobody has any. */
function columnsFor(rows: readonly MatrixRow[]): readonly ModelColumn[] {
  const others = MODEL_COLUMNS.filter(({ model }) => !speaksOfTransactionsOnly(model));
  const isOf = ({ cells }: MatrixRow, { model }: ModelColumn): boolean => cells[model] !== undefined;
  const transactional = MODEL_COLUMNS.filter((column) => !others.includes(column));
  return rows.some((row) => transactional.some((column) => isOf(row, column))) ? MODEL_COLUMNS : others;
}

const haveOthers = (rows: readonly MatrixRow[]): boolean => rows.some((row) => showOthers(row) !== "");

function paintOf(standing: Standing, style: Style): (text: string) => string {
  switch (standing) {
    case "kept":
      return style.good;
    case "different":
      return style.bad;
    case "allowed":
      return style.warn;
    default:
      return style.faint;
  }
}

function legend(rows: readonly MatrixRow[]): string[] {
  const example = firstBroken(rows);
  return [
    "✓24 promised, and held in 24 histories   ~24 not promised, and held all the same   ✗7 broken, first with seed 7",
    "? no history could tell   ! not as promised" +
      (columnsFor(rows).length < MODEL_COLUMNS.length
        ? "   no system here has transactions"
        : "   – has no transactions"),
    `Seeds take the workloads in turn: ${turns(rows)}.`,
    "minority serves: what nodes answer that are cut off together with a minority; – one node has none.",
    "read, write: median/99th percentile in one-way message delays, where nothing is broken (medians of each region's clients).",
    ...(example
      ? [`Each ✗ has its command in --json; ${nameOf(example.row)} ✗${example.cell.seed}:`, `  ${example.cell.command}`]
      : []),
  ];
}

/** `raft register, append, set; causal sessions`. A configuration need not serve all that its system does. */
function turns(rows: readonly MatrixRow[]): string {
  const bySystem = new Map<string, Set<string>>();
  for (const { system, workloads } of rows)
    bySystem.set(system, new Set([...(bySystem.get(system) ?? []), ...workloads]));
  return [...bySystem].map(([system, workloads]) => `${system} ${[...workloads].join(", ")}`).join("; ");
}

const differences = (rows: readonly MatrixRow[], style: Style): string[] =>
  rows.flatMap((row) =>
    row.differences.flatMap((difference) => [
      "",
      style.bad(plain(inWords(row, difference))),
      `  ${plain(difference.command)}`,
    ]),
  );

function summary(rows: readonly MatrixRow[], style: Style): string {
  const wrong = rows.filter((row) => !row.asPromised).length;
  return wrong === 0
    ? style.good(`${counted(rows.length, "row")}, all as promised`)
    : style.bad(`${count(wrong)} of ${counted(rows.length, "row")} not as promised`);
}

/** The matrix as a table in Markdown, with a legend. No line feed at the end. */
export function matrixMarkdown(rows: readonly MatrixRow[]): string {
  const others = haveOthers(rows);
  const titles = [
    "system",
    "configuration",
    "histories",
    ...MODEL_COLUMNS.map(({ title }) => title),
    ...(others ? ["beside these"] : []),
    "a minority serves",
    "read p50/p99",
    "write p50/p99",
  ];
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const example = firstBroken(rows);
  return [
    line(titles),
    line(titles.map((_, i) => (i < 2 ? "---" : ":-:"))),
    ...rows.map((row, i) =>
      line([
        rows[i - 1]?.system === row.system ? "" : `\`${row.system}\``,
        row.config === "" ? "(default)" : `\`${row.config}\``,
        count(row.histories),
        ...MODEL_COLUMNS.map(({ model }) => markdownCell(row, model)),
        ...(others ? [showOthers(row).replace(/([✓~✗])/g, "$1 ")] : []),
        showMinority(row),
        showLatency(row, "reads"),
        showLatency(row, "writes"),
      ]),
    ),
    "",
    "**✓ 24**: promised, and held in 24 histories. ~ 24: not promised, and held all the same. ✗ 7: broken, first with seed 7.",
    "?: no history could tell. –: has no transactions, or one node and so no minority. A minority serves what it answers when it is",
    "cut off together with its clients. Latency: median and 99th percentile in one-way message delays, where nothing is broken; in",
    "brackets the medians of the clients of each region, where models have such.",
    `Seeds take the workloads in turn: ${turns(rows)}.`,
    ...(example ? ["", `✗ ${example.cell.seed} of \`${nameOf(example.row)}\` again: \`${example.cell.command}\``] : []),
    ...rows.flatMap((row) =>
      row.differences.flatMap((one) => ["", `**Not as promised:** ${inWords(row, one)} \`${one.command}\``]),
    ),
  ].join("\n");
}

function markdownCell(row: MatrixRow, model: ModelColumn["model"]): string {
  const { text, standing } = showCell(row, model);
  const spaced = text.replace(/^([✓~✗])/, "$1 ");
  return standing === "kept" || standing === "different" ? `**${spaced}**` : spaced;
}
