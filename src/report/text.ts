import type { History } from "../core/history.ts";
import type { RunVerdict } from "../core/verdict.ts";
import { hanging, renderExcerpt } from "./columns.ts";
import { anomalyTitle } from "./describe.ts";
import { type EvidenceGroup, evidence } from "./evidence.ts";
import { excerptOf } from "./excerpt.ts";
import { displayWidth, plain, renderTable, truncate, wrap } from "./layout.ts";
import { type Style, styleOf } from "./style.ts";
import { duration, timeScale } from "./time.ts";
import {
  attemptsInWords,
  because,
  count,
  counted,
  extremes,
  kindsOf,
  listed,
  owed,
  remark,
  STATE,
  stateStyle,
} from "./words.ts";

export interface TextOptions {
  /** Whether ANSI colours are wanted; the caller knows of NO_COLOR and terminals. Nothing is said by colour alone. */
  readonly color: boolean;
  /** Columns of the terminal; default 100. Less than 40 is taken as 40. */
  readonly width?: number;
  /** What was run: "raft, register, sim, seed 7". */
  readonly title: string;
}

/** How many anomalies of a group are printed in full: of what is allowed no two of a kind. */
const IN_FULL = 2;
/** Cells that an explanation may take. */
const MAX_SENTENCE = 1_200;
const INDENT = "  ";

/**
 * The verdict for people: what was run and what came of it, a line per consistency model, the evidence against each
 * broken one, invariants, and at the end the run folder and the command that shows it all again. No line feed at the end.
 */
export function textReport(verdict: RunVerdict, history: History, options: TextOptions): string {
  const style = styleOf(options.color);
  const width = Math.max(40, options.width ?? 100);
  const lines = [
    ...opening(verdict, options.title, style, width),
    ...wrap(`${plain(statistics(verdict, history))}`, width - 2).map((line) => style.faint(INDENT + line)),
    "",
    ...modelTable(verdict, style, width),
    ...wrap(extremes(verdict), width - 2).map((line) => style.faint(INDENT + line)),
    ...evidence(verdict).flatMap((group) => groupLines(group, history, verdict, style, width)),
    ...invariantLines(verdict, style, width),
    "",
    ...closing(verdict, style),
  ];
  return lines.join("\n");
}

const WORD = { valid: "VALID", invalid: "INVALID", unknown: "UNKNOWN" } as const;

function opening(verdict: RunVerdict, title: string, style: Style, width: number): string[] {
  const word = WORD[verdict.verdict];
  const paint = { valid: style.good, invalid: style.bad, unknown: style.warn }[verdict.verdict];
  const what = `${plain(title)}: `;
  const why = because(verdict);
  const first = style.strong(what) + paint(word);
  if (displayWidth(`${what}${word}, ${why}`) <= width) return [`${first}, ${why}`];
  return [first, ...wrap(why, width - 2).map((line) => INDENT + line)];
}

/** `1,500 operations: 1,433 ok, 20 fail, 47 info · 4 faults · 60 s`. */
export function statistics(verdict: RunVerdict, history: History): string {
  const { ok, fail, info } = verdict.operations;
  const endNs = history.ops.reduce(
    (max, op) => Math.max(max, Number.isFinite(op.returnNs) ? op.returnNs : op.callNs),
    0,
  );
  return [
    `${counted(ok + fail + info, "operation")}: ${count(ok)} ok, ${count(fail)} fail, ${count(info)} info`,
    faultCounts(verdict),
    duration(endNs),
    ...(history.meta.complete === false ? ["the run was cut short"] : []),
  ].join(" · ");
}

/** `13 faults`, and where they were measured `13 faults (4 kill, 9 partition), all seen to be in force`. */
function faultCounts({ faults }: RunVerdict): string {
  const struck = faults.reduce((sum, one) => sum + one.struck, 0);
  const confirmed = faults.reduce((sum, one) => sum + one.confirmed, 0);
  const all = counted(struck, "fault");
  if (confirmed === 0) return all;
  const kinds = faults.map((one) => `${count(one.struck)} ${one.kind}`).join(", ");
  return `${all} (${kinds}), ${confirmed === struck ? "all" : `${count(confirmed)} of them`} seen to be in force`;
}

