import type { History } from "../../core/history.ts";
import type { Judgement, RunVerdict } from "../../core/verdict.ts";
import { describeFault } from "../describe.ts";
import { duration, timeScale } from "../time.ts";
import { because, count, counted, extremes, owed, remark, STATE } from "../words.ts";
import { escapeHtml } from "./escape.ts";

const WORD = { valid: "VALID", invalid: "INVALID", unknown: "UNKNOWN" } as const satisfies Record<Judgement, string>;

/** Title, verdict, what was run and how to run it again. */
export function headerHtml(verdict: RunVerdict, title: string, statistics: string): string {
  const word = WORD[verdict.verdict];
  const replay =
    verdict.replay === null
      ? ""
      : `<div class="command"><code id="command">${escapeHtml(verdict.replay)}</code><button id="copy" hidden>Copy</button></div>`;
  const folder =
    verdict.runDir === null ? "" : `<p class="soft">Recorded in <code>${escapeHtml(verdict.runDir)}</code></p>`;
  return `<header><div class="verdict"><span class="badge ${verdict.verdict}">${word}</span><div><h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(sentence(because(verdict)))}</p></div></div>
<p class="soft">${escapeHtml(statistics)}</p>${replay}${folder}</header>`;
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

const chip = (state: Judgement, promised: boolean, text: string): string => {
  const look = state === "invalid" && !promised ? "unknown" : state === "unknown" && !promised ? "quiet" : state;
  return `<span class="chip ${look}">${escapeHtml(text)}</span>`;
};

/** A row per consistency model. */
export function modelsHtml(verdict: RunVerdict): string {
  const rows = verdict.models.map(
    (row) => `<tr><th scope="row">${row.model}</th><td>${chip(row.verdict, row.promised, STATE[row.verdict])}</td>
<td${row.promised ? "" : ' class="soft"'}>${owed(row)}</td><td class="number">${count(row.checked)}</td><td>${escapeHtml(remark(row))}</td></tr>`,
  );
  return `<section aria-labelledby="models"><h2 id="models">Consistency models</h2><div class="scroll"><table>
<thead><tr><th scope="col">Model</th><th scope="col">Verdict</th><th scope="col">Promise</th><th scope="col" class="number">Checked</th><th scope="col">What was seen</th></tr></thead>
<tbody>${rows.join("\n")}</tbody></table></div><p class="soft">${escapeHtml(extremes(verdict))}</p></section>`;
}

/** A row per invariant with its first violations; nothing where there are none. */
export function invariantsHtml(verdict: RunVerdict): string {
  if (verdict.invariants.length === 0) return "";
  const rows = verdict.invariants.map(({ name, source, verdict: state, checked, violations }) => {
    const time = timeScale(violations.map(({ atNs }) => atNs));
    const seen = violations.slice(0, 5).map(({ atNs, explanation }) => `at ${time(atNs)}: ${explanation}`);
    if (violations.length > seen.length) seen.push(`and ${count(violations.length - seen.length)} more`);
    return `<tr><th scope="row">${escapeHtml(name)}</th><td>${chip(state, true, STATE[state])}</td><td class="number">${count(checked)}</td>
<td>${seen.map((line) => `<p>${escapeHtml(line)}</p>`).join("")}<span class="soft">${escapeHtml(source)}</span></td></tr>`;
  });
  return `<section aria-labelledby="invariants"><h2 id="invariants">Invariants</h2><div class="scroll"><table>
<thead><tr><th scope="col">Invariant</th><th scope="col">Verdict</th><th scope="col" class="number">Events</th><th scope="col">Violations and source</th></tr></thead>
<tbody>${rows.join("\n")}</tbody></table></div></section>`;
}

/** How many faults are listed; all are drawn. */
const MAX_FAULTS = 500;

/** The faults as text, for those who cannot see the bands. */
export function faultsHtml(history: History): string {
  if (history.faults.length === 0) return "";
  const shown = history.faults.slice(0, MAX_FAULTS);
  const time = timeScale(
    shown.flatMap(({ startNs, endNs }) => [startNs, endNs].map((ns) => Math.round(ns / 1e6) * 1e6)),
  );
  const at = (ns: number): string => time(Math.round(ns / 1e6) * 1e6);
  const rows = shown.map(
    ({
      value,
      startNs,
      endNs,
      proof,
    }) => `<tr><td class="number">${at(startNs)}</td><td class="number">${Number.isFinite(endNs) ? at(endNs) : "not healed"}</td>
<td class="number">${Number.isFinite(endNs) ? escapeHtml(duration(endNs - startNs)) : ""}</td><td>${escapeHtml(describeFault(value, history.meta.nodes))}${
      proof === undefined ? "" : ` <span class="soft">(${escapeHtml(proof)})</span>`
    }</td></tr>`,
  );
  const more = history.faults.length - shown.length;
  return `<section aria-labelledby="faults"><h2 id="faults">Faults</h2><details><summary>${counted(history.faults.length, "fault")}</summary>
<div class="scroll"><table><thead><tr><th scope="col" class="number">From</th><th scope="col" class="number">To</th><th scope="col" class="number">For</th><th scope="col">Fault</th></tr></thead>
<tbody>${rows.join("\n")}</tbody></table></div>${more > 0 ? `<p>and ${count(more)} more</p>` : ""}</details></section>`;
}
