import { createHash } from "node:crypto";
import type { History } from "../core/history.ts";
import type { RunVerdict } from "../core/verdict.ts";
import { evidence } from "./evidence.ts";
import { shownAnomalies } from "./html/bounds.ts";
import { CLIENT_SCRIPT } from "./html/client.ts";
import { CSS } from "./html/css.ts";
import { escapeHtml, scriptJson } from "./html/escape.ts";
import { findingsHtml } from "./html/findings.ts";
import { faultsHtml, headerHtml, invariantsHtml, modelsHtml } from "./html/summary.ts";
import { type TimelineData, timelineData } from "./html/timeline-data.ts";
import { statistics } from "./text.ts";
import { count, counted } from "./words.ts";

export interface HtmlOptions {
  /** What was run: "raft, register, sim, seed 7". */
  readonly title: string;
  /** How many operations the timeline may draw; default 5,000. Fewer are drawn if their texts are very long. */
  readonly maxOperations?: number;
}

const MAX_OPERATIONS = 5_000;
const MAX_FAULTS = 1_000;
const MAX_TIMELINE_BYTES = 600_000;

/**
 * The report as one HTML page that needs nothing else: no network, no other file. It follows the reader's light or dark
 * theme, works from the keyboard, and says in text what it draws.
 *
 * Histories are written by others, so all their text is escaped, and the page's policy lets no script run but its own.
 */
export function htmlReport(verdict: RunVerdict, history: History, options: HtmlOptions): string {
  const groups = evidence(verdict);
  const anomalies = shownAnomalies(groups);
  const data = timelineData(history, anomalies, {
    maxOperations: options.maxOperations ?? MAX_OPERATIONS,
    maxFaults: MAX_FAULTS,
    maxBytes: MAX_TIMELINE_BYTES,
  });
  const hash = createHash("sha256").update(CLIENT_SCRIPT).digest("base64");
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${escapeHtml(`${verdict.verdict.toUpperCase()}: ${options.title}`)}</title>
<style>${CSS}</style>
</head>
<body>
<main>
${headerHtml(verdict, options.title, statistics(verdict, history))}
${modelsHtml(verdict)}
${timelineHtml(history, data)}
${findingsHtml(groups, anomalies, history)}
${invariantsHtml(verdict)}
${faultsHtml(history)}
</main>
<script type="application/json" id="data">${scriptJson(data)}</script>
<script>${CLIENT_SCRIPT}</script>
</body>
</html>
`;
}

const LEGEND: readonly (readonly [shape: string, meaning: string])[] = [
  ['<rect class="bar ok" y="1" width="22" height="12" rx="2"/>', "ok: it happened"],
  ['<rect class="bar fail" x="1" y="2" width="20" height="10" rx="2"/>', "fail: it did not happen"],
  [
    '<rect y="1" width="22" height="12" fill="var(--info)" fill-opacity=".35"/><line class="info-edge" x1="1" x2="1" y1="1" y2="13"/>',
    "info: unknown, open to the right",
  ],
  ['<rect class="wrong" x="1" y="2" width="20" height="10" rx="2"/>', "part of an anomaly"],
  ['<rect class="partition fault-bar" y="1" width="22" height="12"/>', "fault"],
];

function timelineHtml(history: History, data: TimelineData): string {
  const total = history.ops.length;
  const drawn = data.ops.length;
  const partly =
    drawn < total
      ? `<p><strong>${count(drawn)} of ${counted(total, "operation")} are drawn</strong>: those nearest to the anomalies below, or the first where there are none.</p>`
      : "";
  const faults =
    data.faults.length < history.faults.length
      ? `<p>${count(data.faults.length)} of ${counted(history.faults.length, "fault")} are drawn: the first.</p>`
      : "";
  const legend = LEGEND.map(
    ([shape, meaning]) =>
      `<li><svg width="22" height="14" viewBox="0 0 22 14" aria-hidden="true">${shape}</svg>${meaning}</li>`,
  ).join("");
  const button = (id: string, text: string, label: string): string =>
    `<button type="button" id="${id}" aria-label="${label}" title="${label}">${text}</button>`;
  const label = `Timeline of ${counted(drawn, "operation")} in ${counted(data.lanes.length, "row")}, one a client. Arrow keys go from operation to operation.`;
  return `<section id="timeline" aria-labelledby="timeline-title"><h2 id="timeline-title">Timeline</h2>${partly}${faults}
<noscript><p>The timeline is drawn by a script. Everything that it shows of the anomalies is also in the text below.</p></noscript>
<div class="panel">
<div class="toolbar" role="group" aria-label="Timeline controls">
${button("zoom-in", "+", "Zoom in")}${button("zoom-out", "−", "Zoom out")}${button("show-all", "Whole run", "Show the whole run")}
${button("earlier", "←", "Earlier")}${button("later", "→", "Later")}<span class="soft" id="range"></span><span class="gap"></span>
${button("previous", "‹", "Previous anomaly")}<span id="which" class="soft"></span>${button("next", "›", "Next anomaly")}
</div>
<ul class="legend">${legend}</ul>
<svg id="overview" aria-hidden="true"></svg>
<div id="viewport" tabindex="0" role="application" aria-label="${label}" aria-describedby="keys"><svg id="axis" aria-hidden="true"></svg><svg id="lanes" aria-hidden="true"></svg></div>
<div id="detail" role="status" aria-live="polite"></div>
<p class="help" id="keys">Wheel zooms, drag pans. <kbd>←</kbd> <kbd>→</kbd> along a process, <kbd>↑</kbd> <kbd>↓</kbd> to another,
<kbd>+</kbd> <kbd>−</kbd> zoom, <kbd>0</kbd> whole run, <kbd>n</kbd> <kbd>p</kbd> next and previous anomaly, <kbd>Esc</kbd> nothing.</p>
</div></section>`;
}