function modelTable(verdict: RunVerdict, style: Style, width: number): string[] {
  const columns = [
    { heading: "consistency model" },
    { heading: "verdict" },
    { heading: "promise" },
    { heading: "checked", align: "right" },
    { heading: "what was seen", least: 16 },
  ] as const;
  const rows = verdict.models.map((row) => {
    const paint = stateStyle(row, style);
    return [
      { text: row.model },
      { text: STATE[row.verdict], paint },
      { text: owed(row), ...(row.promised ? {} : { paint: style.faint }) },
      { text: count(row.checked) },
      { text: plain(remark(row)) },
    ];
  });
  return renderTable(columns, rows, { width, indent: INDENT, paintHeading: style.faint });
}

function groupLines(
  group: EvidenceGroup,
  history: History,
  verdict: RunVerdict,
  style: Style,
  width: number,
): string[] {
  const { anomalies, rulesOut, alsoFall } = group;
  const heading = `${listed(rulesOut)} ${rulesOut.length === 1 ? "is" : "are"} broken`;
  const status = group.promised ? "promised" : "allowed: not promised";
  const paint = group.promised ? style.bad : style.warn;
  const fall =
    alsoFall.length === 0
      ? []
      : wrap(`With it ${alsoFall.length === 1 ? "falls" : "fall"} ${listed(alsoFall)}.`, width - 2);
  const lines = [
    "",
    ...wrap(`━━ ${heading} (${status})`, width).map(paint),
    ...fall.map((line) => style.faint(INDENT + line)),
  ];
  const full = anomalies.slice(0, inFull(group));
  for (const [i, anomaly] of full.entries()) {
    lines.push("", ...wrap(`${i + 1}. ${anomalyTitle(anomaly)}`, width - 2).map((line) => INDENT + style.strong(line)));
    lines.push(
      ...wrap(truncate(plain(anomaly.explanation), MAX_SENTENCE), width - 5).map((line) => `${INDENT}   ${line}`),
      "",
    );
    lines.push(
      ...renderExcerpt(excerptOf(history, anomaly), anomaly.because, {
        width,
        indent: `${INDENT}   `,
        style,
        ...(history.meta.nodes ? { nodes: history.meta.nodes } : {}),
      }),
      ...attemptsInWords(anomaly).flatMap((words) => wrap(words, width - 5).map((line) => `${INDENT}   ${line}`)),
    );
  }
  const more = anomalies.length - full.length;
  // Only a run that was made here has a folder with a report in it.
  const elsewhere = verdict.runDir !== null && verdict.replay !== null ? "see report.html" : "--json lists them all";
  if (full.length === 0) lines.push(`${INDENT}${kindsOf(anomalies)}: ${elsewhere}`);
  else if (more > 0) lines.push("", `${INDENT}and ${count(more)} more, ${elsewhere}`);
  return lines;
}

/** How many anomalies of a group are printed: none of what is allowed and follows from others that are printed. */
function inFull({ promised, implied, anomalies }: EvidenceGroup): number {
  if (promised) return IN_FULL;
  return implied ? 0 : Math.min(IN_FULL, new Set(anomalies.map(({ kind }) => kind)).size);
}

function invariantLines(verdict: RunVerdict, style: Style, width: number): string[] {
  if (verdict.invariants.length === 0) return [];
  const columns = [
    { heading: "invariant" },
    { heading: "verdict" },
    { heading: "events", align: "right" },
    { heading: "source", least: 16 },
  ] as const;
  const rows = verdict.invariants.map((invariant) => [
    { text: plain(invariant.name) },
    { text: STATE[invariant.verdict], paint: stateStyle({ ...invariant, promised: true }, style) },
    { text: count(invariant.checked) },
    { text: plain(invariant.source), paint: style.faint },
  ]);
  const lines = ["", ...renderTable(columns, rows, { width, indent: INDENT, paintHeading: style.faint })];
  for (const { name, violations } of verdict.invariants) {
    const time = timeScale(violations.map(({ atNs }) => atNs));
    if (violations.length > 0) lines.push("", style.bad(`━━ ${plain(name)} is violated`));
    for (const { atNs, explanation } of violations.slice(0, IN_FULL))
      lines.push(...hanging(`${INDENT}at ${time(atNs)}  `, plain(explanation), width));
    if (violations.length > IN_FULL) lines.push(`${INDENT}and ${count(violations.length - IN_FULL)} more`);
  }
  return lines;
}

/** Never wrapped: what is here is meant to be copied. */
function closing(verdict: RunVerdict, style: Style): string[] {
  return [
    ...(verdict.runDir === null ? [] : [`${style.faint("recorded in")}  ${plain(verdict.runDir)}`]),
    ...(verdict.replay === null ? [] : [`${style.faint("replay with")}  ${plain(verdict.replay)}`]),
  ];
}
