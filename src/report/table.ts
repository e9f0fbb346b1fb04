import type { Judgement } from "../core/verdict.ts";
import { type Cell, type Column, plain, renderTable } from "./layout.ts";
import { styleOf } from "./style.ts";
import { count, counted } from "./words.ts";

/** What a campaign found out about one system in one configuration, over all its histories. */
export interface CampaignRow {
  readonly system: string;
  /** The configuration as on the command line: `async,any-replica`. */
  readonly config: string;
  readonly bug?: string;
  readonly workload: string;
  readonly runtime: string;
  readonly histories: number;
  readonly operations: number;
  readonly verdict: Judgement;
  /** Models that held in every history; the strongest are enough. */
  readonly held: readonly string[];
  /** Models that broke; `allowed` if they were not promised. */
  readonly broken: readonly { readonly model: string; readonly allowed: boolean }[];
  /** True if the promises were kept and what must be seen to break did: for a bug, that it was found. */
  readonly asPromised: boolean;
  readonly note?: string;
}

export interface CampaignTableOptions {
  readonly color: boolean;
  /** Default 110. */
  readonly width?: number;
}

const COLUMNS: readonly Column[] = [
  { heading: "system", least: 16 },
  { heading: "workload" },
  { heading: "on" },
  { heading: "runs", align: "right" },
  { heading: "ops", align: "right" },
  { heading: "verdict" },
  { heading: "guarantees", least: 30 },
  { heading: "as promised" },
];

/** The verdict table of a campaign: a row each, headings above, a summary below. No line feed at the end. */
export function campaignTable(rows: readonly CampaignRow[], options: CampaignTableOptions): string {
  const style = styleOf(options.color);
  const cells = rows.map((row): Cell[] => {
    const broken = (allowed: boolean): string =>
      row.broken
        .filter((entry) => entry.allowed === allowed)
        .map((entry) => entry.model)
        .join(", ");
    const guarantees = [
      row.held.length === 0 ? "" : `held ${row.held.join(", ")}`,
      broken(false) === "" ? "" : `broken ${broken(false)}`,
      broken(true) === "" ? "" : `broken ${broken(true)} (allowed)`,
      row.note ?? "",
    ].filter((line) => line !== "");
    const system = [row.system, row.config.replaceAll(",", ", ")].filter((part) => part !== "").join(" ");
    const paint = { valid: style.good, invalid: style.bad, unknown: style.warn }[row.verdict];
    return [
      { text: [system, ...(row.bug === undefined ? [] : [`bug ${row.bug}`])].map(plain).join("\n") },
      { text: plain(row.workload) },
      { text: plain(row.runtime) },
      { text: count(row.histories) },
      { text: count(row.operations) },
      { text: row.verdict, paint },
      { text: guarantees.map(plain).join("\n") },
      { text: row.asPromised ? "yes" : "NO", paint: row.asPromised ? style.good : style.bad },
    ];
  });
  const lines = renderTable(COLUMNS, cells, { width: options.width ?? 110, indent: "", paintHeading: style.faint });
  const wrong = rows.filter((row) => !row.asPromised).length;
  const summary =
    wrong === 0
      ? style.good(`${counted(rows.length, "row")}, all as promised`)
      : style.bad(`${count(wrong)} of ${counted(rows.length, "row")} not as promised`);
  return [...lines, "", summary].join("\n");
}
